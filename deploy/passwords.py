"""Generate the secrets once and keep them: a password per service and process, and the settings of each container.

    python deploy/passwords.py FOLDER --public-url URL [--broker HOST,...] [--store HOST,...] [--private-network]

FOLDER/passwords.json   user -> password, for the broker and the store (wsis_shared.passwords)
FOLDER/<name>.env       the settings of one service, process or the gateway that follow from these, and from what is
                        installed here: what the profile `production` asks for, but WSIS_GATEWAY_PROXIES and
                        WSIS_SMTP_URI. Broker and store are reached by TLS, unless the network is private. With
                        WSIS_OTLP_URI, where that is set here, and who keeps files with WSIS_BLOBS_URI
FOLDER/backup.env       the store as `wsis backup` reads it, and WSIS_BLOBS_URI
FOLDER/doctor.env       what `wsis doctor` may ask beside that
FOLDER/restore.env      the store as `wsis restore` writes it: as its administrator
FOLDER/mongo.env        the administrator of the store
FOLDER/keyfile          the key by which members of the replica set authenticate each other; store.env has it too
FOLDER/broker.env       the cookie that nodes of the broker share
FOLDER/grafana.env      the password of Grafana's user `admin`, which it takes when it starts for the first time
FOLDER/scrape.json      whom Prometheus asks: every replica of each name, and the name itself

Lines that somebody added to a file, such as WSIS_SMTP_URI, stay. So do the URL, WSIS_BLOBS_URI and WSIS_OTLP_URI of a
former run where this one says nothing of them: whoever forgets the store of files must not lose sight of all files. The
last two go where they are set to nothing (WSIS_BLOBS_URI=), as deploy/compose does with what it has not.

Kubernetes uses the same files: kubectl create secret generic wsis-<name> --from-env-file=FOLDER/<name>.env
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path

from wsis_shared.blobs.store import DATABASE
from wsis_shared.keys import derived
from wsis_shared.passwords import OTHERS, Passwords, load, save, write
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite
from wsis_shared.store_users import BACKUP, users

METRICS_PORT = 9100


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--broker", default="rabbitmq", help="host, or host,host,host of its nodes")
    parser.add_argument("--store", default="mongo", help="host, or host:port,host:port,... of the replica set")
    parser.add_argument("--public-url", default="", help="where people reach the gateway: https://host")
    parser.add_argument("--private-network", action="store_true", help="nobody else is in it: no TLS to the parts")
    options = parser.parse_args()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # also where somebody has put a certificate there before
    # name -> the service whose database is its authentication database
    owners = {plugin.name: plugin.name for plugin in discover()}
    processes = {process.full_name(plugin.name): process for plugin in discover() for process in plugin.processes}
    owners |= {process.full_name(plugin.name): plugin.name for plugin in discover() for process in plugin.processes}
    others = ("gateway", BACKUP, "operator", *OTHERS)
    kept = load(folder / "passwords.json").made([*owners, *others])
    save(folder / "passwords.json", kept)
    nodes, tls = options.broker.split(","), "" if options.private_network else "&tls=true"
    files = {name: _option("WSIS_BLOBS_URI") for name in _file_users()}
    scheme, port = ("amqp", 5672) if options.private_network else ("amqps", 5671)
    for name in [*owners, "gateway"]:
        login = _login(kept, name)
        lines: dict[str, object] = {
            "WSIS_AMQP_URI": ";".join(f"{scheme}://{login}@{node}:{port}/wsis" for node in nodes),
            "WSIS_BROKER_NODES": len(nodes),
            "WSIS_MANIFESTS": ",".join(sorted(set(owners.values()))),
            "WSIS_SECRET": kept["suite"],
            "WSIS_PRIVATE_NETWORK": "yes" if options.private_network else "no",
            "WSIS_KEYS": None,
        }
        if options.public_url:
            lines["WSIS_PUBLIC_URL"] = options.public_url
        lines |= _option("WSIS_OTLP_URI") | files.get(name, {})
        if name in processes and processes[name].keys:
            lines |= {"WSIS_SECRET": "", "WSIS_KEYS": derived(kept["suite"], processes[name].keys)}
        own = Suite.load().mongo_prefix + owners.get(name, DATABASE)
        store = f"mongodb://{login}@{options.store}/?authSource={own}&replicaSet=rs0{tls}"
        lines["WSIS_MONGO_URI"] = f"{store}&w=majority&journal=true"
        if name == "gateway":
            lines["WSIS_LIMITS_URI"] = f"{store}&w=1"  # counters, which a crash may set back
        _write_settings(folder / f"{name}.env", lines)
    own = Suite.load().mongo_prefix + DATABASE
    reader = f"mongodb://{_login(kept, BACKUP)}@{options.store}/?authSource={own}&replicaSet=rs0{tls}"
    _write_settings(folder / "backup.env", {"WSIS_MONGO_URI": reader, **files.get(BACKUP, {})})
    scheme, port = ("http", 15672) if options.private_network else ("https", 15671)
    store = f"mongodb://root:{kept['root']}@{options.store}/?replicaSet=rs0"
    doctor = {
        "WSIS_DOCTOR_MANAGEMENT_URI": f"{scheme}://{_login(kept, 'operator')}@{nodes[0]}:{port}",
        "WSIS_DOCTOR_MONGO_URI": store + tls,
    }
    _write_settings(folder / "doctor.env", doctor)
    _write_settings(folder / "restore.env", {"WSIS_MONGO_URI": f"{store}{tls}&w=majority&journal=true"})
    root = {"MONGO_INITDB_ROOT_USERNAME": "root", "MONGO_INITDB_ROOT_PASSWORD": kept["root"]}
    _write_settings(folder / "mongo.env", root)
    write(folder / "keyfile", kept["keyfile"] + "\n")
    _write_settings(folder / "store.env", {"STORE_KEY": kept["keyfile"]})
    _write_settings(folder / "grafana.env", {"GF_SECURITY_ADMIN_PASSWORD": kept["grafana"]})
    _write_settings(folder / "broker.env", {"ERLANG_COOKIE": kept["cookie"]})
    scrapes = {"scrape_configs": _scrapes([*owners, "gateway"])}
    write(folder / "scrape.json", json.dumps(scrapes, indent=2) + "\n", mode=0o644)


def _login(kept: Passwords, part: str) -> str:
    """User and password of a part, as addresses have them."""
    return f"{kept.user_of(part)}:{kept[kept.user_of(part)]}"


def _scrapes(names: list[str]) -> list[dict[str, object]]:
    """https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config: `suite` has the figures
    of each replica, by all addresses of a name; `parts` nothing but `up` by the name, since one without any address
    leaves no target in the other."""
    replicas = {"names": names, "type": "A", "port": METRICS_PORT, "refresh_interval": "15s"}
    by_name = [{"targets": [f"{name}:{METRICS_PORT}"], "labels": {"part": name}} for name in names]
    return [
        {
            "job_name": "suite",
            "dns_sd_configs": [replicas],
            "relabel_configs": [{"source_labels": ["__meta_dns_name"], "target_label": "part"}],
        },
        {
            "job_name": "parts",
            "static_configs": by_name,
            "metric_relabel_configs": [{"source_labels": ["__name__"], "regex": ".*", "action": "drop"}],
        },
    ]


def _file_users() -> set[str]:
    """Who has rights to files."""
    prefix = Suite.load().mongo_prefix
    return {
        user["user"]
        for user in users(discover(), prefix)
        if any(role["db"] == prefix + DATABASE for role in user["roles"])
    }


def _option(setting: str) -> dict[str, object]:
    """As it is set here; of nothing no line."""
    return {setting: os.environ[setting] or None} if setting in os.environ else {}


def _write_settings(path: Path, lines: Mapping[str, object]) -> None:
    """A file of settings: these, then what somebody added. No line has what is None."""
    former = path.read_text("utf-8").splitlines() if path.exists() else []
    made = [f"{key}={value}" for key, value in lines.items() if value is not None]
    added = [line for line in former if line.partition("=")[0] not in lines]
    write(path, "".join(f"{line}\n" for line in (*made, *added)))


if __name__ == "__main__":
    main()

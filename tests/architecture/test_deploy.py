"""What runs the suite elsewhere fits it: names, rights, figures, files. Broker rights are tried in tests/contract."""

from __future__ import annotations

import importlib.util
import json
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.architecture.compose_files import environment, fragment
from tests.rehearsal import engine
from tests.rehearsal.alerts import panels
from wsis_shared import start_rules
from wsis_shared.amqp import topology
from wsis_shared.settings import Suite
from wsis_shared.settings_page import settings_of
from wsis_shared.stopping import SPARE_SECONDS

from wsis_gateway.settings import Settings as Gateway


@pytest.fixture(scope="module")
def deploy(project: Any) -> Path:
    folder: Path = project.root / "deploy"
    return folder


def _load(path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    spec = importlib.util.spec_from_file_location(f"deploy_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def _run(path: Path, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(path), *arguments])
    _load(path, monkeypatch).main()


def test_documents_can_be_read(project: Any) -> None:
    read = 0
    for path in project.files(".yaml", ".yml", ".json"):
        parts = path.relative_to(project.root).parts
        if "deploy" in parts and "templates" not in parts:
            read += 1
            text = path.read_text("utf-8")
            assert json.loads(text) if path.suffix == ".json" else list(yaml.safe_load_all(text)), path
    assert read >= 6


def test_every_image_has_all_manifests(deploy: Path) -> None:
    """A service without the manifest of a consumer would not declare its queue, and its first events would be lost."""
    steps = [line.strip(" ;\\") for line in (deploy / "Dockerfile").read_text("utf-8").splitlines()]
    assert "pip wheel --no-cache-dir -q --no-deps -w /manifests services/*/" in steps
    assert "pip --python /opt/wsis/bin/python install --no-cache-dir -q --no-index --no-deps /manifests/*.whl" in steps


def test_an_image_keeps_what_runs(deploy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = ["one/__init__.py", "one/module.so", "one/py.typed", "one/data/list.txt", "lxml/etree.so"]
    runs += ["pycountry/databases/iso3166-1.json", "pycountry/locales/fr/LC_MESSAGES/iso3166-1.mo"]
    runs += ["pycountry/locales/pt/LC_MESSAGES/iso3166-1.mo", "nameko/runners.py"]
    gone = ["one/module.c", "one/include/module.h", "one/__init__.pyi", "one/tests/test_one.py", "one/tests/one.pyi"]
    gone += ["pycountry/databases/iso3166-2.json", "pycountry/locales/fr/LC_MESSAGES/iso639-3.mo"]
    gone += ["pycountry/locales/de/LC_MESSAGES/iso3166-1.mo", "nameko/cli/main.py", "setuptools/__init__.py"]
    for name in [*runs, *gone, "lxml/objectify.so"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    trim = _load(deploy / "trim.py", monkeypatch)
    monkeypatch.setattr(trim, "LIBRARIES", tmp_path)
    trim.main()
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == {*runs}


def test_a_rehearsal_leaves_an_installation_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would give the installation another address, and delete its passwords."""
    monkeypatch.setattr(engine, "INSTALLATION", tmp_path)
    monkeypatch.setattr(engine, "FOLDER", tmp_path / "none")
    with pytest.raises(engine.Failed, match="rehearse in another clone"), engine.Engine():
        pass
    assert tmp_path.exists()


def test_image_runs_without_root(deploy: Path, project: Any) -> None:
    text = (deploy / "Dockerfile").read_text("utf-8")
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", text, re.MULTILINE)
    copied = [name for names in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE) for name in names.split()]
    assert [path for path in copied if not (project.root / path).exists() and path not in ("gateway", "services")] == []


def test_passwords_are_kept_and_nobody_elses(
    deploy: Path, project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(deploy / "passwords.py", str(tmp_path / "made"), monkeypatch=monkeypatch)
    first = (tmp_path / "made/passwords.json").read_text("utf-8")
    _run(deploy / "passwords.py", str(tmp_path / "made"), monkeypatch=monkeypatch)
    passwords = json.loads(first)
    assert (tmp_path / "made/passwords.json").read_text("utf-8") == first
    assert len(set(passwords.values())) == len(passwords)
    for name in [plugin.name for plugin in project.plugins]:
        own = (tmp_path / f"made/{name}.env").read_text("utf-8")
        assert passwords[name] in own
        assert [other for other, word in passwords.items() if word in own and other not in (name, "suite")] == []
    for plugin in project.plugins:
        for process in plugin.processes:
            own = (tmp_path / f"made/{process.full_name(plugin.name)}.env").read_text("utf-8")
            assert passwords[process.full_name(plugin.name)] in own
            assert bool(process.keys) == (passwords["suite"] not in own), "who talks to strangers has no secret"
            given = {
                purpose
                for line in own.splitlines()
                if line.startswith("WSIS_KEYS=")
                for purpose in Suite.load({"WSIS_KEYS": line.partition("=")[2]}).given_keys
            }
            assert given == set(process.keys)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "made").iterdir()}
    assert {name for name, mode in modes.items() if mode != 0o600} == {"scrape.json"}


@pytest.mark.parametrize("network", [[], ["--private-network"]], ids=["tls", "private"])
@pytest.mark.parametrize("broker", ["rabbitmq", "one,two,three"])
def test_made_settings_are_all_that_production_needs(
    deploy: Path, project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broker: str, network: list[str]
) -> None:
    """With what Compose sets for the gateway; in the chart the operator does."""
    address = ["--public-url", "https://wsis.example.org"]
    _run(deploy / "passwords.py", str(tmp_path), "--broker", broker, *address, *network, monkeypatch=monkeypatch)
    compose = environment(deploy / "compose.yaml", "gateway-0")
    outside = ("mongo", "store", "broker", "backup", "restore", "doctor", "grafana")
    names = [path.stem for path in tmp_path.glob("*.env") if path.stem not in outside]
    assert {*names} >= {"gateway", *(plugin.name for plugin in project.found)}
    for name in names:
        lines = (tmp_path / f"{name}.env").read_text("utf-8").splitlines()
        made = dict(line.split("=", 1) for line in lines) | {"WSIS_PROFILE": "production"}
        kind = Gateway if name == "gateway" else Suite
        passed = {key: value for key, value in compose.items() if value is not None} if name == "gateway" else {}
        loaded = kind.load({**made, **passed})
        purposes = next(
            (
                process.keys
                for plugin in project.found
                for process in plugin.processes
                if process.full_name(plugin.name) == name
            ),
            (),
        )
        assert start_rules.broken(loaded, purposes=purposes) == []
        assert loaded.broker_nodes == len(broker.split(","))
        assert set(loaded.manifests) == {plugin.name for plugin in project.found}


def test_who_keeps_files_knows_their_store_and_nobody_else(
    deploy: Path, project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSIS_BLOBS_URI", "s3://key:secret@files:9000/wsis")
    _run(deploy / "passwords.py", str(tmp_path), monkeypatch=monkeypatch)
    told = {path.stem for path in tmp_path.glob("*.env") if "WSIS_BLOBS_URI=s3://" in path.read_text("utf-8")}
    processes = {
        process.full_name(plugin.name): {"blobs", "smtp_in"} & {*process.needs}
        for plugin in project.found
        for process in plugin.processes
    }
    services = {plugin.name for plugin in project.found}
    assert told == {"gateway", "backup", *services, *(name for name, needs in processes.items() if needs)}
    assert {*processes} - told, "the sender of webhooks has no files"


def test_lines_that_an_operator_adds_to_a_file_stay(
    deploy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the relay, which docs/operate/kubernetes.md has them add; what an option once gave goes when it is said to."""
    own, store = tmp_path / "notifications.env", "WSIS_BLOBS_URI=s3://key:secret@files:9000/wsis"
    monkeypatch.setenv(*store.split("=", 1))
    _run(deploy / "passwords.py", str(tmp_path), monkeypatch=monkeypatch)
    first = own.read_text("utf-8").splitlines()
    own.write_text("\n".join(["WSIS_SMTP_URI=smtps://relay?a=b", "WSIS_BROKER_NODES=9", *first]))
    (tmp_path / "grafana.env").write_text("GF_SERVER_ROOT_URL=https://wsis.example/grafana")
    monkeypatch.delenv("WSIS_BLOBS_URI")
    for _ in range(2):
        _run(deploy / "passwords.py", str(tmp_path), monkeypatch=monkeypatch)
        assert sorted(own.read_text("utf-8").splitlines()) == sorted(["WSIS_SMTP_URI=smtps://relay?a=b", *first])
    assert "GF_SERVER_ROOT_URL=https://wsis.example/grafana\n" in (tmp_path / "grafana.env").read_text("utf-8")
    monkeypatch.setenv("WSIS_BLOBS_URI", "")
    _run(deploy / "passwords.py", str(tmp_path), monkeypatch=monkeypatch)
    assert "WSIS_BLOBS_URI" not in own.read_text("utf-8")
    assert store in first


@pytest.mark.parametrize("script", ["mongo/users.py", "rabbitmq/definitions.py"])
def test_a_part_without_a_password_is_named_with_the_mend(
    deploy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    """Of a service that is new, in an upgrade."""
    _run(deploy / "passwords.py", str(tmp_path), monkeypatch=monkeypatch)
    path = tmp_path / "passwords.json"
    kept = json.loads(path.read_text("utf-8"))
    del kept["gateway"]
    path.write_text(json.dumps(kept))
    with pytest.raises(SystemExit, match=r"passwords\.json has no gateway: run deploy/passwords\.py"):
        _run(deploy / script, str(path), monkeypatch=monkeypatch)


def test_passwords_are_random_in_each_installation(
    deploy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for name in ("one", "other"):
        _run(deploy / "passwords.py", str(tmp_path / name), monkeypatch=monkeypatch)
        made.append(json.loads((tmp_path / name / "passwords.json").read_text("utf-8")))
    one, other = made
    assert set(one) == set(other)
    assert not set(one.values()) & set(other.values())
    assert [name for name, word in {**one, **other}.items() if not re.fullmatch(r"[0-9a-f]{48}", word)] == []


def test_no_part_of_the_chart_sets_what_holds_anyway(deploy: Path, project: Any) -> None:
    """What a part sets wins over the `settings` of an operator, who would see theirs do nothing."""
    kinds = {name: kind for plugin in project.plugins for name, kind in settings_of(plugin).items()}
    files = [*deploy.glob("*.values.yaml"), *project.root.glob("services/*/deploy/values.yaml")]
    words = {"True": "yes", "False": "no"}
    wrong, seen = [], 0
    for file in files:
        for name, part in yaml.safe_load(file.read_text("utf-8")).get("parts", {}).items():
            defaults = {one.variable: str(one.default) for one in kinds.get(name, Gateway).described()}
            for variable, value in part.get("env", {}).items():
                seen += 1
                default = defaults[variable]
                if str(value) in ("", default, words.get(default)):
                    wrong.append(f"{name}: {variable}")
    assert seen > 3
    assert wrong == []


def test_whoever_kills_a_process_waits_until_its_stop_has_its_time(deploy: Path, project: Any) -> None:
    """Compose waits 10 s by default, and a process that is killed gives nothing back."""
    seconds = Suite().stop_seconds
    chart = yaml.safe_load((deploy / "chart/values.yaml").read_text("utf-8"))
    assert chart["stopSeconds"] == seconds
    template = (deploy / "chart/templates/parts.yaml").read_text("utf-8")
    (grace,) = re.findall(r"terminationGracePeriodSeconds: \{\{ (.+) \}\}", template)
    assert grace.replace("$", "") == f"add .Values.stopSeconds .Values.pauseSeconds {SPARE_SECONDS:.0f}"
    files = [deploy / "compose.yaml", *project.root.glob("services/*/deploy/compose.yaml")]
    ours = {
        name: container.get("stop_grace_period")
        for file in files
        for name, container in fragment(file).items()
        if container["image"].startswith("wsis-")
    }
    assert "gateway-0" in ours
    assert set(ours.values()) == {f"{seconds + SPARE_SECONDS:.0f}s"}


def test_every_container_has_its_probes_on_one_port_that_clients_do_not_reach(
    deploy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the gateway too, whose other port is for clients."""
    port = yaml.safe_load((deploy / "chart/values.yaml").read_text("utf-8"))["probePort"]
    clients = yaml.safe_load((deploy / "gateway.values.yaml").read_text("utf-8"))["parts"]["gateway"]["ports"]["http"]
    image = re.findall(r"WSIS_(?:GATEWAY_)?METRICS_PORT=(\d+)", (deploy / "Dockerfile").read_text("utf-8"))
    _run(deploy / "passwords.py", str(tmp_path), monkeypatch=monkeypatch)
    replicas, names = json.loads((tmp_path / "scrape.json").read_text("utf-8"))["scrape_configs"]
    [found] = replicas["dns_sd_configs"]
    assert {one["targets"][0] for one in names["static_configs"]} == {f"{name}:{port}" for name in found["names"]}
    assert "gateway" in found["names"]
    assert {found["port"], *map(int, image)} == {port}
    assert len(image) == 2
    compose = fragment(deploy / "compose.yaml")
    gateways = {name for name in compose if name.startswith("gateway")}
    proxied = re.findall(rf"server (\S+):{clients} ", (deploy / "nginx/nginx.conf").read_text("utf-8"))
    assert {*proxied} == gateways
    assert clients != port
    assert not any("ports" in compose[name] for name in gateways)
    addresses = [f"{name}:{compose[name]['networks']['front']['ipv4_address']}" for name in sorted(gateways)]
    assert compose["nginx"]["extra_hosts"] == addresses


def test_store_users_have_their_own_database_and_files_alone(
    deploy: Path, project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    owners = {plugin.name: plugin.name for plugin in project.found} | {"gateway": "blobs", "backup": "blobs"}
    owners |= {process.full_name(plugin.name): plugin.name for plugin in project.found for process in plugin.processes}
    passwords = {name: f"word-{name}" for name in owners}
    (tmp_path / "passwords.json").write_text(json.dumps(passwords))
    _run(deploy / "mongo/users.py", str(tmp_path / "passwords.json"), monkeypatch=monkeypatch)
    script = capsys.readouterr().out
    users = json.loads(re.search(r"users = (\[\n.*?\n\]);", script, re.DOTALL)[1])  # type: ignore[index]
    assert {user["user"]: (user["pwd"], user["own"]) for user in users} == {
        name: (word, f"wsis_{owners[name]}") for name, word in passwords.items()
    }
    roles = {user["user"]: {(role["role"], role["db"]) for role in user["roles"]} for user in users}
    assert roles.pop("gateway") == {("readWrite", "wsis_blobs"), ("readWrite", "wsis_limits")}
    databases = {*(plugin.name for plugin in project.found), "blobs", "limits"}
    assert roles.pop("backup") == {("read", f"wsis_{name}") for name in databases}
    receivers = {(plugin.name, "wsis_blobs") for plugin in project.found if plugin.mailboxes}
    for plugin in project.found:
        # Its own database and its own files, and no other's.
        database, files = {("readWrite", f"wsis_{plugin.name}")}, {(plugin.name, "wsis_blobs")}
        assert roles.pop(plugin.name) == database | files
        for process in plugin.processes:
            wanted = {"store": database, "blobs": files, "smtp_in": receivers}
            expected = [wanted.get(need, set()) for need in process.needs]
            assert roles.pop(process.full_name(plugin.name)) == set().union(*expected)
    assert roles == {}
    made = json.loads(re.search(r"of (\[.*\])\) \{\n  const files", script)[1])  # type: ignore[index]
    assert {role["role"]: [privilege["resource"] for privilege in role["privileges"]] for role in made} == {
        plugin.name: [{"db": "wsis_blobs", "collection": f"{plugin.name}.{kind}"} for kind in ("files", "chunks")]
        for plugin in project.found
    }


def test_the_gateway_image_has_all_stores_of_limits(deploy: Path, project: Any) -> None:
    described = tomllib.loads((project.root / "gateway/pyproject.toml").read_text("utf-8"))["project"]
    installed = re.findall(r"\$SERVICE\[([a-z,]+)\]", (deploy / "Dockerfile").read_text("utf-8"))
    assert [set(extras.split(",")) for extras in installed] == [set(described["optional-dependencies"])]


def test_alerts_and_panels_use_figures_that_exist(deploy: Path, project: Any) -> None:
    made = set()
    for module in project.modules:
        made |= {text for text, _ in module.strings() if re.fullmatch(r"wsis_[a-z_]+", text)}
    asked = "".join([(deploy / "prometheus/rules.yml").read_text("utf-8"), *(query for _, query in panels())])
    used = {re.sub(r"_bucket$", "", name) for name in re.findall(r"\bwsis_[a-z_]+", asked)}
    assert used
    assert used - made == set()


def test_panels_of_grafana_are_sound(tmp_path: Path) -> None:
    """Their queries are PromQL, for each service where they name one."""
    rules = [{"record": "panel", "labels": {"n": str(n)}, "expr": query} for n, (_, query) in enumerate(panels())]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", "rules.yml"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_new_queues_are_led_by_all_nodes(deploy: Path) -> None:
    """One node imports the definitions, and by default leads whatever it makes."""
    text = (deploy / "rabbitmq/rabbitmq.conf").read_text("utf-8")
    assert re.search(r"^queue_leader_locator = balanced$", text, re.MULTILINE)


def test_queues_alert_at_half_of_what_they_take(deploy: Path) -> None:
    groups = yaml.safe_load((deploy / "prometheus/rules.yml").read_text("utf-8"))["groups"]
    [rule] = [rule["expr"] for group in groups for rule in group["rules"] if rule.get("alert") == "QueueFills"]
    said = re.findall(r'queue=~"\(?([a-z|]+)\)?\[[.]\][.][*]"\} > ([0-9.*^/ ]+)', rule)
    halves = {kind: eval(half.replace("^", "**")) for kinds, half in said for kind in kinds.split("|")}
    assert halves == {kind: most / 2 for kind, most in topology.MAX_BYTES.items()}


def test_alerts_lead_to_a_page_that_names_them(deploy: Path, project: Any) -> None:
    groups = yaml.safe_load((deploy / "prometheus/rules.yml").read_text("utf-8"))["groups"]
    pages = {rule["alert"]: rule["annotations"]["runbook"] for group in groups for rule in group["rules"]}
    assert {alert: page for alert, page in pages.items() if alert not in (project.root / page).read_text("utf-8")} == {}


def test_every_replica_is_asked_for_its_figures(
    deploy: Path, project: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By all addresses of a name. By the name alone Prometheus asks one of two replicas, and stays with it: NoRelay
    fires where the other one publishes, and what was counted long ago comes anew each time it changes over."""
    _run(deploy / "passwords.py", str(tmp_path), monkeypatch=monkeypatch)
    text = (deploy / "prometheus/prometheus.yml").read_text("utf-8")
    [given] = yaml.safe_load(text)["scrape_config_files"]
    (tmp_path / "prometheus.yml").write_text(text.replace(given, "scrape.json").replace("rules.yml", ""))
    checked = ["promtool", "check", "config", str(tmp_path / "prometheus.yml")]
    done = subprocess.run(checked, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    replicas, _ = json.loads((tmp_path / "scrape.json").read_text("utf-8"))["scrape_configs"]
    [found] = replicas["dns_sd_configs"]
    parts = {process.full_name(plugin.name) for plugin in project.found for process in plugin.processes}
    assert {*found["names"]} == {"gateway", *(plugin.name for plugin in project.found), *parts}
    assert replicas["job_name"] == "suite"  # by which the alerts know them


def test_alerts_are_not_mailed_in_plain_text_where_the_relay_speaks_tls(
    deploy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alertmanager takes the port for the sign of TLS: at another it would wait for a greeting that never comes."""
    of = _load(deploy / "prometheus/alertmanager.py", monkeypatch).configuration
    alerts = {"WSIS_ALERTS_PAGE": "on-call@example.org"}
    made = of({**alerts, "WSIS_SMTP_URI": "smtps://user:word@relay.example.org"})["global"]
    assert (made["smtp_smarthost"], made["smtp_require_tls"]) == ("relay.example.org:465", False)
    with pytest.raises(ValueError, match="WSIS_SMTP_URI: .* 465"):
        of({**alerts, "WSIS_SMTP_URI": "smtps://user:word@relay.example.org:2465"})


@pytest.mark.parametrize("command", [("check", "rules", "rules.yml"), ("test", "rules", "rules_test.yml")], ids=str)
def test_alerts_are_sound_and_fire_when_they_should(deploy: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(["promtool", *command], capture_output=True, text=True, cwd=deploy / "prometheus")
    assert done.returncode == 0, done.stdout + done.stderr

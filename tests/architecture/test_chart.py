"""The chart and its values say what the manifests say, each fact once. `make chart` renders it."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from wsis_shared.amqp import topology
from wsis_shared.process import Process
from wsis_shared.settings import HIDDEN, Suite

from wsis_gateway.settings import Settings as Gateway

# What a setting connects to, and what a need of a process does.
PLACES = {
    "WSIS_SMTP_URI": "relay",
    "WSIS_CONSULTATION_SCANNER": "scanner",
    "WSIS_AGENCIES_AMQP_URI": "agencies",
    "WSIS_WEBHOOKS_TIMEOUT": "internet",
    "WSIS_SIGN_IN_PROVIDERS": "internet",
}
NEEDS = {
    "amqp": {"broker"},
    "store": {"store"},
    "blobs": {"store", "files"},
    "smtp_in": {"broker", "store", "files"},
}
Values = dict[str, Any]


@cache
def _read(path: Path) -> Values:
    return dict(yaml.safe_load(path.read_text("utf-8")))


@pytest.fixture(scope="module")
def deploy(project: Any) -> Path:
    return Path(project.root) / "deploy"


@pytest.fixture(scope="module")
def files(deploy: Path, project: Any) -> list[Path]:
    """Values of each release, in the order of deploy/release."""
    ours = [deploy / "gateway.values.yaml", deploy / "gateway-pages.values.yaml"]
    return [*ours, *(folder / "deploy/values.yaml" for folder in project.services.values())]


@pytest.fixture(scope="module")
def values(deploy: Path, files: list[Path]) -> Values:
    """What helm makes of all files."""
    return _merged(_read(path) for path in (deploy / "chart/values.yaml", *files, deploy / "installation.values.yaml"))


@pytest.fixture(scope="module")
def errors(deploy: Path) -> Any:
    """What the schema says of values: path and message of each error."""
    schema = jsonschema_rs.validator_for(json.loads((deploy / "chart/values.schema.json").read_text("utf-8")))
    return lambda given: [
        f"{'.'.join(map(str, one.instance_path))}: {one.message}" for one in schema.iter_errors(given)
    ]


def _merged(all_of: Iterable[Mapping[str, Any]]) -> Values:
    made: Values = {}
    for one in all_of:
        for key, value in one.items():
            old = made.get(key)
            both = isinstance(old, dict) and isinstance(value, dict)
            made[key] = _merged([old, value]) if both else copy.deepcopy(value)
    return made


def test_values_fit_the_schema(deploy: Path, files: list[Path], errors: Any) -> None:
    chart, mine = (_read(deploy / name) for name in ("chart/values.yaml", "installation.values.yaml"))
    gateway = _read(deploy / "gateway.values.yaml")
    for file in files:
        assert errors(_merged([chart, *([gateway] if "pages" in file.name else []), _read(file), mine])) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"replcas": 3},
        {"parts": {"voting": {"replcas": 3}}},
        {"parts": {"voting": {"scaling": {"maxReplica": 3}}}},
        {"parts": {"voting": {"resources": {"limits": {"memry": "1Gi"}}}}},
        {"network": {"to": {"brokr": None}}},
        {"settings": {"wsis_contact": ""}},
        {"settings": {"WSIS_PUBLIC_URL": "http://wsis.example.org"}},
        {"image": {"digests": {"voting": "1.0"}}},
    ],
    ids=str,
)
def test_what_is_misspelt_is_refused_by_its_name(values: Values, errors: Any, wrong: Values) -> None:
    [error] = errors(_merged([values, wrong]))
    inner: Any = wrong
    while isinstance(inner, dict):
        [(name, inner)] = inner.items()
    assert name in error


@pytest.mark.parametrize("name", ["WSIS_PUBLIC_URL", "WSIS_GATEWAY_PROXIES", "WSIS_MAIL_FROM", "WSIS_MAIL_DOMAIN"])
def test_what_an_installation_must_set_is_named(values: Values, errors: Any, name: str) -> None:
    settings = {key: value for key, value in values["settings"].items() if key != name}
    [error] = errors({**values, "settings": settings})
    assert name in error


def test_each_service_has_a_part_of_its_name(plugin: Any, project: Any) -> None:
    parts = _read(project.services[plugin.name] / "deploy/values.yaml")["parts"]
    ours = {plugin.name, *(process.full_name(plugin.name) for process in plugin.processes)}
    assert {name for name, part in parts.items() if "image" not in part} == ours
    assert {name for name, part in parts.items() if part.get("service")} == ours - {plugin.name}


def _connects_to(settings: Iterable[type[Any] | None]) -> set[str]:
    read = {one.variable for kind in settings if kind for one in kind.described()}
    return {place for variable, place in PLACES.items() if variable in read}


def test_parts_reach_what_their_manifest_needs_and_no_more(plugin: Any, project: Any) -> None:
    parts = _read(project.services[plugin.name] / "deploy/values.yaml")["parts"]
    service = _connects_to([plugin.load("settings") if plugin.settings else None])
    assert set(parts[plugin.name]["reaches"]) == {"broker", "store", "files"} | service
    process: Process
    for process in plugin.processes:
        needed = set().union(*(NEEDS[need] for need in process.needs))
        own = parts[process.full_name(plugin.name)]
        assert set(own["reaches"]) == needed | _connects_to([process.load("settings")]), process.name


def test_a_backup_reaches_the_management_api_of_the_broker(deploy: Path) -> None:
    """For WSIS_BACKUP_BROKER_URI. At its own port, and at that of TLS."""
    _, _, policy = (deploy / "chart/templates/backup.yaml").read_text("utf-8").partition("kind: NetworkPolicy")
    [ports] = re.findall(r"with \.Values\.network\.to\.broker\.peers.*\n.*\(list ([\d ]+)\)", policy)
    [tls] = re.findall(
        r"^management\.ssl\.port = (\d+)$", (deploy / "rabbitmq/tls.conf").read_text("utf-8"), re.MULTILINE
    )
    assert {*ports.split()} == {"15672", tls}


def test_nobody_connects_to_a_part_without_a_port(values: Values) -> None:
    parts = values["parts"]
    assert {name for name, part in parts.items() if bool(part.get("ports")) != bool(part.get("from"))} == set()
    assert {name for name, part in parts.items() if "ingress" in part.get("from", ())} == {
        name for name, part in parts.items() if part.get("paths")
    }
    for direction in ("from", "to"):
        named = {name for part in parts.values() for name in part.get({"from": "from", "to": "reaches"}[direction], ())}
        assert named | {"monitoring", "dns", "collector"} >= set(values["network"][direction]) >= named


def test_scaling_follows_a_queue_of_the_service(plugin: Any, project: Any) -> None:
    part = _read(project.services[plugin.name] / "deploy/values.yaml")["parts"][plugin.name]
    queue = part.get("scaling", {}).get("queue")
    service = plugin.load("service")
    commands = [name for name in dir(service) if getattr(getattr(service, name), "wsis_kind", "") == "command"]
    assert queue is None or queue in [topology.command_queue(plugin.name, name).name for name in commands]


def test_a_setting_stands_once(values: Values, project: Any) -> None:
    """What two services read is in `settings`, of all; what a part has is read by it. Else links lead to another
    machine, and mail that one service expects goes nowhere."""
    readers: dict[str, set[str]] = {one.variable: {"all"} for one in Suite.described()}
    for plugin in project.found:
        kinds = [plugin.load("settings") if plugin.settings else None]
        kinds += [process.load("settings") for process in plugin.processes]
        for one in (one for kind in kinds if kind for one in kind.described()):
            readers.setdefault(one.variable, set()).add(plugin.name)
    for one in Gateway.described():
        readers.setdefault(one.variable, set()).add("gateway")
    for name, part in values["parts"].items():
        for variable in part.get("env", {}):
            assert readers[variable] == {part.get("service", name)}, f"{variable} of {name}"
    assert set(values["settings"]) <= set(readers)


def test_no_value_is_a_secret(values: Values, project: Any) -> None:
    secret = {one.variable for kind in project.settings() for one in kind.described() if one.default == HIDDEN}
    given = {variable for part in [values, *values["parts"].values()] for variable in part.get("env", {})}
    assert secret
    assert secret & (given | set(values["settings"])) == set()


def test_a_gateway_without_a_broker_is_not_ready_and_lives(values: Values) -> None:
    for name in ("gateway", "gateway-pages"):
        probes = values["parts"][name]["probes"]
        assert (probes["live"], probes["ready"]) == ("/healthz", "/readyz/broker")


def test_the_ingress_lets_every_file_pass_that_the_gateway_takes(values: Values, project: Any) -> None:
    most = values["ingress"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
    largest = max(route.upload.max_bytes for plugin in project.found for route in plugin.routes if route.upload)
    assert most.endswith("m")
    assert int(most[:-1]) * 2**20 >= largest


def test_pages_and_programs_share_the_paths(values: Values) -> None:
    """The API's part of the address is the gateway's alone, as WSIS_GATEWAY_SERVES says."""
    parts = values["parts"]
    assert [parts[name]["env"]["WSIS_GATEWAY_SERVES"] for name in ("gateway", "gateway-pages")] == ["api", "pages"]
    paths = [path for part in parts.values() for path in part.get("paths", ())]
    assert len(paths) == len(set(paths))
    assert {"/", "/log", "/v1"} <= set(paths)


def test_alerts_and_the_log_are_those_of_compose(deploy: Path) -> None:
    for link, source in (("rules.yml", "prometheus/rules.yml"), ("log/public_log.conf", "nginx/public_log.conf")):
        assert (deploy / "chart" / link).read_bytes() == (deploy / source).read_bytes()


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is in Debian's package nginx-light")
def test_nginx_takes_the_configuration_of_the_log(deploy: Path, tmp_path: Path) -> None:
    shutil.copy(deploy / "nginx/public_log.conf", tmp_path)
    text = (deploy / "chart/log/nginx.conf").read_text("utf-8")
    assert "include /etc/nginx/public_log.conf;" in text
    text = re.sub("/run/nginx|/etc/nginx", str(tmp_path), text)
    (tmp_path / "nginx.conf").write_text(text)
    done = subprocess.run(["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

"""The Compose project fits the suite: each container has what it needs, and no more."""

from __future__ import annotations

import json
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.architecture.compose_files import environment, fragment


@pytest.fixture(scope="module")
def deploy(project: Any) -> Path:
    folder: Path = project.root / "deploy"
    return folder


def test_compose_fragment_reads_its_own_secrets(service: Path) -> None:
    for name, part in fragment(service / "deploy/compose.yaml").items():
        assert part["image"] == f"wsis-{service.name}:${{WSIS_VERSION:-dev}}"
        assert part["build"]["args"]["SERVICE"] == service.name
        assert part["env_file"] == f".run/deploy/{name}.env"
        assert not re.search(r"password|secret", json.dumps(part.get("environment", {})), re.IGNORECASE)


def test_services_with_one_setting_in_common_get_one_value(project: Any) -> None:
    """A setting of two services, and the address of the gateway where a service makes links: set for each or for none,
    to the same value. Else links lead to another machine, and mail that one service expects goes nowhere. In the chart
    it stands once, for all (test_chart.py)."""
    wanted: dict[str, set[str]] = {}
    for plugin in project.plugins:
        for one in plugin.load("settings").described() if plugin.settings else ():
            wanted.setdefault(one.variable, set()).add(plugin.name)
    for module in project.modules:
        if module.owner in project.services and "public_url" in module.text:
            wanted.setdefault("WSIS_PUBLIC_URL", set()).add(module.owner)
    for variable, services in wanted.items():
        files = {name: project.services[name] / "deploy/compose.yaml" for name in services}
        set_to = {name: environment(file, name).get(variable) for name, file in files.items()}
        assert len(set(set_to.values())) == 1, f"{variable}: {set_to}"


def test_processes_get_the_settings_of_their_service(project: Any) -> None:
    """What is set for a service and declared by one of its processes is set for that too, to the same value unless
    another is given for the process alone. Else the bounces of mail that one sends are refused by the other."""
    compared = 0
    for plugin in project.plugins:
        file = project.services[plugin.name] / "deploy/compose.yaml"
        service = environment(file, plugin.name)
        for process in plugin.processes:
            name = process.full_name(plugin.name)
            for one in pkgutil.resolve_name(process.settings).described() if process.settings else ():
                if one.variable in service:
                    compared += 1
                    own = one.variable.replace("WSIS_", f"WSIS_{process.name.upper()}_")
                    values = {service[one.variable], f"${{{own}:-{service[one.variable]}}}"}
                    assert environment(file, name)[one.variable] in values, f"{one.variable} of {name}"
    assert compared


def test_compose_mounts_files_that_are_there(deploy: Path, project: Any) -> None:
    compose = yaml.safe_load((deploy / "compose.yaml").read_text("utf-8"))
    mounted = [volume.split(":")[0] for part in compose["services"].values() for volume in part.get("volumes", [])]
    ours = [path for path in mounted if path.startswith("./deploy")]
    assert ours
    assert [path for path in ours if not (project.root / path).exists()] == []


def test_every_container_of_compose_is_confined(deploy: Path, project: Any) -> None:
    """It writes to its volumes alone, has no capability but those named, and a bound of memory; its logs are cut. No
    port is open but those for clients, mail and Grafana."""
    named = yaml.safe_load((deploy / "compose.yaml").read_text("utf-8"))["networks"]
    outside = {"nginx", "grafana", "notifications-inbound"}
    for name, part in _compose(deploy, project).items():
        assert part["read_only"], name
        assert part["cap_drop"] == ["ALL"], name
        assert part["security_opt"] == ["no-new-privileges:true"], name
        assert part["logging"]["options"].keys() == {"max-size", "max-file"}, name
        assert part["mem_limit"], name
        ways_out = {network for network in part["networks"] if not (named[network] or {}).get("internal")}
        assert bool(part.get("ports")) == (name in outside), name
        assert name in outside or ways_out <= {"out"}, name


def test_a_restore_reads_the_backups_and_writes_the_log_of_the_votes(deploy: Path, project: Any) -> None:
    parts = _compose(deploy, project)
    backups, log = parts["restore"]["volumes"]
    assert backups == parts["backup"]["volumes"][0] + ":ro"
    assert [log] == [volume for volume in parts["voting"]["volumes"] if "public-log" in volume]
    assert parts["restore"]["networks"] == ["store"]


def _bytes(size: str) -> int:
    """Of `512m`, as Compose, nginx and Kubernetes (`512Mi`) write it."""
    number, unit = re.fullmatch(r"(\d+)([mg])i?", size.lower()).groups()  # type: ignore[union-attr]
    return int(number) << {"m": 20, "g": 30}[unit]


def test_the_proxy_has_memory_for_what_it_keeps(deploy: Path, project: Any) -> None:
    """A folder in memory counts too, and has no bound of its own: a few large bodies would have the kernel end the
    proxy, and with it the way in."""
    proxy = _compose(deploy, project)["nginx"]
    text = (deploy / "nginx/nginx.conf").read_text("utf-8")
    zones = [_bytes(size) for size in re.findall(r"(?:zone|keys_zone|shared)[=:]\w+:(\d+m)", text)]
    [folder] = [mount.partition(":size=")[2] for mount in proxy["tmpfs"] if mount.startswith("/var/cache/nginx")]
    [cache] = re.findall(r"max_size=(\d+m)", text)
    [body] = re.findall(r"^    client_max_body_size (\d+m)", text, re.MULTILINE)
    assert len(zones) == 8
    assert _bytes(cache) + 4 * _bytes(body) <= _bytes(folder)
    assert _bytes(folder) + sum(zones) + (64 << 20) <= _bytes(proxy["mem_limit"])


def test_a_service_has_memory_for_the_largest_file_that_it_takes(deploy: Path, project: Any) -> None:
    """It reads a copy in /tmp, which is memory here, beside itself and the process that reads it."""
    parts, reader = _compose(deploy, project), 64 << 20
    for plugin in project.plugins:
        largest = max((route.upload.max_bytes for route in plugin.routes if route.upload), default=0)
        values = yaml.safe_load((project.services[plugin.name] / "deploy/values.yaml").read_text("utf-8"))["parts"]
        itself = _bytes(values[plugin.name]["resources"]["requests"]["memory"])
        assert largest + itself + reader <= _bytes(parts[plugin.name]["mem_limit"]), plugin.name


def test_compose_and_chart_give_a_part_the_same_memory_and_the_same_to_reach(deploy: Path, project: Any) -> None:
    parts, compared = _compose(deploy, project), 0
    for values in [deploy / "gateway.values.yaml", *project.root.glob("services/*/deploy/values.yaml")]:
        for name, chart in yaml.safe_load(values.read_text("utf-8"))["parts"].items():
            if reaches := {*chart.get("reaches", ())}:
                part = parts.get(name) or parts[f"{name}-0"]
                networks, compared = {*part["networks"]}, compared + 1
                assert part["mem_limit"] == chart["resources"]["limits"]["memory"].lower().removesuffix("i"), name
                assert {"broker", "store"} & networks == {"broker", "store"} & reaches, name
                assert ("out" in networks) == bool({"relay", "internet", "agencies", "scanner"} & reaches), name
    assert compared > 8


def _compose(deploy: Path, project: Any) -> dict[str, Any]:
    files = [deploy / "compose.yaml", *project.root.glob("services/*/deploy/compose.yaml")]
    return {name: part for file in files for name, part in fragment(file).items()}

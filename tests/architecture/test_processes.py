"""Processes and mailboxes of a manifest exist, and Compose and the chart start the same processes."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import yaml
from wsis_shared.mailboxes import Mailbox
from wsis_shared.process import Process
from wsis_shared.settings import PREFIX, Suite


def _compose(service: Path) -> dict[str, Any]:
    fragment = yaml.safe_load((service / "deploy/compose.yaml").read_text("utf-8"))
    return {
        part["environment"]["PROCESS"]: {"name": name, **part}
        for name, part in fragment["services"].items()
        if "PROCESS" in part.get("environment", {})
    }


def _parts(service: Path) -> dict[str, Any]:
    parts = yaml.safe_load((service / "deploy/values.yaml").read_text("utf-8"))["parts"]
    return {part["process"]: {"name": name, **part} for name, part in parts.items() if "process" in part}


def _settings(process: Process) -> set[str]:
    kinds = [Suite, *filter(None, [process.load("settings")])]
    return {one.variable for kind in kinds for one in kind.described()}


def test_processes_lead_somewhere(plugin: Any) -> None:
    names = [process.name for process in plugin.processes]
    assert len(names) == len(set(names))
    for process in plugin.processes:
        assert list(inspect.signature(process.load("run")).parameters) == ["stop"], process.name
        assert process.summary
        assert not process.summary.endswith(".")
        for port in process.ports:
            assert port.setting in _settings(process), f"{process.name}: nothing reads {port.setting}"


def test_compose_and_chart_start_the_processes_of_the_manifest(plugin: Any, project: Any) -> None:
    folder = project.services[plugin.name]
    expected = {process.name for process in plugin.processes}
    assert set(_compose(folder)) == expected
    assert set(_parts(folder)) == expected


def test_a_process_gets_its_own_rights_ports_and_settings(plugin: Any, project: Any) -> None:
    folder = project.services[plugin.name]
    for process in plugin.processes:
        part, values, name = (
            _compose(folder)[process.name],
            _parts(folder)[process.name],
            process.full_name(plugin.name),
        )
        assert part["name"] == name
        assert part["env_file"] == f".run/deploy/{name}.env"
        assert (values["name"], values["service"]) == (name, plugin.name)
        assert values["replicas"] == 1 or process.scalable
        assert values.get("ports", {}) == {port.name: port.number for port in process.ports}
        known = _settings(process)
        for env in (part["environment"], values.get("env", {})):
            ours = {key for key in env if key.startswith(PREFIX)}
            assert ours <= known, f"{name} does not read {ours - known}"
            for port in process.ports:
                assert str(env[port.setting]).endswith(f":{port.number}"), f"{name} listens elsewhere"


def test_mailboxes_lead_to_handlers(plugin: Any) -> None:
    service = plugin.load("service")
    handlers = {name for name in dir(service) if getattr(getattr(service, name), "wsis_kind", "") == "mail"}
    assert {mailbox.handler for mailbox in plugin.mailboxes} == handlers
    for mailbox in plugin.mailboxes:
        assert mailbox.pattern == mailbox.pattern.lower(), "a local part is compared in lower case"
        assert mailbox.check or not set("*?[") & set(mailbox.pattern), f"{mailbox.pattern}: who made the address?"
        if mailbox.check:
            assert _check(mailbox)("nobody@wsis.example", "secret") is False
            assert _check(mailbox)("", "") is False


def _check(mailbox: Mailbox) -> Any:
    return Process("check", run=mailbox.check, summary="").load("run")


def test_no_two_plugins_share_a_mailbox(project: Any) -> None:
    patterns = [mailbox.pattern for plugin in project.found for mailbox in plugin.mailboxes]
    assert len(patterns) == len(set(patterns))

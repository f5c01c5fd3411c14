"""`wsis doctor`: see docs/runbooks/not-ready.md."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO, cast

import click
from wsis_shared import clock, start_rules
from wsis_shared.backup.settings import Settings as Backup
from wsis_shared.doctor import Finding, broker, files, machine, store
from wsis_shared.doctor.broker import Definitions
from wsis_shared.doctor.settings import Settings as Doctor
from wsis_shared.plugin import DiscoveryResult, discover
from wsis_shared.settings import PRODUCTION, SettingError, Settings, Suite

GATEWAY, BACKUP = "gateway", "backup"


@click.command("doctor")
@click.argument("service", required=False, envvar="SERVICE")
@click.argument("process", required=False, envvar="PROCESS")
@click.option("--json", "as_json", is_flag=True, help="For programs")
@click.option(
    "--exported", type=click.File(), help="What `rabbitmqctl export_definitions` wrote, for who is no administrator"
)
def commands(service: str | None, process: str | None, as_json: bool, exported: TextIO | None) -> None:
    """What is wrong with the installation, a line each with its fix, as SERVICE or its PROCESS sees it: settings,
    broker, store, files, machine, and what the settings of SERVICE name. The container of `wsis backup` is SERVICE
    backup. Ends with 1 where something is wrong."""
    found = list(findings(service, process, cast(Definitions, json.load(exported)) if exported else None))
    wrong = [one for one in found if one.wrong]
    if as_json:
        click.echo(json.dumps({"wrong": len(wrong), "findings": [one._asdict() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            click.echo(f"{one.subject}: {'' if one.wrong else '(not looked at) '}{one.problem}. Fix: {one.fix}")
        click.echo(f"{len(wrong)} wrong" if wrong else "nothing is wrong")
    sys.exit(1 if wrong else 0)


def findings(service: str | None, process: str | None, exported: Definitions | None) -> Iterator[Finding]:
    """All, the settings first: without an address nothing can be asked."""
    plugins = discover()
    try:
        parts, purposes = _settings(plugins, service, process)
        suite, doctor = cast(Suite, parts[0]), Doctor.load()
        rules = start_rules.OF_BACKUP if service == BACKUP else start_rules.RULES
        lines = start_rules.broken(*parts, doctor, purposes=purposes, rules=rules)
    except SettingError as error:
        yield Finding("settings", str(error), "docs/settings.md")
        return
    for line in lines:
        yield Finding("settings", line, "set it and restart the process: docs/settings.md")
    if suite.profile != PRODUCTION:
        fix = "set WSIS_PROFILE=production, as images do"
        yield Finding("settings", "what production needs", fix, wrong=False)
    yield from machine.folders(parts)
    yield from machine.backup(Backup.load().backup_dir, clock.now())
    yield from machine.of_distributions()
    yield from machine.manifests(plugins.rejected)
    if service != BACKUP:  # it has no login there
        yield from broker.logins(suite.amqp_uri)
        shipped = _definitions(doctor.doctor_definitions)
        yield from broker.look(doctor.doctor_management_uri, suite.amqp_uri, suite.broker_nodes, shipped, exported)
    yield from store.look(suite.mongo_uri, doctor.doctor_mongo_uri, plugins, suite.mongo_prefix)
    yield from files.look(suite.blobs_uri)
    plugin = plugins.get(service or "")
    if plugin and process is None and (look := plugin.load("doctor")):
        yield from look(*parts[1:])


def _settings(
    plugins: DiscoveryResult, service: str | None, process: str | None
) -> tuple[tuple[Settings, ...], tuple[str, ...]]:
    """All that the process reads, and the purposes of the keys that it gets in place of the secret."""
    if service == GATEWAY:
        kind: type[Settings] = importlib.import_module("wsis_gateway.settings").Settings
        return (kind.load(),), ()
    if service == BACKUP:
        return (replace(Backup.load(), log_dir=""),), ()  # it reads the log, and may not write there
    if service is None:
        return (Suite.load(),), ()
    plugin = plugins.get(service)
    if plugin is None:
        raise click.UsageError(f"no plugin called {service} is installed: see `wsis list`")
    if process is None:
        return start_rules.settings_of(plugin), ()
    for one in plugin.processes:
        if one.name == process:
            return start_rules.settings_of(one), one.keys
    raise click.UsageError(f"{service} has no process {process}: see `wsis list`")


def _definitions(path: str) -> Definitions | None:
    return cast(Definitions, json.loads(Path(path).read_text("utf-8"))) if path else None

"""`wsis`: list run check doctor prepare migrate indexes queues seed events openapi settings security dead-letters
outbox backup restore, and what others add.

A distribution adds a click command by an entry point of the group `wsis.commands`: `up` comes with wsis-local. Where
that distribution is not installed, the command does not exist. A plugin brings commands of its own by its manifest.

Each command imports what it needs when it runs: every process of an image starts with `wsis run`.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import pkgutil
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from wsis_shared.plugin import DiscoveryResult, Plugin

GROUP = "wsis.commands"
# Commands in modules of their own, which are loaded when they are used.
IN_MODULES = {
    "backup": "wsis_shared.backup.commands:backup",
    "dead-letters": "wsis_shared.dead_letter_commands:commands",
    "doctor": "wsis_shared.doctor.commands:commands",
    "outbox": "wsis_shared.outbox.commands:commands",
    "restore": "wsis_shared.backup.commands:restore",
    "security": "wsis_shared.security.commands:commands",
}


class Commands(click.Group):
    """Own commands, those of the entry points and of plugins, which are loaded when they are used. The former win."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in order."""
        of_plugins = [plugin.name for plugin in _discover() if commands_of(plugin)]
        return sorted({*super().list_commands(ctx), *entry_points(group=GROUP).names, *of_plugins, *IN_MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if own := super().get_command(ctx, cmd_name):
            return own
        if added := entry_points(group=GROUP, name=cmd_name):
            return cast(click.Command, next(iter(added)).load())
        if cmd_name in IN_MODULES:
            try:
                return cast(click.Command, pkgutil.resolve_name(IN_MODULES[cmd_name]))
            except ModuleNotFoundError:  # an image has what its own commands need: that of a service makes no backup
                return None
        plugin = _discover(cmd_name).get(cmd_name)
        return commands_of(plugin) if plugin else None


@click.group(cls=Commands)
def main() -> None:
    """The WSIS suite: independent services over RabbitMQ, found by their manifests."""


@main.command("list")
def list_() -> None:
    """Installed plugins, and rejected ones with the reason."""
    found = _discover()
    for plugin in found:
        click.echo(
            f"{plugin.name:16} {len(plugin.routes):3} routes  {len(plugin.publishes):2} events  {plugin.summary}"
        )
        for process in plugin.processes:
            click.echo(f"  {process.name:14} process {process.summary}")
    for name, reason in found.rejected.items():
        click.echo(f"{name:16} rejected: {reason}", err=True)


@main.command()
@click.argument("name")
@click.argument("process", required=False)
def run(name: str, process: str | None) -> None:
    """Run a service, or one of its further processes (see `wsis list`)."""
    # A fresh interpreter: monkey patching must come before every other import, or not at all.
    os.execv(sys.executable, command(name, process))  # noqa: S606 -- our own module


def command(name: str, process: str | None = None) -> list[str]:
    """The command that runs a service, or one of its further processes."""
    module = ["wsis_shared.serve_process", name, process] if process else ["wsis_shared.serve", name]
    return [sys.executable, "-m", *module]


@main.command()
def check() -> None:
    """Strict: every manifest loads, and every object that it names exists."""
    from wsis_shared import manifest_check, roles  # noqa: PLC0415 -- keeps start-up of the other commands short

    found = _discover()
    problems = [f"{name}: {reason}" for name, reason in found.rejected.items()]
    for plugin in found:
        problems += manifest_check.problems_of(plugin)
    problems += roles.problems(found)
    if importlib.util.find_spec("wsis_gateway") is not None:  # no image of a service has it
        problems += importlib.import_module("wsis_gateway.web.catalogue").check(found)
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(1 if problems else 0)


@main.command()
@click.argument("names", nargs=-1)
def indexes(names: tuple[str, ...]) -> None:
    """Create the indexes of each service's database."""
    from wsis_shared import mongo  # noqa: PLC0415 -- some images have no pymongo
    from wsis_shared.blobs import store  # noqa: PLC0415 -- same
    from wsis_shared.collection_specs import ensure_indexes  # noqa: PLC0415 -- same

    for plugin in _chosen(names):
        created = ensure_indexes(mongo.database(plugin.name), plugin.load("collections") or ())
        store.ensure_indexes(plugin.name)
        click.echo(f"{plugin.name}: {len(created)} indexes")


@main.command()
@click.argument("names", nargs=-1)
@click.option("--contract", is_flag=True, help="Also remove the old shapes; no process of a former version may run")
@click.option("--dry-run", is_flag=True, help="Count the documents and change nothing")
def migrate(names: tuple[str, ...], contract: bool, dry_run: bool) -> None:
    """Bring the documents of each service to the present shapes. Run it before a new version starts."""
    from wsis_shared import migrations, mongo  # noqa: PLC0415 -- the gateway's image has no pymongo
    from wsis_shared.outbox.embedded import EmbeddedEvents  # noqa: PLC0415 -- same

    for plugin in _chosen(names):
        db, declared = mongo.database(plugin.name), migrations.of_plugin(plugin)
        for migration, step, documents in migrations.run(db, declared, contract=contract, dry_run=dry_run):
            verb = "would be" if dry_run else "are"
            click.echo(
                f"{plugin.name}: {migration.collection} {migration.to_version}: {documents} documents {verb} {step}"
                f" ({migration.summary})"
            )
        if contract and not dry_run:
            moved = EmbeddedEvents(db).contract(plugin.load("collections") or ())
            click.echo(f"{plugin.name}: {moved} events inside documents are moved into the outbox")
        left = [
            f"{item.collection} {item.to_version}: not {item.step}"
            for item in migrations.Versions(db).pending(declared)
        ]
        click.echo(f"{plugin.name}: {', '.join(left) or 'nothing left to migrate'}")


@main.command()
@click.argument("names", nargs=-1)
def queues(names: tuple[str, ...]) -> None:
    """Declare the queues of each service, so that no event is published before its queue exists."""
    from wsis_shared.bus.queues import declare_queues  # noqa: PLC0415 -- the gateway's image has no nameko
    from wsis_shared.settings import Suite  # noqa: PLC0415 -- keeps start-up of the other commands short

    for plugin in _chosen(names):
        declared = declare_queues(Suite.load().amqp_uri, plugin)
        click.echo(f"{plugin.name}: {len(declared)} queues")


@main.command()
@click.argument("names", nargs=-1)
def seed(names: tuple[str, ...]) -> None:
    """Load the initial data of an empty suite; existing data is not changed."""
    from wsis_shared import mongo  # noqa: PLC0415 -- some images have no pymongo

    for plugin in _chosen(names):
        if plugin.seed:
            click.echo(f"{plugin.name}: {plugin.load('seed')(mongo.database(plugin.name))}")


@main.command()
@click.argument("names", nargs=-1)
@click.pass_context
def prepare(context: click.Context, names: tuple[str, ...]) -> None:
    """What each service expects to find when it starts: migrations, indexes, queues, initial data, in this order."""
    from wsis_shared import start_rules  # noqa: PLC0415 -- keeps start-up of the other commands short
    from wsis_shared.settings import DEVELOPMENT, SettingError, Suite  # noqa: PLC0415 -- same

    try:
        for plugin in _chosen(names) if Suite.load().profile != DEVELOPMENT else ():
            start_rules.check(*start_rules.settings_of(plugin))
    except SettingError as error:
        click.echo(error, err=True)
        sys.exit(start_rules.NOT_STARTED)
    for command in (migrate, indexes, queues, seed):
        context.invoke(command, names=names)


@main.command()
def events() -> None:
    """Every event with its publisher and its handlers."""
    from wsis_shared.events import EventKey  # noqa: PLC0415 -- keeps start-up of the other commands short

    found = _discover()
    handlers: dict[EventKey, list[str]] = {}
    for plugin in found:
        for dependency in plugin.depends_on:
            handlers.setdefault(dependency.key, []).append(f"{plugin.name}.{dependency.method}")
        for selection in plugin.selects:
            for key in selection.events(found):
                handlers.setdefault(key, []).append(f"{plugin.name}.{selection.handler}")
    for plugin in found:
        for event in plugin.publishes:
            consumed_by = ", ".join(handlers.get(event.key(plugin.name), [])) or "-"
            click.echo(
                f"{plugin.name}.{event.type} v{event.version}{' public' if event.public else ''}  -> {consumed_by}"
            )


@main.command()
def openapi() -> None:
    """The OpenAPI document of what is installed, as JSON."""
    document = importlib.import_module("wsis_gateway.openapi").document(_discover())
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@main.command()
def settings() -> None:
    """Every setting that an operator turns, with its default, meaning and readers: docs/settings.md."""
    from wsis_shared.settings_page import page  # noqa: PLC0415 -- keeps start-up of the other commands short

    click.echo(page(_discover()), nl=False)


def _discover(*names: str) -> DiscoveryResult:
    from wsis_shared.plugin import discover  # noqa: PLC0415 -- `wsis run` needs no manifest

    return discover(only=names)


def _chosen(names: tuple[str, ...]) -> list[Plugin]:
    found = _discover(*names)
    for name, reason in found.rejected.items():
        raise click.ClickException(f"{name}: {reason}")
    return list(found)


def commands_of(plugin: Plugin) -> click.Command | None:
    """Those that a plugin brings: `wsis accounts officer --email ...`."""
    try:
        return cast(click.Command | None, plugin.load("commands"))
    except (ImportError, AttributeError):
        return None  # installed with --no-deps: the manifest is here, what it needs is not

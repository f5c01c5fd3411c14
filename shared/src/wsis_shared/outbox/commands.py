"""`wsis outbox`: the events that the relay of a service has set aside, since they cannot be sent.

See docs/runbooks/broker-away.md.
"""

from __future__ import annotations

import json

import click
from wsis_shared import audit, export_audit, mongo
from wsis_shared.outbox.aside import SetAside
from wsis_shared.outbox.repository import StoredEvent
from wsis_shared.plugin import discover


@click.group("outbox")
def commands() -> None:
    """Events that cannot be sent: list them, let them be sent again, or drop them."""


@commands.command("list")
@click.option("--bodies", is_flag=True, help="Print the events: they may contain personal data")
@click.argument("service", required=False)
def list_(service: str | None, bodies: bool) -> None:
    """What is set aside of SERVICE, or of every service, the oldest first."""
    for name in [service] if service else [plugin.name for plugin in discover()]:
        for row in SetAside(mongo.database(name)).rows():
            _print("", name, row)
            if bodies:
                click.echo(f"    {json.dumps(row['event'], default=str, ensure_ascii=False)}")


@commands.command()
@click.option("--id", "ids", multiple=True, required=True, help="As `list` prints them")
@click.argument("service")
def send(service: str, ids: tuple[str, ...]) -> None:
    """Let the relay try them again, each in its place among the events of its subject."""
    for row in _move(service, "events_sent_again", ids):
        _print("sent again  ", service, row)


@commands.command()
@click.option("--id", "ids", multiple=True, required=True, help="As `list` prints them")
@click.option("--yes", is_flag=True, help="Do not ask")
@click.argument("service")
def drop(service: str, ids: tuple[str, ...], yes: bool) -> None:
    """Delete them: nobody will ever get them. The later events of their subjects go on."""
    if not yes:
        click.confirm(f"Delete {len(ids)} events of {service} for ever?", abort=True)
    for row in _move(service, "events_dropped", ids):
        _print("dropped  ", service, row)


def _move(service: str, action: str, ids: tuple[str, ...]) -> list[StoredEvent]:
    """Do it, with its entry for the audit."""
    db = mongo.database(service)
    aside = SetAside(db)

    def work() -> list[StoredEvent]:
        rows = [row for row in aside.rows() if row["_id"] in ids]
        if unknown := sorted({*ids} - {row["_id"] for row in rows}):
            raise click.ClickException(f"not set aside in {service}: {', '.join(unknown)}")
        (aside.drop if action == "events_dropped" else aside.send)(ids)
        told = [{"id": row["_id"], "type": row["event"]["type"]} for row in rows]
        export_audit.store(db, service, audit.entry(f"{service}.{action}", "outbox", before={"events": told}))
        return rows

    return mongo.in_transaction(work)


def _print(prefix: str, service: str, row: StoredEvent) -> None:
    event = row["event"]
    click.echo(f"{prefix}{row['_id']}  {service}: {event['type']} of {event['subject']}, {row['set_aside']}")

"""`wsis agencies asyncapi`, and `wsis agencies adopt`, once, where notifications had the data."""

from __future__ import annotations

import json

import click
from amqp.exceptions import NotFound
from wsis_shared import mongo
from wsis_shared.amqp.connection import connect
from wsis_shared.mongo_connection import Database
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite

from wsis_agencies.event_log.use_cases.asyncapi import document
from wsis_agencies.store.adoption import CannotAdopt, adopt, has_begun

FORMER_QUEUE = "events.many--notifications.on_public"


@click.group()
def commands() -> None:
    """Public events: their document, and the move of what notifications kept of them."""


@commands.command()
def asyncapi() -> None:
    """The AsyncAPI document of the public events, as JSON."""
    click.echo(json.dumps(document(discover()), ensure_ascii=False, indent=1))


def seed(db: Database) -> str:
    """`wsis prepare` loads no initial data. It stops where the log would begin while notifications still has one: the
    queue that filled it is at the broker until the data is adopted, and deleted afterwards."""
    if not has_begun(db) and _is_declared(FORMER_QUEUE):
        raise click.ClickException(
            f"Notifications kept the public events, and its queue {FORMER_QUEUE} is still at the broker: "
            "first run `wsis agencies adopt` (docs/runbooks/agencies.md)."
        )
    return "no initial data"


def _is_declared(queue: str) -> bool:
    with connect(Suite.load().amqp_uri) as connection:
        try:
            connection.channel().queue_declare(queue, passive=True)
        except NotFound:
            return False
        return True


@commands.command("adopt")
def adopt_command() -> None:
    """Copy log, subscriptions, lanes and queues from the database of notifications (docs/runbooks/agencies.md).

    WSIS_MONGO_URI is that of an administrator, who may write both. One that was interrupted is run again.
    """
    try:
        for name, count in adopt(mongo.database("notifications"), mongo.database("agencies")):
            click.echo(f"{name}: {count} documents")
    except CannotAdopt as error:
        raise click.ClickException(str(error)) from None

"""`wsis agencies asyncapi`, and `wsis agencies adopt`, once, where notifications had the data."""

from __future__ import annotations

import json

import click
from wsis_shared import mongo
from wsis_shared.plugin import discover

from wsis_agencies.event_log.use_cases.asyncapi import document
from wsis_agencies.store.adoption import CannotAdopt, adopt


@click.group()
def commands() -> None:
    """Public events: their document, and the move of what notifications kept of them."""


@commands.command()
def asyncapi() -> None:
    """The AsyncAPI document of the public events, as JSON."""
    click.echo(json.dumps(document(discover()), ensure_ascii=False, indent=1))


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

"""`wsis dead-letters`: dead letters on the broker itself, for when services or the gateway do not run.

WSIS_AMQP_URI is the address of the broker with the user `operator`. See docs/runbooks/dead-letters.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite

if TYPE_CHECKING:
    from wsis_shared.amqp.dead_letters import DeadLetter, Reading

Command = Callable[..., None]


@click.group("dead-letters")
def commands() -> None:
    """Dead letters of a service: list them, return them to their queues, or drop them."""


def _choice(command: Command) -> Command:
    """The arguments that say which dead letters."""
    for option in (
        click.option("--id", "ids", multiple=True, help="Only these; as `list` prints them"),
        click.option("--search", help="Only those with this text, also in their bodies"),
        click.option("--queue", help="Only those from this queue"),
        click.argument("service"),
    ):
        command = option(command)
    return command


@commands.command("list")
@click.option("--bodies", is_flag=True, help="Print the bodies: they may contain personal data")
@click.option("--queue", help="Only those from this queue")
@click.option("--search", help="Only those with this text, also in their bodies")
@click.argument("service", required=False)
def list_(service: str | None, queue: str | None, search: str | None, bodies: bool) -> None:
    """The dead letters of SERVICE, or of every service, the oldest first."""
    for name in [service] if service else [plugin.name for plugin in discover()]:
        with _reading(name) as found:
            for letter in found.letters:
                if letter.matches(queue, search):
                    _print("", letter)
                    click.echo(f"    {letter.body if bodies else letter.redacted}")


@commands.command()
@_choice
def requeue(service: str, queue: str | None, search: str | None, ids: tuple[str, ...]) -> None:
    """Return dead letters to their queues of origin. Handlers are idempotent: what is done is not done again."""
    with _reading(service) as found:
        for letter in found.requeue(_chosen(found, queue, search, ids)):
            _print("requeued  ", letter)


@commands.command()
@click.option("--yes", is_flag=True, help="Do not ask")
@_choice
def drop(service: str, queue: str | None, search: str | None, ids: tuple[str, ...], yes: bool) -> None:
    """Delete dead letters that can never be processed, those of a filter."""
    if not (ids or queue or search):
        raise click.UsageError("Say which ones: --id, --queue or --search.")
    with _reading(service) as found:
        chosen = _chosen(found, queue, search, ids)
        if chosen and not yes:
            click.confirm(f"Delete {len(chosen)} messages of {service} for ever?", abort=True)
        for letter in found.drop(chosen):
            _print("dropped  ", letter)


def _chosen(found: Reading, queue: str | None, search: str | None, ids: tuple[str, ...]) -> list[str]:
    return [each.id for each in found.letters if each.matches(queue, search) and (not ids or each.id in ids)]


def _print(prefix: str, letter: DeadLetter) -> None:
    summary = f"{letter.type or 'unknown'}, {letter.size} bytes, {letter.message_id or 'no id'}"
    click.echo(f"{prefix}{letter.id}  {letter.queue or '?'}: {letter.reason}, {summary}")


@contextmanager
def _reading(service: str) -> Iterator[Any]:
    from wsis_shared.amqp import dead_letters  # noqa: PLC0415 -- keeps start-up of the other commands short

    try:
        with dead_letters.reading(Suite.load().amqp_uri, service) as found:
            yield found
    except LookupError as error:
        raise click.ClickException(str(error)) from None

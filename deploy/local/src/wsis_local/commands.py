"""`wsis up`, `wsis down`, `wsis exec COMMAND ...` and `wsis around COMMAND ...`: see `up.py`."""

from __future__ import annotations

import sys

import click
from wsis_local import up as stacks

ANY_OPTIONS = {"ignore_unknown_options": True, "allow_interspersed_args": False}  # they belong to COMMAND


@click.command()
@click.option("--infrastructure", is_flag=True, help="Broker, store and mail catcher alone, for the tests.")
def up(infrastructure: bool) -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    sys.exit(stacks.infrastructure() if infrastructure else stacks.up())


@click.command()
def down() -> None:
    """Stop what `wsis up` started here, from another terminal."""
    sys.exit(stacks.down())


@click.command("exec", context_settings=ANY_OPTIONS)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def inside(command: tuple[str, ...]) -> None:
    """Run COMMAND with the settings of the suite that `wsis up` runs here."""
    sys.exit(stacks.inside(command))


@click.command(context_settings=ANY_OPTIONS)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def around(command: tuple[str, ...]) -> None:
    """Run COMMAND with the infrastructure of `wsis up --infrastructure`, or with a new one that stops with it."""
    sys.exit(stacks.around(command))

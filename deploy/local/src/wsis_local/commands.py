"""`wsis up`, `wsis down` and `wsis around COMMAND ...`: see `up.py`."""

from __future__ import annotations

import sys

import click
from wsis_local import up as stacks


@click.command()
def up() -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    sys.exit(stacks.up())


@click.command()
def down() -> None:
    """Stop what `wsis up` started, from another terminal."""
    sys.exit(stacks.down())


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def around(command: tuple[str, ...]) -> None:
    """Run COMMAND with a new broker, store and mail catcher, which stop with it."""
    sys.exit(stacks.around(command))

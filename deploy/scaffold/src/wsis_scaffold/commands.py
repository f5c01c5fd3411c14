"""`wsis new NAME`, behind `make service NAME=x`."""

from __future__ import annotations

from pathlib import Path

import click
from wsis_scaffold import CannotScaffold, write


@click.command()
@click.argument("name")
def new(name: str) -> None:
    """Write a new service to services/NAME below the current folder."""
    try:
        written = write(name, Path("services"))
    except CannotScaffold as error:
        raise click.UsageError(str(error)) from None
    for path in written:
        click.echo(path)
    click.echo("\nNothing else needs an edit: `make install` finds it, `make run` serves it.")

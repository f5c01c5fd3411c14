"""`wsis security`: the inventories of what is installed (docs/security/)."""

from __future__ import annotations

import sys

import click
from wsis_shared.plugin import discover
from wsis_shared.security import PAGE, installed, pages


@click.command("security")
@click.option("--write", is_flag=True, help=f"Write {PAGE} into the folder of each part of a checkout")
@click.argument("names", nargs=-1)
def commands(write: bool, names: tuple[str, ...]) -> None:
    """Who may do what, fields, limits, data, keys, connections, costly work and logs of each part, or of NAMES.

    Ends with 1 where something is missing that only a person can say.
    """
    suite = installed(discover())
    chosen = [part for part in suite.parts if not names or part.name in names]
    missing = [problem for part in chosen for problem in pages.problems(part, suite)]
    for part in chosen:
        if write:
            (part.folder / PAGE).write_text(pages.write(part, suite), "utf-8")
        else:
            click.echo(pages.write(part, suite))
    for problem in missing:
        click.echo(problem, err=True)
    sys.exit(1 if missing else 0)

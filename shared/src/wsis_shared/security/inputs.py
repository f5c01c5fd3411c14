"""Inputs that belong together: rules for several fields of a request, or for a field and what is stored."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from wsis_shared.security import Installed, Part
from wsis_shared.security.source import missing
from wsis_shared.security.tables import codes, section, table


def write(part: Part, _suite: Installed) -> str:
    """The section."""
    rows = ((row["what"], row["rule"], codes(row["where"])) for row in part.of("inputs") or ())
    return section("Inputs that belong together", table(("what", "rule", "where"), rows))


def problems(part: Part, _suite: Installed) -> Iterator[str]:
    """Schemas with a rule for several fields of which nothing is said, and names of what is not there."""
    named = [name for row in part.of("inputs") or () for name in row["where"]]
    yield from (f"inputs: {name}: which fields belong together?" for name in sorted({*_schemas(part)} - {*named}))
    yield from (f"inputs: {name} does not exist" for name in missing(named))


def _schemas(part: Part) -> Iterator[str]:
    """Schemas with a rule for several fields, as `module:Class`."""
    for source in part.code:
        for found in source.nodes(ast.ClassDef) if "validates_schema" in source.text else ():
            decorators = (each for node in found.body for each in getattr(node, "decorator_list", ()))
            if any(ast.unparse(each).partition("(")[0].endswith("validates_schema") for each in decorators):
                yield f"{source.module}:{found.name}"

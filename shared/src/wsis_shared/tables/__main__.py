"""Prints the rows of a table for a service that takes them as they are, behind the row `after`. `known` are names of
columns, folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from wsis_shared.json_types import Input
from wsis_shared.tables import Known, folded
from wsis_shared.tables.child import serve
from wsis_shared.tables.reading import read_table


def lines(request: Input) -> Iterator[Mapping[str, object]]:
    """What is known of the file, with the names as they are written, and the cells of its rows."""
    table = read_table(Path(request["path"]), request["options"], Known(frozenset(request["known"]), folded))
    yield {"about": {"header": table.header, "reading": table.reading}}
    for number, cells in table.rows:
        if number > request["after"]:
            yield {"row": number, "cells": cells}
    yield {"end": {"header": table.header, "reading": table.reading}}


if __name__ == "__main__":
    serve(lines)

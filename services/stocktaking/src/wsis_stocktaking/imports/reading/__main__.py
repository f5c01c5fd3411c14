"""Prints the outcomes of the rows of a file for the process that `child` starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from wsis_shared.json_types import Input
from wsis_shared.tables.child import serve

from wsis_stocktaking.imports.reading.validation import File


def lines(request: Input) -> Iterator[Mapping[str, object]]:
    """What is known of the file, an outcome for each row behind the row `after`, and what is known at the end."""
    file = File(Path(request["path"]), request["options"], request["source"], request.get("mapping"))
    yield {"about": file.about}
    yield from file.outcomes(request["after"])
    yield {"end": file.known()}


if __name__ == "__main__":
    serve(lines)

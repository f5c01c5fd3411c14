"""Prints the rows of a list for the process that `SubscriberFile` starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from wsis_shared.json_types import Input
from wsis_shared.tables.child import serve

from wsis_notifications.subscribers.files.table import TableFile


def lines(request: Input) -> Iterator[Mapping[str, object]]:
    """What is known of the file, its rows behind the row `after`, and what is known at the end."""
    file = TableFile(Path(request["path"]), request["options"], request["mapping"])
    yield {"about": file.about}
    yield from file.rows(request["after"])
    yield {"end": file.known()}


if __name__ == "__main__":
    serve(lines)

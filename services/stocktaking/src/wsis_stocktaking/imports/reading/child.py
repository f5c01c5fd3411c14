"""Runs the reader of a file in a child process, and takes its rows in batches while it goes on reading."""

from __future__ import annotations

from pathlib import Path

from wsis_shared.mapping.documents import RowMapping
from wsis_shared.tables import ReadOptions
from wsis_shared.tables.child import Reader as ChildReader

from wsis_stocktaking.imports.reading import About
from wsis_stocktaking.imports.rules.imports import Outcome


class Reader(ChildReader[Outcome]):
    """The outcomes of the rows of a source behind `after`, by its mapping where it has one."""

    about: About

    def __init__(
        self,
        path: Path,
        options: ReadOptions,
        after: int,
        source: str | None = None,
        mapping: RowMapping | None = None,
    ) -> None:
        about = {"path": str(path), "options": options, "after": after, "source": source, "mapping": mapping}
        super().__init__(__package__ or "", about)

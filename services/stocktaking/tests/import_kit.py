"""Imports in the process of the test."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.collection_specs import declare, ensure_indexes
from wsis_shared.tables import ReadOptions
from wsis_shared.tables.child import refusing
from wsis_testkit import actor
from wsis_testkit.interruptions import InProcess

from wsis_stocktaking.imports.reading.__main__ import lines
from wsis_stocktaking.imports.reading.child import Reader
from wsis_stocktaking.imports.use_cases import imports
from wsis_stocktaking.imports.use_cases import reversals as import_reversals
from wsis_stocktaking.plugin import plugin

from . import generated

AT = datetime(2016, 7, 1, 12, tzinfo=UTC)
OFFICER = actor("officer", id=uuid.uuid5(uuid.NAMESPACE_URL, "officer").hex)
Row = dict[str, Any]


class ReaderHere(Reader):
    """Reads in this process, three rows at a time: a reader stores nothing, and a child takes long to start."""

    def __init__(
        self, path: Path, options: ReadOptions, after: int, source: str | None = None, mapping: Any = None
    ) -> None:
        request = {"path": str(path), "options": options, "after": after, "source": source, "mapping": mapping}
        self.about, self._given = {}, refusing(lines, request)

    def __exit__(self, *_: object) -> None:
        pass

    def _lines(self) -> Iterator[bytes]:
        return (json.dumps(line).encode() for line in self._given)

    def batches(self, size: int = 3) -> Iterator[list[dict[str, Any]]]:
        return super().batches(size)


def in_process(db: Any) -> InProcess:
    """The service, with its indexes and nobody to call."""
    declare(db, plugin.load("collections"))
    ensure_indexes(db, plugin.load("collections"))
    return InProcess("stocktaking", db, defaultdict(dict))


class Importing:
    """Imports rows and undoes imports, to their end."""

    def __init__(self, service: InProcess, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.service, self._folder, self._keys = service, folder, 0
        monkeypatch.setattr(imports, "Reader", ReaderHere)
        monkeypatch.setattr(import_reversals, "STEP", 2)

    @staticmethod
    def rows(count: int) -> list[Row]:
        """Generated contents with their keys."""
        return [{"import_key": key, **content} for key, content in generated.entries(count)]

    def start(self, rows: Sequence[Row] | Path, source: str = "st", **body: Any) -> str:
        """The id of an import that waits for its job."""
        path = rows if isinstance(rows, Path) else generated.write_json(self._folder / "rows", rows)
        upload = self.service.bus.blobs.put([path.read_bytes()], owner="upload", filename="register").reference()
        whole = {"source": source, "dry_run": False, "encoding": None, "reason": None, **body}
        return str(self.call("start_import", upload=upload, body=whole)["id"])

    def run(self, rows: Sequence[Row] | Path, source: str = "st", **body: Any) -> Row:
        """The import at its end."""
        id = self.start(rows, source, **body)
        self.service.run("import_entries")
        return self.find(id)

    def reverse(self, id: str) -> Row:
        """The import after its reversal."""
        self.call("start_import_reversal", id=id, body={"reason": "The wrong file"})
        self.service.run("reverse_import")
        return self.find(id)

    def find(self, id: str) -> Row:
        """The import as it is stored."""
        found: Row = self.service.db["imports"].find_one({"_id": id})
        return found

    def list(self, method: str, id: str) -> list[Row]:
        """All that a list of an import has."""
        items: list[Row] = self.call(method, id=id, limit=100)["items"]
        return items

    def call(self, method: str, who: Any = OFFICER, at: datetime = AT, **arguments: Any) -> Any:
        """A request with a key of its own."""
        self._keys += 1
        return self.service.call(method, who, at=at, key=f"key-{self._keys}", **arguments)

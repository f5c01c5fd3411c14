"""The process dies before each write and after each commit of an import: the import that resumes leaves what an
undisturbed one leaves."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from wsis_testkit import actor
from wsis_testkit.interruptions import InProcess, die_at, places_of

from wsis_stocktaking.importing.__main__ import lines
from wsis_stocktaking.importing.child import Reader
from wsis_stocktaking.use_cases import imports

from . import generated

AT = datetime(2016, 7, 1, 12, tzinfo=UTC)
OFFICER = actor("officer", id=uuid.uuid5(uuid.NAMESPACE_URL, "officer").hex)


class ReaderHere(Reader):
    """Reads in this process, three rows at a time: a reader stores nothing, and a child takes long to start."""

    def __init__(self, path: Path, encoding: str | None, after: int) -> None:
        self.about, self._given = {}, lines(str(path), encoding or "", after)

    def __exit__(self, *_: object) -> None:
        pass

    def _lines(self) -> Iterator[bytes]:
        return (json.dumps(line).encode() for line in self._given)

    def batches(self, size: int = 3) -> Iterator[list[dict[str, Any]]]:
        return super().batches(size)


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    from wsis_shared.collection_specs import declare, ensure_indexes

    from wsis_stocktaking.store import COLLECTIONS

    db = database("stocktaking")
    declare(db, COLLECTIONS)
    ensure_indexes(db, COLLECTIONS)
    return InProcess("stocktaking", db, defaultdict(dict))


def test_an_import_resumes_behind_what_is_stored(
    service: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "Reader", ReaderHere)
    rows = list(generated.rows(5))
    rows[3]["kind"] = "party"
    path = generated.write_csv(tmp_path / "register", rows)
    upload = service.bus.blobs.put([path.read_bytes()], owner="upload", filename="register").reference()
    body = {"dry_run": False, "encoding": None, "reason": None}
    service.call("start_import", OFFICER, at=AT, key="start", upload=upload, body=body)
    before = service.documents()
    total = places_of(lambda: service.run("import_entries"))
    wanted = service.content()
    assert service.db["entries"].count_documents({}) == 4
    died = 0
    for place in range(1, total + 1):
        service.restore(before)
        died += die_at(place, lambda: service.run("import_entries"))  # a fast run announces its progress less often
        service.run("import_entries")
        assert service.content() == wanted, f"after the end at place {place} of {total}"
    assert died > total // 2

"""What waits is counted with its oldest time, and kept for some seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from wsis_shared import clock, mongo
from wsis_shared.waiting import Waiting, repository
from wsis_shared.waiting.repository import WaitingDocuments

AT = datetime(2017, 3, 1, 12, tzinfo=UTC)


def kind(since: str, *, overdue: bool = False) -> Waiting:
    return Waiting("entries", "entries to review", "sample:manage", "entries", {"state": "open"}, since, overdue)


@pytest.fixture
def documents(environment: dict[str, str]) -> WaitingDocuments:
    db = mongo.database("waiting")
    db["entries"].delete_many({})
    return WaitingDocuments(db, ())


def test_count_and_oldest_time(documents: WaitingDocuments) -> None:
    entries = documents.db["entries"]
    assert documents.counted(kind("at")) == {"code": "entries", "count": 0, "oldest_at": None}
    rows = [{"state": state, "at": AT + timedelta(days=day)} for day, state in enumerate(("done", "open", "open"))]
    entries.insert_many([*rows, {"state": "open", "at": [AT + timedelta(hours=1), AT + timedelta(days=9)]}])
    assert documents.counted(kind("at"))["count"] == 0  # counted a moment ago
    fresh = WaitingDocuments(documents.db, ())
    assert fresh.counted(kind("at")) == {"code": "entries", "count": 3, "oldest_at": AT + timedelta(hours=1)}


def test_count_is_kept_for_some_seconds_only(documents: WaitingDocuments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "SECONDS", 0.0)
    assert documents.counted(kind("at"))["count"] == 0
    documents.db["entries"].insert_one({"state": "open", "at": AT})
    assert documents.counted(kind("at"))["count"] == 1


def test_what_is_due_later_does_not_wait_yet(documents: WaitingDocuments) -> None:
    now = clock.now()
    documents.db["entries"].insert_many([{"state": "open", "until": now + timedelta(hours=hour)} for hour in (-2, 3)])
    assert documents.counted(kind("until", overdue=True))["count"] == 1

"""What waits is counted with its oldest time, and kept for some seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from wsis_shared import clock, mongo
from wsis_shared.waiting import Waiting, repository
from wsis_shared.waiting.repository import WaitingDocuments

AT = datetime(2017, 3, 1, 12, tzinfo=UTC)


def kind(since: str, after: timedelta | None = None, page: str = "") -> Waiting:
    about = ("entries", "entries to review", "sample:manage", "entries", {"state": "open"})
    return Waiting(*about, since=since, after=after, page=page)


@pytest.fixture
def documents(environment: dict[str, str]) -> WaitingDocuments:
    db = mongo.database("waiting")
    db["entries"].delete_many({})
    return WaitingDocuments(db, ())


def test_count_and_oldest_time(documents: WaitingDocuments) -> None:
    entries = documents.db["entries"]
    assert documents.counted(kind("at")) == {"code": "entries", "count": 0, "oldest_at": None, "page": None}
    rows = [{"state": state, "at": AT + timedelta(days=day)} for day, state in enumerate(("done", "open", "open"))]
    entries.insert_many([*rows, {"state": "open", "at": [AT + timedelta(hours=1), AT + timedelta(days=9)]}])
    assert documents.counted(kind("at"))["count"] == 0  # counted a moment ago
    fresh = WaitingDocuments(documents.db, ())
    counted = fresh.counted(kind("at"))
    assert (counted["count"], counted["oldest_at"]) == (3, AT + timedelta(hours=1))


def test_count_is_kept_for_some_seconds_only(documents: WaitingDocuments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "SECONDS", 0.0)
    assert documents.counted(kind("at"))["count"] == 0
    documents.db["entries"].insert_one({"state": "open", "at": AT})
    assert documents.counted(kind("at"))["count"] == 1


def test_what_is_due_later_does_not_wait_yet(documents: WaitingDocuments) -> None:
    now = clock.now()
    documents.db["entries"].insert_many([{"state": "open", "until": now + timedelta(hours=hour)} for hour in (-2, 3)])
    assert documents.counted(kind("until", timedelta()))["count"] == 1


def test_the_page_of_the_oldest_one(documents: WaitingDocuments) -> None:
    rows = [("e 1", 2017, 2), ("e/2", 2018, 1)]
    documents.db["entries"].insert_many(
        [{"_id": id, "year": year, "state": "open", "at": AT + timedelta(days=day)} for id, year, day in rows]
    )
    assert documents.counted(kind("at", page="/desk/{year}/{id}"))["page"] == "/desk/2018/e%2F2"
    documents = WaitingDocuments(documents.db, ())
    assert documents.counted(kind("at", page="/desk/{edition}"))["page"] is None


def test_a_document_may_stand_for_many(documents: WaitingDocuments) -> None:
    documents.db["entries"].insert_many([{"state": "open", "at": AT, "of": count} for count in (3, 4)])
    assert documents.counted(replace(kind("at"), sum_of="of"))["count"] == 7

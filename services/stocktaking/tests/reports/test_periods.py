"""Reports of past periods: which entries they count, and that an empty one is an error that says why."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.jobs.states import LIVE
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused
from wsis_testkit.interruptions import InProcess

from wsis_stocktaking.register.store.register import Publication, Register
from wsis_stocktaking.register.store.submissions import submitted
from wsis_stocktaking.reports.rules import scopes
from wsis_stocktaking.reports.schemas import BuildBody

from ..import_kit import OFFICER, Importing, Row, in_process

PERIOD = {"start": "2014-01-01", "end": "2016-12-31", "basis": "active"}
EARLY, LATE = datetime(2015, 5, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)
YEAR = date(2025, 1, 1), date(2025, 12, 31)


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    return in_process(database("stocktaking"))


@pytest.fixture
def importing(service: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Importing]:
    """Imports in an empty register."""
    service.restore({})
    return Importing(service, tmp_path, monkeypatch)


@pytest.fixture
def build(importing: Importing) -> Callable[..., Row]:
    """Build a global report in English as the officer asks for it now; returns its job."""

    def run(**period: Any) -> Row:
        body = BuildBody().load({"kind": "global", "period": {**PERIOD, **period}, "languages": ["en"]})
        started = importing.call("start_report", OFFICER, clock.now(), body=body)
        query: Row = {"_id": started["id"]}
        while True:  # a message carries a job for ten seconds, on a busy machine there are several
            importing.service.run("build_report")
            job: Row = importing.service.db["jobs"].find_one(query)
            if job["state"] not in LIVE:
                return job

    return run


def of_2014(importing: Importing, **changes: Any) -> list[Row]:
    """An activity that runs since 2014."""
    [row] = importing.rows(1)
    return [{**row, "status": "ongoing", "start_date": "2014-03-01", "end_date": None, **changes}]


def test_a_report_of_what_was_active_in_a_past_period_reads_the_register_of_today(
    importing: Importing, service: InProcess, build: Callable[..., Row]
) -> None:
    importing.run(of_2014(importing))  # long after the period
    job = build()
    assert job["state"] == "succeeded", job
    [version] = service.db["reports"].find()
    assert (version["total"], version["as_of"].year) == (1, clock.now().year)
    model = gzip.decompress(b"".join(service.bus.blobs.open(version["model"]["blob"])))
    assert version["model"]["sha256"] == hashlib.sha256(model).hexdigest()
    # A file of it in a language, or its model, and no other.
    reading = {"report": version["_id"], "language": "en"}
    file = importing.call("read_report_version_file", format="json", **reading)
    assert file["blob"] == version["model"]["blob"]
    with refused("stocktaking.report_file_unknown", report=version["_id"]):
        importing.call("read_report_version_file", format="pdf", **{**reading, "language": "fr"})


@pytest.mark.parametrize(
    ("period", "code"),
    [
        ({"basis": "submitted"}, "stocktaking.report_register_empty"),  # the register of the end of 2016
        ({"start": "2001-01-01", "end": "2002-12-31"}, "stocktaking.report_empty"),
    ],
)
def test_a_report_without_entries_is_an_error_that_says_why(
    importing: Importing, service: InProcess, build: Callable[..., Row], period: Row, code: str
) -> None:
    importing.run(of_2014(importing))
    job = build(**period)
    assert (job["state"], job["error"]["code"]) == ("failed", code)
    assert service.db["reports"].count_documents({}) == 0


def test_what_was_submitted_is_what_organizations_said_in_the_period(
    importing: Importing, service: InProcess, make_content: Any
) -> None:
    """Not corrections by officers, nor marks of the Prizes, nor imports of what was said before."""
    register = Register(service.db)

    def publish(entry: str, source: str, at: datetime, said: datetime | None, **changes: Any) -> None:
        known = service.db["entries"].find_one({"_id": entry}) or register.new_entry(entry, "submission", None, at)
        work = Publication(known, make_content(**changes), source=source, last_updated_at=said)
        in_transaction(lambda: register.publish([work], at))

    publish("corrected", "submission", EARLY, EARLY)
    publish("corrected", "officer", LATE, EARLY, keywords=["corrected"])
    publish("marked", "submission", EARLY, EARLY)
    publish("marked", "prizes", LATE, EARLY)
    publish("updated", "submission", EARLY, EARLY)
    publish("updated", "submission", LATE, LATE, keywords=["new"])
    publish("completed by an officer", "officer", LATE, LATE)
    publish("nominated", "prizes", LATE, LATE)
    importing.run(
        [
            {**row, "import_key": key, "last_updated_at": said}
            for key, said, row in (
                ("dated", "2025-03-01", importing.rows(1)[0]),
                ("former", "2010-03-01", importing.rows(1)[0]),
                ("undated", None, importing.rows(1)[0]),
            )
        ]
    )
    keys = {row["_id"]: row.get("import_key", row["_id"]) for row in service.db["entries"].find()}

    def named(*days: date | None) -> set[str]:
        return {keys[entry] for part in submitted(register, *days, register.head()) for entry in part}

    assert named(*YEAR) == {"updated", "completed by an officer", "dated"}
    assert named(date(2015, 1, 1), date(2015, 12, 31)) == {"corrected", "marked", "updated"}
    # Revisions of before the date was stored with each.
    service.db["revisions"].update_many({}, {"$unset": {"last_updated_at": ""}})
    assert named(*YEAR) == {"updated", "dated"}


@pytest.mark.parametrize("published", [EARLY, LATE])
def test_an_ongoing_activity_is_active_whenever_it_was_imported(make_content: Any, published: datetime) -> None:
    scope = {
        "kind": "global",
        "region": None,
        "edition": None,
        "period": {"start": "2020-01-01", "end": "2020-12-31", "basis": "active"},
    }
    content = make_content(status="ongoing", start_date="2014-03-01", end_date=None)
    revision = {"content": content, "prize": None, "published_from": published}
    assert scopes.contains(scope, revision, 2026)

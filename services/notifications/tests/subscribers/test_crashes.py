"""The process dies before each write and after each commit of an import: the import that resumes leaves what an
undisturbed one leaves."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.collection_specs import declare, ensure_indexes
from wsis_shared.jobs.runner import run_of
from wsis_shared.tables import child
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess, die_at, places_of

from wsis_notifications.plugin import plugin
from wsis_notifications.subscribers.use_cases import imports

AT = datetime(2016, 7, 1, 12, tzinfo=UTC)
OFFICER = actor("officer", id=uuid.uuid5(uuid.NAMESPACE_URL, "officer").hex)


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    db = database("notifications")
    declare(db, plugin.load("collections"))
    ensure_indexes(db, plugin.load("collections"))
    return InProcess("notifications", db, defaultdict(dict))


def test_an_import_resumes_behind_what_is_stored(service: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 3)
    consent = {"consent_at": "2016-05-03T10:00:00Z", "consent_source": "stand", "consent_text": "Yes."}
    rows = [{"email": f"reader{number}@people.example", **consent} for number in range(5)]
    rows[3]["language"] = "de"
    file = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    upload = service.bus.blobs.put([file], owner="upload", filename="list").reference()
    body = {"dry_run": False, "encoding": None, "reason": "The list of 2016"}
    service.call("start_subscriber_import", OFFICER, at=AT, key="start", upload=upload, body=body)
    before = service.documents()
    total = places_of(lambda: service.run("import_subscribers"))
    wanted = service.content()
    assert service.db["subscribers"].count_documents({}) == 4
    died = 0
    for place in range(1, total + 1):
        service.restore(before)
        died += die_at(place, lambda: service.run("import_subscribers"))
        service.run("import_subscribers")
        assert service.content() == wanted, f"after the end at place {place} of {total}"
    assert died > total // 2


def test_a_table_that_the_machine_cannot_read_now_is_read_later(
    service: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job tries again; what its request would hear is 503 with Retry-After, never that the file is refused."""
    file = b"E-mail;consent date;consent source;consent text\r\nnew@people.example;2016-05-03;stand;Yes.\r\n"
    upload = service.bus.blobs.put([file], owner="upload", filename="list").reference()
    body = {"dry_run": False, "reason": "The list of 2016"}
    id = service.call("start_subscriber_import", OFFICER, at=AT, key="busy", upload=upload, body=body)["id"]
    job = service.db["jobs"].find_one({"_id": id})
    with monkeypatch.context() as patched:
        patched.setattr(child, "MAX_WAIT_SECONDS", 0.0)
        step = service.use_case(imports.ImportsCases).import_subscribers
        with refused("notifications.import_busy", retry_after=60):
            step(run_of(job), service.bus.blobs)
    service.run("import_subscribers")
    found = service.db["subscriber_imports"].find_one({"_id": id})
    assert (found["refusal"], found["counts"]["created"]) == (None, 1)

"""What expires is gone: users get a clear answer, and nothing is done twice.

After the demonstration each document that is to expire some day expires now, in all services, but for what keeps people
signed in. `security.yaml` of each service says what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.collection_specs import BUS_COLLECTIONS
from wsis_shared.mongo_connection import Client, connect
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite
from wsis_testkit import wait_for
from wsis_testkit.expiry import quick_expiry
from wsis_testkit.list_requests import ROUTES, Reader

from wsis_demo.client import Person

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
SIGNED_IN = {("accounts", "sessions"), ("accounts", "keys")}  # of the tests themselves


@pytest.fixture(scope="module")
def store(stage: Any) -> Iterator[Client]:
    with connect(stage.environment["WSIS_MONGO_URI"], stable=False) as client:
        yield client


def expiring(stage: Any, store: Client) -> Iterator[tuple[Any, str]]:
    """Each collection whose documents expire, and the field with the moment."""
    prefix = Suite.load(stage.environment).mongo_prefix
    for plugin in discover():
        for spec in (*BUS_COLLECTIONS, *(plugin.load("collections") or ())):
            if (plugin.name, spec.name) not in SIGNED_IN:
                for field in spec.expiries:
                    yield store[prefix + plugin.name][spec.name], field


def test_moments_are_dates(stage: Any, demo: Any, store: Client):
    wrong = [
        collection.full_name
        for collection, field in expiring(stage, store)
        if collection.find_one({field: {"$exists": True, "$not": {"$type": ["date", "null"]}}})
    ]
    assert wrong == [], "the store would keep them for ever"


def test_what_is_gone_gets_a_clear_answer_and_nothing_is_done_twice(
    stage: Any,
    demo: Any,
    officer: Person,
    people: Any,
    new_contest: Any,
    wait_for_mails: Any,
    store: Client,
):
    contest, voter, submitter = new_contest(), people.member(), people.member(country="RW")
    contest.limit_to("C4")
    form = contest.form("C4")
    project = submitter.post(f"{contest.path}/projects", form, key="submits-once")
    contest.projects["C4"] = [project["id"]]
    contest.nominate()
    contest.open_voting()
    vote = {"category": "C4", "project": project["id"]}
    voted = voter.post(f"{contest.path}/votes", vote, key="votes-once")
    reader = Reader(demo.edition, [officer, people.with_role("juror"), people.with_role("agency")])
    paths = [reader.address(path) for path in ROUTES]
    job = officer.get("/v1/jobs", service="stocktaking")["items"][0]["id"]
    wait_for_mails()
    before, mails = _statuses(reader, paths), stage.suite.mailbox.total()

    assert officer.get(f"/v1/jobs/{job}")["id"] == job
    with quick_expiry(stage.environment["WSIS_MONGO_URI"]):
        for collection, field in expiring(stage, store):
            collection.update_many({field: {"$type": "date"}}, {"$set": {field: LONG_AGO}})
        for collection, field in expiring(stage, store):
            wait_for(lambda gone=collection, at=field: gone.find_one({at: LONG_AGO}) is None, 90, collection.full_name)

    assert _code(officer, "GET", f"/v1/jobs/{job}") == (404, "suite.job_unknown")
    assert voter.post(f"{contest.path}/votes", vote, key="votes-once") == voted
    again = submitter.send("POST", f"{contest.path}/projects", form, headers={"Idempotency-Key": "submits-once"})
    assert again.status_code == 409, again.text
    changed = {path: status for path, status in _statuses(reader, paths).items() if status not in (before[path], 404)}
    assert changed == {}
    wait_for_mails()
    assert stage.suite.mailbox.total() == mails, "nothing was mailed again"
    tally = contest.close_voting()
    assert tally["ballots"]["started"] == 1


def _statuses(reader: Reader, paths: list[str]) -> dict[str, int]:
    """Of each path, once what it shows is made."""
    statuses = {}
    for path in paths:
        wait_for(lambda of=path: statuses.update({of: reader.read(of)[0]}) or statuses[of] != 503, 90, path)
    return statuses


def _code(person: Person, method: str, path: str) -> tuple[int, str]:
    answer = person.send(method, path)
    return answer.status_code, answer.json()["code"]

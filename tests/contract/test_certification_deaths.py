"""Voting and prizes die between the question whether the window is fixed, and what each of them stores."""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.amqp import queue_stats, topology
from wsis_testkit import actor, crash_at, refused, wait_for

EDITION, PROJECT, CATEGORY = "2017", "radio", "C1"
QUICK = {
    "WSIS_VOTING_GRACE_SECONDS": "0.2",
    "WSIS_VOTING_LOG_SECONDS": "0",
    "WSIS_VOTING_RECORDER_DEAD_SECONDS": "2",
    "WSIS_REVIEW_HOLD_SCORE": "0",
}
EDITIONS, RESULTS = "wsis_prizes.editions.store:Editions", "wsis_prizes.finalists.store:Results"
ASKING = "wsis_voting.contests.use_cases:ContestDirectory"
OFFICER = actor("officer")


@pytest.fixture
def contest(serve: Any, fake_service: Any, database: Any) -> Any:
    """Edition 2017 with one nominee and one vote for it, and both services down."""
    fake_service("accounts", profiles=lambda role=None, ids=None: [])
    prizes, voting, stored = serve("prizes", seed=True), serve("voting", **QUICK), database("prizes")
    heard = database("voting")["contests"]
    wait_for(lambda: heard.find_one({"_id": EDITION}), what="the dates of the announcement to be told")
    edition = stored["editions"].find_one({"_id": EDITION})
    first = clock.now() - timedelta(days=2)  # before the first phase
    for phase in edition["phases"]:
        phase["start"] = first + timedelta(hours=phase["number"])
        phase["end"] = clock.now() + timedelta(hours=1)
    changed = {"phases": edition["phases"], "marks": {"published_at": first}}
    stored["editions"].update_one({"_id": EDITION}, {"$set": changed})
    nominee = {"title": "Radio", "organization": "Radio Élan", "country": "NO", "owner": "somebody"}
    row = {"_id": PROJECT, "edition": EDITION, "state": "nominated", "number": 1, "category": CATEGORY, **nominee}
    stored["projects"].insert_one(row)
    heard.delete_one({"_id": EDITION})  # it asks anew
    state_of(voting, "open")
    voting.command("cast", actor(), {"edition": EDITION}, {"category": CATEGORY, "project": PROJECT})
    voting.stop()
    prizes.stop()


def state_of(voting: Any, state: str) -> None:
    wait_for(lambda: voting.call("read_voting", edition=EDITION)["state"] == state, 60, state)


def move(prizes: Any, end: datetime) -> None:
    body = {"end": clock.iso(end), "reason": "Voters asked for it"}
    prizes.call("move_phase", OFFICER, edition=EDITION, phase="public_voting", body=body)


def dies(service: Any) -> None:
    assert service.process.wait(60) == 137


def is_forgotten() -> bool:
    """Has the question of a process that has died expired? The broker would give it to the next prizes."""
    declared = queue_stats._declared(topology.rpc_queue("prizes"))
    return bool(declared.consumer_count == declared.message_count == 0)


def test_an_extension_and_a_certification_agree_though_both_die(
    serve: Any, contest: Any, database: Any, published: Any
) -> None:
    told = published("voting")
    for place in (f"{EDITIONS}.save_edition:before", f"{EDITIONS}.save_edition:after"):  # asked; written, not committed
        prizes = serve("prizes")
        move(prizes, clock.now())
        prizes.stop()
        prizes, voting = serve("prizes", wait=False, **crash_at(place)), serve("voting", **QUICK)
        dies(prizes)
        voting.stop(signal.SIGKILL)
        wait_for(is_forgotten, what="the question to expire")
        prizes = serve("prizes")
        move(prizes, clock.now() + timedelta(hours=1))
        voting = serve("voting", **QUICK)
        state_of(voting, "open")
        voting.stop()
        prizes.stop()
    assert told.of("tally_certified") == []

    prizes = serve("prizes")
    move(prizes, clock.now())
    dies(serve("voting", wait=False, **QUICK, **crash_at(f"{ASKING}.fix_window:after")))
    prizes.stop(signal.SIGKILL)
    prizes = serve("prizes")
    with refused("prizes.phase_done"):
        move(prizes, clock.now() + timedelta(hours=1))
    dies(serve("voting", wait=False, **QUICK, **crash_at(f"{ASKING}.put_result:before")))
    prizes.stop()
    dying = serve("prizes", wait=False, **crash_at(f"{RESULTS}.keep_signed_result:after"))
    voting = serve("voting", **QUICK)
    dies(dying)
    voting.stop(signal.SIGKILL)
    prizes = serve("prizes")
    dies(serve("voting", wait=False, **QUICK, **crash_at(f"{ASKING}.put_result:after")))
    voting = serve("voting", **QUICK)
    state_of(voting, "certified")
    rows = database("voting")["log_results"]
    wait_for(lambda: rows.find_one({"edition": EDITION}).get("delivered"), what="voting to know that prizes has it")

    assert len({event["id"] for event in told.wait("tally_certified")}) == 1  # a death may repeat it, by its id
    closes_at = database("voting")["contests"].find_one({"_id": EDITION})["closes_at"]
    shown = prizes.call("read_edition", edition=EDITION)["phases"]
    assert [row["end"] for row in shown if row["code"] == "public_voting"] == [clock.iso(closes_at)]
    fixed = prizes.call("fix_finalists", OFFICER, edition=EDITION, body={"settle": []})
    assert (fixed["categories"], fixed["finalists"]) == (1, 1)

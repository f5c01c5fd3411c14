"""A contest in the store, and votes that are recorded in it as the service does."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta
from typing import Any

from wsis_shared import clock
from wsis_shared.mongo import in_transaction

from wsis_voting.ballots.rules.ballots import BatchChanges, VoteRequest, decide, required_choices
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Counters, Recorders
from wsis_voting.ballots.use_cases.mails import MailCases
from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.contests.store import Contests
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.keys.store import Keys
from wsis_voting.public_log.store.log import Log
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.publishing import Publishing
from wsis_voting.tallies.store import Tallies

CATEGORIES = ("C1", "C2", "C3")


def recorder_of(db: Any, owner: str) -> ContestLifecycle:
    """The repositories of one recorder process."""
    ballots = Ballots(db)
    publishing = Publishing(Log(db), Results(db), Keys(db))
    return ContestLifecycle(Contests(db), ballots, Counters(db, owner), Recorders(db, owner), Tallies(db), publishing)


def mails_of(recorder: ContestLifecycle) -> MailCases:
    directory = ContestDirectory(recorder.contests, None)
    return MailCases(directory, recorder.ballots, recorder.recorders)


def announce(recorder: ContestLifecycle, **more: Any) -> Contest:
    now = clock.now()
    recorder.contests.put(
        "2017",
        {
            "opens_at": clock.iso(now - timedelta(days=1)),
            "closes_at": clock.iso(now + timedelta(days=1)),
            "nominees": [
                {"project": f"{category}-{number}", "number": number, "category": category, "title": "T"}
                for category in CATEGORIES
                for number in (1, 2)
            ],
            **more,
        },
    )
    contest = recorder.contests.read("2017")
    assert contest is not None
    return contest


def vote_request(account: str, *projects: str, at: datetime | None = None) -> VoteRequest:
    votes = tuple((project.split("-")[0], project) for project in projects)
    return VoteRequest(uuid.uuid4().hex, "2017", account, True, at or clock.now(), votes)


def record(recorder: ContestLifecycle, *requests: VoteRequest) -> BatchChanges:
    """As the service does it."""

    def work() -> BatchChanges:
        stored, ballots = recorder.ballots.read_with_contest("2017", {request.account for request in requests})
        contest = recorder.contests.read("2017", stored)
        assert contest is not None
        contests = {"2017": contest}
        choices = recorder.ballots.choices(required_choices(requests, contests, ballots))
        decisions = decide(requests, contests, ballots, choices)
        recorder.recorder.record(decisions)
        return decisions

    return in_transaction(work)


def results(decisions: BatchChanges) -> list[str]:
    return [item.result for result in decisions.results for item in result.items]


def outside(work: Any) -> None:
    """Run in a thread: outside of the transaction that is open here."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()

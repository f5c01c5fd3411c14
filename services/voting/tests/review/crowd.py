"""People and their ballots, put into the store as accounts and the recorders would, and officers who look at them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import SuiteError
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor

from wsis_voting.ballots.rules import ballots as rules
from wsis_voting.ballots.rules.ballots import VoteRequest
from wsis_voting.ballots.rules.counts import Counts
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Counters, Recorders
from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.contests.store import Contests
from wsis_voting.keys.store import Keys
from wsis_voting.public_log.store.log import Log
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.publishing import Publishing
from wsis_voting.tallies.rules import valid
from wsis_voting.tallies.store import Tallies

OFFICER = actor("officer")


class Crowd:
    """Puts accounts and their ballots into the store, as accounts and the recorders would."""

    def __init__(self, db: Any, contest: Any) -> None:
        ballots = Ballots(db)
        self.db, self.contest = db, contest
        self.closing = ContestLifecycle(
            Contests(db),
            ballots,
            Counters(db, f"crowd-{contest.edition}"),
            Recorders(db),
            Tallies(db),
            Publishing(Log(db), Results(db), Keys(db)),
        )
        self.closing.contests.put(contest.edition, contest.contest())

    @property
    def known(self) -> Contest:
        known = self.closing.contests.read(self.contest.edition)
        assert known is not None
        return known

    def vote(self, ballots: Iterable[tuple[str, datetime, list[int]]], batch: int = 500, **signals: Any) -> list[str]:
        """(account, when, the number of the nominee for each category): complete ballots, with equal signals."""
        accounts, requests, rows = [], [], []
        for account, at, numbers in ballots:
            accounts.append(account)
            chosen = zip(self.contest.categories, numbers, strict=True)
            votes = tuple((category, self.contest.project(category, number)) for category, number in chosen)
            requests.append(VoteRequest(uuid.uuid4().hex, self.contest.edition, account, True, at, votes))
            times = {"registered_at": at - timedelta(hours=2), "confirmed_at": at - timedelta(hours=1)}
            rows.append({"_id": account, **times, **signals})
        self.db["voter_signals"].insert_many(rows)
        for start in range(0, len(requests), batch):
            in_transaction(partial(self._record, requests[start : start + batch]))
        return accounts

    def _record(self, requests: list[VoteRequest]) -> None:
        contests = {self.contest.edition: self.known}
        ballots = self.closing.ballots.read(self.contest.edition, [request.account for request in requests])
        self.closing.recorder.record(rules.decide(requests, contests, ballots, {}))

    def counts(self) -> Counts:
        return self.closing.counters.read(self.contest.edition)

    def counted(self) -> tuple[dict[str, int], dict[str, int]]:
        """(cast, valid) by project, from the counters."""
        counts = self.counts()
        return dict(counts.cast), valid(self.known, counts)

    def tallies(self) -> tuple[dict[str, int], dict[str, int]]:
        """The same, once a recount of the votes has given the same."""
        assert self.closing.recount(self.known).agrees
        return self.counted()


def refused(call: Callable[..., Any], *args: Any, **more: Any) -> SuiteError:
    with pytest.raises(SuiteError) as error:
        call(*args, **more)
    return error.value


def people(prefix: str, count: int, start: datetime, apart: float, choose: Callable[[int], list[int]]) -> Any:
    return ((f"{prefix}{n:05d}", start + timedelta(seconds=n * apart), choose(n)) for n in range(count))


def look(service: Any, crowd: Crowd) -> dict[str, dict[str, Any]]:
    """Clusters by kind, as an officer sees them."""
    edition = crowd.contest.edition
    service.run_job("look_for_clusters", OFFICER, edition=edition)
    page = service.call("list_clusters", OFFICER, edition=edition)
    return {row["kind"]: row for row in page["items"]}


def small(crowd: Any, count: int = 20, **more: Any) -> tuple[Crowd, list[str]]:
    """`count` ballots of a throwaway domain, all alike, and twenty of people."""
    made, now = crowd(), clock.now()
    tag = uuid.uuid4().hex[:6]
    fakes = made.vote(
        people(f"{tag}f", count, now - timedelta(days=2), 30, lambda _: [1, 1, 1]),
        domain="quick.test",
        throwaway=True,
        **more,
    )
    made.vote(people(f"{tag}p", 20, now - timedelta(days=5), 9000, lambda n: [1 + n % 2, 1, 2]), domain="ngo.example")
    return made, fakes


def on_account(service: Any, made: Crowd, account: str, decision: str, **more: Any) -> Any:
    body = {"decision": decision, "reason": "looked at it", "ground": None, **more}
    return service.call("decide_on_account", OFFICER, edition=made.contest.edition, account=account, body=body)

"""`make bench-stored`: a contest with so many stored votes (`--votes`; 2,000,000 with WSIS_NIGHTLY=1).

They are decided and stored by voting's own rules and repositories, without a broker, and one ballot in five is begun
only. Then each figure is how long something takes, up to the certification and a start of the service. What the store
refuses ends the row: a sort in memory, a document over 16 MB, a transaction of more than a minute.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import ROOT
from wsis_local.stack import Stack
from wsis_shared.errors import Unavailable
from wsis_testkit import make_context, wait_for

EDITION, CATEGORIES, EACH = "2099", 18, 5
BEGUN_ONLY = 5  # one ballot in so many has half of the categories
THROWAWAY = 3  # one account in so many has an address of one throwaway domain: one cluster of a third of all
BALLOTS_AT_ONCE = 50
LOOKS = 1000
LARGEST_DOCUMENT = 16  # MB, of MongoDB
MB = 1_000_000


def run(folder: Path, *, votes: int) -> Iterator[Figure]:
    """Make them, say how long things take, and start the service on them."""
    with Stack(folder, parts=("store",)) as stack:
        command = [sys.executable, "-m", "tests.load.stored", str(votes)]
        done = subprocess.run(command, env=stack.environment(), cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise NotMeasured(done.stderr.strip()[-500:])
        name = f"{votes:,} stored votes"
        yield from (Figure(f"{name}: {row.pop('name')}", **row) for row in json.loads(done.stdout.splitlines()[-1]))
        yield Figure(f"{name}: memory of the store", _resident(stack, "store"), "MB")
    with Stack(folder, parts=("broker", "store", "services"), services=("voting",)) as stack:
        stack.stop_program("voting")
        began = time.monotonic()
        stack.resume("voting")
        _wait_for_answer(stack)
        yield Figure(f"{name}: start of the service, to the first answer", time.monotonic() - began, "s", at_most=30)
        yield Figure(f"{name}: memory of the service", _resident(stack, "voting"), "MB", at_most=150)


def _resident(stack: Stack, name: str) -> float:
    return float(psutil.Process(stack.pids()[name]).memory_info().rss) / MB


def _wait_for_answer(stack: Stack) -> None:
    from wsis_shared.amqp.client import AmqpClient

    os.environ["WSIS_SECRET"] = stack.environment()["WSIS_SECRET"]  # signs what goes past the gateway
    client = AmqpClient(stack.broker.amqp_uri, "bench").start()

    def answers() -> bool:
        try:
            found = client.request("voting", "read_voting", {"edition": EDITION}, make_context(), timeout=5)
        except Unavailable:
            return False
        return bool(found["totals"]["votes_cast"])

    try:
        wait_for(answers, 60, "an answer of voting")
    finally:
        client.stop()


class Bench:
    """Figures, one after the other, in the order of a contest."""

    def __init__(self) -> None:
        from wsis_shared import mongo
        from wsis_shared.plugin import discover

        from wsis_voting.ballots.store.ballots import Ballots
        from wsis_voting.ballots.store.recorders import Counters, Recorders
        from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
        from wsis_voting.contests.store import Contests
        from wsis_voting.keys.store import Keys
        from wsis_voting.public_log.store.log import Log
        from wsis_voting.public_log.store.results import Results
        from wsis_voting.public_log.use_cases.publishing import Publishing
        from wsis_voting.review.store import Review
        from wsis_voting.tallies.store import Tallies

        self.db, self.figures, self.accounts = mongo.database("voting"), list[dict[str, Any]](), list[str]()
        plugin = discover(only=("voting",)).get("voting")
        assert plugin is not None
        self.collections = plugin.load("collections")
        self.contests, self.ballots = Contests(self.db), Ballots(self.db)
        self.counters, self.log, self.review = Counters(self.db), Log(self.db), Review(self.db)
        self.publishing = Publishing(self.log, Results(self.db), Keys(self.db))
        self.closing = ContestLifecycle(
            self.contests, self.ballots, self.counters, Recorders(self.db), Tallies(self.db), self.publishing
        )

    def say(self, name: str, value: float, unit: str, at_most: float | None = None) -> None:
        """One more figure."""
        self.figures.append({"name": name, "value": value, "unit": unit, "at_most": at_most})

    def timed(self, name: str, work: Callable[[], Any], at_most: float | None = None) -> Any:
        """How long it takes; returns what it returned."""
        began = time.monotonic()
        result = work()
        self.say(name, time.monotonic() - began, "s", at_most)
        return result

    def each(self, name: str, work: Callable[[Any], Any], over: list[Any], at_most: float) -> None:
        """p99 of so many."""
        seconds = []
        for one in over:
            began = time.monotonic()
            work(one)
            seconds.append(time.monotonic() - began)
        self.say(f"{name}, p99", 1000 * statistics.quantiles(seconds, n=100)[98], "ms", at_most)

    # -- a contest ---------------------------------------------------------------------------------------------------

    def open(self, closes_at: datetime) -> Any:
        """The contest, as prizes announces it."""
        from wsis_shared import clock
        from wsis_shared.reference import action_lines

        codes = [line.code for line in action_lines()]
        nominees = [
            {"project": f"{code}-{number}", "number": number, "category": code, "title": code}
            for code in codes
            for number in range(EACH)
        ]
        self.contests.put(
            EDITION,
            {
                "edition": EDITION,
                "opens_at": clock.now() - timedelta(days=1),
                "closes_at": closes_at,
                "rule": {"every_category": True, "categories": codes},
                "nominees": nominees,
                "disqualified": [],
            },
        )
        contest = self.contests.read(EDITION)
        assert contest is not None
        return contest

    def store(self, contest: Any, votes: int) -> None:
        """So many votes, each in a transaction with others, as recorders store them."""
        from wsis_shared import clock, mongo

        from wsis_voting.ballots.rules.ballots import VoteRequest, decide

        dice, codes, now, left = random.Random(1), sorted(contest.categories), clock.now(), votes

        def vote_request(number: int, account: str) -> Any:
            nonlocal left
            count = min(left, CATEGORIES // 2 if number % BEGUN_ONLY == 0 else CATEGORIES)
            left -= count
            ballot = tuple((code, f"{code}-{dice.randrange(EACH)}") for code in codes[:count])
            return VoteRequest(uuid.uuid4().hex, EDITION, account, True, now, ballot)

        def some(requests: list[Any]) -> None:
            read = self.ballots.read(EDITION, [each.account for each in requests])
            decisions = decide(requests, {EDITION: contest}, read, {})
            decisions.completed.clear()  # nobody is to have mails of these
            self.closing.recorder.record(decisions)

        began = time.monotonic()
        while left:
            accounts = [uuid.uuid4().hex for _ in range(BALLOTS_AT_ONCE)]
            requests = [
                each for number, account in enumerate(accounts) if (each := vote_request(number, account)).votes
            ]
            mongo.in_transaction(partial(some, requests))
            self.accounts += [each.account for each in requests]
        self.say("stored, in transactions", votes / (time.monotonic() - began), "votes/s")
        self.db["voter_signals"].insert_many(
            [
                {
                    "_id": account,
                    "domain": "mail.invalid" if number % THROWAWAY == 0 else f"org-{number % 5000}.example",
                    "throwaway": number % THROWAWAY == 0,
                    "registered_at": now - timedelta(days=2),
                    "confirmed_at": now - timedelta(days=2),
                    "seconds_to_fill": 60.0,
                }
                for number, account in enumerate(self.accounts)
            ]
        )

    def scan(self) -> None:
        """As the job does: searched in a child process, what was found in one transaction."""
        from wsis_shared import clock, mongo

        from wsis_voting.review.cluster_search import search
        from wsis_voting.review.rules.clusters import Limits

        found = search(self.review.all_voters(EDITION), Limits()).clusters
        assert max(len(cluster.accounts) for cluster in found) >= len(self.accounts) // THROWAWAY
        mongo.in_transaction(partial(self.review.keep, EDITION, found, clock.now()))

    def prove(self, commitments: list[bytes]) -> None:
        """Where each of these is in the log, and that it is."""
        from wsis_voting.public_log.store.lookup import Lookup

        lookup, size = Lookup(self.log), self.log.state(EDITION)["size"]

        def proof(commitment: bytes) -> None:
            [(index, _)] = lookup.find(EDITION, commitment)
            self.log.tree(EDITION).inclusion(index, size)

        self.timed("first proof of inclusion, which reads the log", partial(proof, commitments[0]), at_most=60)
        self.each("proof of inclusion", proof, commitments, at_most=50)

    def largest_document(self) -> float:
        """In MB, over all collections."""
        size = [{"$group": {"_id": None, "most": {"$max": {"$bsonSize": "$$ROOT"}}}}]
        found = [next(self.db[name].aggregate(size), {"most": 0}) for name in self.db.list_collection_names()]
        return float(max(row["most"] for row in found)) / MB


def main(votes: int) -> None:
    """Print the figures as JSON."""
    from wsis_shared import clock
    from wsis_shared.collection_specs import ensure_indexes

    from wsis_voting.ballots.rules.ballots import progress

    bench = Bench()
    ensure_indexes(bench.db, bench.collections)
    contest = bench.open(clock.now() + timedelta(days=1))
    bench.store(contest, votes)
    assert bench.log.lease.hold()
    bench.timed("all in the public log", partial(bench.publishing.publish, EDITION))
    dice = random.Random(2)
    some = dice.sample(bench.accounts, min(LOOKS, len(bench.accounts)))
    bench.each(
        "a voter's progress",
        lambda account: progress(contest, bench.ballots.ballot(EDITION, account), clock.now()),
        some,
        at_most=20,
    )
    bench.prove([row["k"] for row in islice(bench.closing.votes.stored(EDITION, "k"), LOOKS)])
    bench.timed("tally from the counters", partial(bench.counters.read, EDITION), at_most=5)
    found = bench.timed("recount from the rows", partial(bench.closing.recount, contest), at_most=180)
    bench.say("places where they differ", len(found.different), "places", at_most=0)
    bench.timed("scan for clusters", bench.scan, at_most=180)
    bench.each("page of clusters", lambda _: bench.review.listed(EDITION, 0, None, None, 20), some, at_most=50)
    bench.timed("indexes of a start", partial(ensure_indexes, bench.db, bench.collections), at_most=5)
    contest = bench.open(clock.now())
    assert bench.timed(
        "certified, recount and openings included",
        partial(bench.closing.certify, contest, lambda counted: True),
        at_most=600,
    )
    assert bench.closing.tallies.last(EDITION) is not None
    bench.timed("files of the public log", partial(bench.publishing.write_files, EDITION))
    bench.say("memory of the process at most", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, "MB")
    bench.say("largest document", bench.largest_document(), "MB", at_most=LARGEST_DOCUMENT)
    print(json.dumps(bench.figures))


if __name__ == "__main__":
    os.environ.setdefault("WSIS_NICE", "0")
    main(int(sys.argv[1]))

"""`python -m tests.load.stored VOTES`: a contest with so many stored votes, in the environment of a suite.

They are decided and stored by voting's own rules and repositories, without a broker. Prints one JSON line of what then
takes how long inside the service: the tally from the counters, the recount from the rows, a voter's progress.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import psutil
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import ROOT

EDITION, CATEGORIES, EACH = "2099", 18, 5
BALLOTS_AT_ONCE = 50
LOOKS = 1000


def run(environment: Mapping[str, str], votes: int) -> Iterator[Figure]:
    """Make them, and say how long things take."""
    command = [sys.executable, "-m", "tests.load.stored", str(votes)]
    done = subprocess.run(command, env=dict(environment), cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise NotMeasured(done.stderr.strip()[-500:])
    said = json.loads(done.stdout.splitlines()[-1])
    name = f"{said['votes']:,} stored votes"
    yield Figure(f"{name}: stored", said["stored_per_second"], "votes/s")
    yield Figure(f"{name}: all in the public log after", said["logged"], "s")
    yield Figure(f"{name}: tally from the counters", said["tally"], "s", at_most=5)
    yield Figure(f"{name}: recount from the rows", said["recount"], "s", at_most=180)
    yield Figure(f"{name}: places where they differ", said["differences"], "places", at_most=0)
    yield Figure(f"{name}: a voter's progress, p99", said["progress"], "ms", at_most=20)
    yield Figure(f"{name}: memory, after the recount / before", said["memory"], "times", at_most=1.3)


def main(votes: int) -> None:
    """See the module."""
    from wsis_shared import clock, mongo
    from wsis_shared.collection_specs import ensure_indexes
    from wsis_shared.plugin import discover
    from wsis_shared.reference import action_lines
    from wsis_testkit import wait_for

    from wsis_voting import domain
    from wsis_voting.domain import Wish
    from wsis_voting.service.closing import Closing
    from wsis_voting.store import Ballots, Contests, Counters, Recorders, Tallies

    db, now = mongo.database("voting"), clock.now()
    plugin = discover(only=("voting",)).get("voting")
    assert plugin is not None
    ensure_indexes(db, plugin.load("collections"))
    contests, ballots, counters = Contests(db), Ballots(db), Counters(db)
    closing = Closing(contests, ballots, counters, Recorders(db), Tallies(db), None)  # type: ignore[arg-type]
    codes = [line.code for line in action_lines()]
    nominees = [{"project": f"{code}-{number}", "number": number, "category": code, "title": code}
                for code in codes for number in range(EACH)]  # fmt: skip
    contests.put(EDITION, {
        "edition": EDITION, "opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1),
        "rule": {"every_category": True, "categories": codes}, "nominees": nominees, "disqualified": [],
    })  # fmt: skip
    contest = contests.read(EDITION)
    assert contest is not None
    dice, accounts = random.Random(1), [uuid.uuid4().hex for _ in range(votes // CATEGORIES)]

    def ballot() -> tuple[tuple[str, str], ...]:
        return tuple((code, f"{code}-{dice.randrange(EACH)}") for code in codes)

    def store(some: list[str]) -> None:
        wishes = [Wish(uuid.uuid4().hex, EDITION, account, True, now, ballot()) for account in some]
        read = ballots.read(EDITION, some)
        decisions = domain.decide(wishes, {EDITION: contest}, read, {})
        decisions.completed.clear()  # nobody is to have mails of these
        ballots.save_decisions(decisions)
        counters.add(decisions)

    began = time.monotonic()
    for start in range(0, len(accounts), BALLOTS_AT_ONCE):
        mongo.in_transaction(partial(store, accounts[start : start + BALLOTS_AT_ONCE]))
    stored = time.monotonic() - began
    # They came many times as fast as votes do: what is measured below would share the store with the log's writer.
    logged, _ = timed(
        partial(wait_for, lambda: db["log_batches"].find_one({"edition": EDITION}) is None, 300, "all in the log")
    )

    def progress(account: str) -> None:
        domain.progress(contest, ballots.ballot(EDITION, account), now)

    looks = [timed(partial(progress, account))[0] for account in dice.sample(accounts, min(LOOKS, len(accounts)))]
    tally, _ = timed(partial(counters.read, EDITION))
    before = psutil.Process(os.getpid()).memory_info().rss
    recount, found = timed(partial(closing.recount, contest))
    counted, different = found.votes, found.different
    after = psutil.Process(os.getpid()).memory_info().rss
    print(json.dumps({
        "votes": counted.cast.total(), "stored_per_second": counted.cast.total() / stored, "tally": tally,
        "recount": recount, "logged": logged, "differences": len(different), "memory": after / before,
        "progress": 1000 * statistics.quantiles(looks, n=100)[98],
    }))  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what it returned."""
    began = time.monotonic()
    result = work()
    return time.monotonic() - began, result


if __name__ == "__main__":
    main(int(sys.argv[1]))

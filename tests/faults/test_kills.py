"""D1, D8, D11: processes die, by force and in good order, while votes come in."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from dataclasses import replace
from typing import Any

from tests.faults.kit.lot import Fault, Faults, programs
from tests.faults.kit.others import Exports, Subscribers, ended_import, start_import
from tests.load.figures import Figure

# As reliability wants them spread: most kills hit those who handle votes.
VICTIMS = ("voting", "gateway", "broker", "store")
SHARES = (8, 4, 5, 3)


def _kill(suite: Any, victim: str, dice: random.Random) -> None:
    if victim == "gateway":
        suite.stack.kill("gateway")  # the master and its workers
    elif victim == "voting":
        suite.stack.kill(dice.choice(sorted(name for name in suite.stack.pids() if name.startswith("voting"))))
    else:
        suite.stack.kill(victim)


def test_kills_amid_the_votes(suite: Any, crowd: Any, settled: Any, report: Any, long: bool, seed: int) -> None:
    """D1, D5, D11: kill -9 of recorders, gateways, broker and store."""
    dice = random.Random(seed)
    victims = [
        victim for victim, share in zip(VICTIMS, SHARES if long else (1, 1, 1, 1), strict=True) for _ in range(share)
    ]
    dice.shuffle(victims)
    voters = 11_112 if long else 60
    some = crowd(voters)
    jobs = some.jobs(range(voters), seed)
    apart = len(jobs) // (len(victims) + 1) if long else 100

    async def faults() -> None:
        for victim in victims:
            await some.until(dice.randrange(apart // 2, apart))
            await asyncio.to_thread(_kill, suite, victim, dice)

    jobs = asyncio.run(some.meanwhile(jobs, faults, whole=long))
    suite.stack.wait_ready()
    report(Figure(f"D1 kills: {', '.join(victims)}; seed", seed, ""))
    settled("D1", some, jobs)


def test_a_gateway_worker_is_killed_amid_requests(suite: Any, crowd: Any, settled: Any, long: bool) -> None:
    """D11: the same vote under the same key goes to another worker."""
    some = crowd(40)

    async def faults() -> None:
        for _ in range(3 if long else 2):
            await some.until(50)
            os.kill(suite.workers()[0], signal.SIGKILL)

    jobs = asyncio.run(some.meanwhile(some.jobs(range(40)), faults))
    settled("D11", some, jobs)


def test_rolling_restarts_in_good_order(
    suite: Any, crowd: Any, events: Any, settled: Any, report: Any, long: bool
) -> None:
    """D8: each program that runs (by day without partnerships and stocktaking) is told to stop and starts again, in
    turn, under votes, events, mails, an import and exports."""
    voters, rounds, rows, changes, pause = (5000, 6, 60_000, 1800, 0.0) if long else (150, 1, 1500, 100, 0.5)
    some, work, officer = crowd(voters), events(5), suite.contest.officer
    turns = [*programs(suite), "gateway"] * rounds
    befall, over = Faults(suite, {}), False
    subscribers = Subscribers(some.port, suite.stack.environment())
    exports = Exports(suite.contest.visitor, f"{work.path}/discussions", rows=len(work.discussions))

    async def faults() -> None:
        for name in turns:
            await some.until(30)
            await befall.befall(Fault("terminate", name, 0))

    async def all_of_it() -> list[tuple[int, str]]:
        nonlocal over
        async with asyncio.TaskGroup() as beside:
            beside.create_task(subscribers.subscribe(lambda: over))
            beside.create_task(exports.ask(lambda: over))
            async with asyncio.TaskGroup() as group:
                group.create_task(work.work(changes // len(work.discussions), pause=1))
                voting = group.create_task(some.meanwhile(some.jobs(range(voters)), faults, pause=pause))
            over = True
        return voting.result()

    path = start_import(officer, rows)
    jobs = asyncio.run(all_of_it())
    suite.stack.wait_ready()
    mails, imported = subscribers.mails(), ended_import(officer, path)
    twice = {address for address, count in mails.items() if count > 1} - subscribers.repeated
    report(
        Figure("D8 restarts in good order", befall.stops, "restarts", at_least=len(turns)),
        replace(befall.slowest_stop, name="D8 slowest end of a program"),
        Figure("D8 subscriptions accepted", len(subscribers.accepted), "readers", at_least=1),
        Figure("D8 readers without their mail", len(set(subscribers.accepted) - set(mails)), "readers", at_most=0),
        Figure("D8 readers with two mails", len(twice), "readers", at_most=0),
        Figure("D8 readers imported", imported["counts"]["created"], f"of {rows:,}", at_least=rows, at_most=rows),
        Figure("D8 exports that were whole", exports.whole, "files", at_least=1),
        Figure("D8 exports told to come again (503), or seen to be cut off", exports.refused + exports.cut, "files"),
        Figure("D8 exports that lack rows, or wrong answers", exports.short, "files", at_most=0),
    )
    settled("D8", some, jobs)

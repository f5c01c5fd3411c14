"""D1, D8, D11: processes die, by force and in good order, while votes come in."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from typing import Any

import psutil
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
    victims = [victim for victim, share in zip(VICTIMS, SHARES if long else (1, 1, 1, 1), strict=True)
               for _ in range(share)]  # fmt: skip
    dice.shuffle(victims)
    voters = 11_112 if long else 300
    some = crowd(voters)
    jobs = some.jobs(range(voters), seed)
    apart = len(jobs) // (len(victims) + 1) if long else 300

    async def faults() -> None:
        for victim in victims:
            await some.until(dice.randrange(apart // 2, apart))
            await asyncio.to_thread(_kill, suite, victim, dice)

    jobs = asyncio.run(some.meanwhile(jobs, faults, whole=long))
    suite.stack.wait_ready()
    report(Figure(f"D1 kills: {', '.join(victims)}; seed", seed, ""))
    settled("D1", some, jobs)


def test_a_gateway_worker_is_killed_amid_requests(suite: Any, crowd: Any, settled: Any) -> None:
    """D11: the same vote under the same key goes to another worker."""
    some = crowd(100)

    async def faults() -> None:
        for _ in range(3):
            await some.until(100)
            os.kill(suite.workers()[0], signal.SIGKILL)

    jobs = asyncio.run(some.meanwhile(some.jobs(range(100)), faults))
    settled("D11", some, jobs)


def test_rolling_restarts_in_good_order(suite: Any, crowd: Any, settled: Any, report: Any, long: bool) -> None:
    """D8: each program is told to stop and starts again, in turn."""
    voters, rounds = (5000, 6) if long else (500, 1)
    some = crowd(voters)
    turns = ["voting-0", "gateway", "voting-1", "prizes", "notifications", "accounts"] * rounds
    slowest = 0.0

    async def faults() -> None:
        nonlocal slowest
        for name in turns:
            await some.until(50)
            pid = suite.stack.pids().get(name)
            if pid is None:
                continue  # it is just coming back
            began = time.monotonic()
            os.kill(pid, signal.SIGTERM)
            while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                await asyncio.sleep(0.05)
            slowest = max(slowest, time.monotonic() - began)

    jobs = asyncio.run(some.meanwhile(some.jobs(range(voters)), faults))
    report(
        Figure("D8 restarts in good order", len(turns), "restarts"),
        Figure("D8 slowest end of a program", slowest, "s", at_most=30),
    )
    settled("D8", some, jobs)

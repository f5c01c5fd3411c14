"""What readers of a service notice while another one is stopped, and asked: p99 beside p99, in turn."""

from __future__ import annotations

import random
import signal
import statistics
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load import wrk
from tests.load.figures import Figure
from tests.load.ground import Ground, wait_for_answer

CONNECTIONS, SECONDS, ROUNDS = 4, 20, 5  # longer than the time-out of a request, after which the breaker opens
ASKERS, PAUSE_SECONDS = 40, 1.0  # of the stopped service: more than there are places for all reads
BAR = 1.2


def run(folder: Path) -> Iterator[Figure]:
    """With the places of reads that the gateway has unless told otherwise."""
    with Ground(folder, "bench", "still", WSIS_GATEWAY_READS="32") as ground:
        target = ground.target("/v1/bench/echo/x", headers={"Authorization": f"Bearer {ground.token()}"})
        still = f"{ground.stack.gateway_uri}/v1/still"
        wait_for_answer(still)
        wrk.load(target, connections=CONNECTIONS, seconds=wrk.WARM_UP_SECONDS)
        alone, beside = [], []
        for _ in range(ROUNDS):
            alone.append(wrk.load(target, connections=CONNECTIONS, seconds=SECONDS))
            with _stopped(ground, still):
                beside.append(wrk.load(target, connections=CONNECTIONS, seconds=SECONDS))
    yield from wrk.figures({"a service alone": alone, "while another is stopped": beside}, "reads/s")
    ratios = [after.p99 / before.p99 for before, after in zip(alone, beside, strict=True)]
    yield Figure("p99 while another is stopped / alone", statistics.median(ratios), "times", at_most=BAR)


@contextmanager
def _stopped(ground: Ground, uri: str) -> Iterator[None]:
    """Freeze the service of `uri`, which many keep asking for meanwhile."""
    ended = threading.Event()

    def keep_asking() -> None:
        while not ended.wait(random.uniform(0.5, 1.5) * PAUSE_SECONDS):  # not all of them at once
            try:
                urllib.request.urlopen(uri, timeout=15).close()  # our own address
            except OSError:
                continue

    askers = [threading.Thread(target=keep_asking, daemon=True) for _ in range(ASKERS)]
    ground.stack.kill("still", signal.SIGSTOP)
    for asker in askers:
        asker.start()
    try:
        yield
    finally:
        ended.set()
        ground.stack.kill("still", signal.SIGCONT)
        wait_for_answer(uri)

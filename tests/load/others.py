"""What readers and voters of a service notice of others: p99 beside p99, in turn.

Readers, while another service is stopped, gets messages that it cannot handle, or takes long, and is asked by many.
Voters, while three times as many read as may. Whoever asks for the health of the service meanwhile has it in a second.
"""

from __future__ import annotations

import http.client
import random
import signal
import statistics
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from kombu import Connection
from tests.faults.kit.suite import signing
from tests.load import wrk
from tests.load.figures import Figure
from tests.load.ground import Ground, wait_for_answer
from wsis_local.ports import LOOPBACK
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import Context

CONNECTIONS, SECONDS, ROUNDS = 4, 10, 3  # longer than the time-out of `still`, after which the breaker opens
ASKERS, PAUSE_SECONDS = 40, 1.0  # of the other service: more than there are places for all reads
READS = 32  # in flight at a time, as the gateway has it unless told otherwise
VOTERS, CATEGORIES = 500, 18  # of a round: more votes than it can send
BAR, VOTES_BAR, HEALTH_SECONDS = 1.2, 1.1, 1.0
LOOK, WAIT, READ = "/v1/still", "/v1/still/slow", "/v1/bench/slow"
POISON_SECONDS = 0.05  # between two messages
# Bodies and headers of commands: no handler gets to see the first ones, and the last one fails at each try.
POISON: tuple[tuple[Any, dict[str, Any]], ...] = (
    (None, {}),
    ({"args": 1, "body": {}}, {}),
    ({"args": {}, "body": {}}, {"wsis-actor": "{"}),
    ({"args": {}, "body": {}}, {}),
)


def run(folder: Path) -> Iterator[Figure]:
    """Alone, and beside each of the others, by turns."""
    with (
        Ground(folder, "bench", "still", WSIS_GATEWAY_READS=str(READS)) as ground,
        signing(ground.stack.environment()["WSIS_SECRET"]),
        _health(ground) as waited,
    ):
        wait_for_answer(f"{ground.stack.gateway_uri}{LOOK}")
        yield from _reads(ground)
        yield from _votes(ground)
    yield Figure("health of the service and of its gateway, at the slowest", max(waited), "s", at_most=HEALTH_SECONDS)


def _reads(ground: Ground) -> Iterator[Figure]:
    target = ground.target("/v1/bench/echo/x", headers=_signed_in(ground))
    beside: dict[str, Callable[[Ground], AbstractContextManager[object]]] = {
        "is slow": _slow,
        "is poisoned": _poisoned,
        "is stopped": _stopped,
    }
    measured: dict[str, list[wrk.Round]] = {f"reads while another {name}": [] for name in beside}
    alone: list[wrk.Round] = []
    wrk.load(target, connections=CONNECTIONS, seconds=wrk.WARM_UP_SECONDS)
    for _ in range(ROUNDS):
        alone.append(wrk.load(target, connections=CONNECTIONS, seconds=SECONDS))
        for rounds, other in zip(measured.values(), beside.values(), strict=True):
            with other(ground):
                rounds.append(wrk.load(target, connections=CONNECTIONS, seconds=SECONDS))
    yield from wrk.figures({"reads of a service alone": alone, **measured}, "reads/s")
    for name, rounds in measured.items():
        yield _ratio(name, rounds, alone, BAR)


def _votes(ground: Ground) -> Iterator[Figure]:
    tokens = ground.folder / "tokens"
    tokens.write_text("".join(f"{ground.token(f'voter-{number}')}\n" for number in range(VOTERS * (2 * ROUNDS + 1))))
    target = ground.target("/v1/bench/votes", script=wrk.REPORT.with_name("votes.lua"))
    firsts = iter(range(0, VOTERS * (2 * ROUNDS + 1), VOTERS))

    def vote(seconds: int) -> wrk.Round:
        arguments = (str(tokens), str(next(firsts)), str(CATEGORIES))
        return wrk.load(target, connections=CONNECTIONS, seconds=seconds, arguments=arguments)

    alone, beside, statuses = [], [], Counter[int]()
    vote(wrk.WARM_UP_SECONDS)
    for _ in range(ROUNDS):
        alone.append(vote(SECONDS))
        with _asked(ground, READ, 3 * READS, headers=_signed_in(ground)) as answers:
            beside.append(vote(SECONDS))
        statuses += answers
    name = f"votes while {3 * READS} readers ask at once"
    yield from wrk.figures({"votes alone": alone, name: beside}, "votes/s")
    yield Figure("reads answered meanwhile", statuses[200], "answers", at_least=1)
    yield Figure("reads told to come again (503) meanwhile", statuses[503], "answers", at_least=1)
    yield _ratio(name, beside, alone, VOTES_BAR)


def _ratio(name: str, beside: list[wrk.Round], alone: list[wrk.Round], bar: float) -> Figure:
    """The median of the rounds' ratios, each of two runs that followed one another."""
    ratios = [after.p99 / before.p99 for before, after in zip(alone, beside, strict=True)]
    return Figure(f"{name}, p99 / alone", statistics.median(ratios), "times", at_most=bar)


def _signed_in(ground: Ground) -> dict[str, str]:
    return {"Authorization": f"Bearer {ground.token()}"}


# -- what befalls others -----------------------------------------------------------------------------------------------


@contextmanager
def _stopped(ground: Ground) -> Iterator[None]:
    """The other service is frozen, and asked."""
    ground.stack.kill("still", signal.SIGSTOP)
    try:
        with _asked(ground, LOOK, ASKERS, PAUSE_SECONDS):
            yield
    finally:
        ground.stack.kill("still", signal.SIGCONT)
        wait_for_answer(f"{ground.stack.gateway_uri}{LOOK}")


@contextmanager
def _slow(ground: Ground) -> Iterator[None]:
    """The other service takes nearly as long as it may for each answer."""
    with _asked(ground, WAIT, ASKERS, PAUSE_SECONDS):
        yield
    wait_for_answer(f"{ground.stack.gateway_uri}{LOOK}")


@contextmanager
def _poisoned(ground: Ground) -> Iterator[None]:
    """The other service is asked, and gets commands that it cannot handle; afterwards all are dead letters."""
    before, sent = _dead_letters(ground), 0
    with _client(ground) as amqp_client, _asked(ground, LOOK, ASKERS, PAUSE_SECONDS), _repeatedly(POISON_SECONDS) as do:

        def poison() -> None:
            nonlocal sent
            body, headers = POISON[sent % len(POISON)]
            key = topology.command_queue("still", "fail").routing_key
            amqp_client.publish_all([(topology.COMMANDS.name, key, body, headers, {"message_id": uuid.uuid4().hex})])
            sent += 1

        do(poison)
        yield
    ground.stack.wait_until(lambda: _dead_letters(ground) >= before + sent, "dead letters of all poison")


@contextmanager
def _asked(
    ground: Ground, path: str, askers: int, pause: float = 0.0, headers: Mapping[str, str] | None = None
) -> Iterator[Counter[int]]:
    """So many ask for a path again and again, each with a pause between; yields the count of answers by status."""
    statuses: Counter[int] = Counter()

    def ask(connection: http.client.HTTPConnection) -> None:
        try:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
        else:
            statuses[answer.status] += 1

    with _repeatedly(pause) as do:
        for _ in range(askers):
            connection = http.client.HTTPConnection(LOOPBACK, ground.stack.ports["gateway"], timeout=15)
            do(lambda connection=connection: ask(connection))
        yield statuses


@contextmanager
def _health(ground: Ground) -> Iterator[list[float]]:
    """Somebody asks the service and the gateway for their health all the time; yields the seconds that it took."""
    waited: list[float] = []

    def look() -> None:
        began = time.monotonic()
        wait_for_answer(f"{ground.stack.gateway_uri}/healthz")
        amqp_client.request("bench", topology.PROBE, {}, Context(), timeout=10 * HEALTH_SECONDS)
        waited.append(time.monotonic() - began)

    with _client(ground) as amqp_client, _repeatedly(HEALTH_SECONDS) as do:
        do(look)
        yield waited


@contextmanager
def _repeatedly(pause: float) -> Iterator[Callable[[Callable[[], None]], None]]:
    """`do(work)` repeats the work in a thread, after pauses of about so many seconds, until the block ends."""
    ended, threads = threading.Event(), list[threading.Thread]()

    def do(work: Callable[[], None]) -> None:
        def repeat() -> None:
            while not ended.wait(random.uniform(0.5, 1.5) * pause):  # not all of them at once
                work()

        threads.append(threading.Thread(target=repeat, daemon=True))
        threads[-1].start()

    try:
        yield do
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@contextmanager
def _client(ground: Ground) -> Iterator[AmqpClient]:
    amqp_client = AmqpClient(ground.stack.broker.amqp_uri, "others").start()
    try:
        yield amqp_client
    finally:
        amqp_client.stop()


def _dead_letters(ground: Ground) -> int:
    with Connection(ground.stack.broker.amqp_uri) as connection:
        return int(topology.dead_letter_queue("still")(connection.channel()).queue_declare(passive=True).message_count)

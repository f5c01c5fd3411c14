"""The last day of voting: the whole suite with all its functions, real accounts and tokens, a real contest.

Every answer is a stored vote with its receipt. The load generator, broker, store, mails and all services share the
machine. At the end the certified tally must be what the stored votes say.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
from kombu import Connection
from tests.faults.kit.crowd import Job
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.suite import Suite
from tests.load import open_loop, wrk
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground
from tests.load.memory import resident
from tests.load.rpc import PLAIN_SERVICE, PLAIN_WEB
from tests.load.votes import SCRIPT as PLAIN_SCRIPT
from tests.load.wrk import Target
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient

from wsis_demo.mailbox import Mailbox
from wsis_demo.play import wait_while_it_moves

SUSTAINED_SECONDS, SHORT_SECONDS = 60, 15
OPEN_LOOP_RATE = 200
AT_A_TIME = 200  # voters in the open loops: each votes every second or two
STANDSTILL = 20  # seconds without a mail: all are out; mails that gave way to votes rest for 10
MOST_VOTES, MOST_BALLOTS = 2000, 300  # in a second: so many voters are kept ready
CATEGORIES = 18
SCRIPT = wrk.REPORT.with_name("voting.lua")
RAW_IN_FLIGHT, RAW_SECONDS = 128, 5


class Beside(Ground):
    """The plain peers on the suite's own broker and store."""

    def __init__(self, suite: Suite) -> None:
        self.folder, self.stack = suite.folder, suite.stack


class Voters:
    """Tokens in a file, used once: each row takes the next ones."""

    def __init__(self, suite: Suite, count: int) -> None:
        self.crowd = suite.crowd(count, Ledger(suite.folder / "ledger"))
        self.tokens, self.nominees = suite.folder / "tokens", suite.folder / "nominees"
        self.tokens.write_text("".join(f"{one.token}\n" for one in self.crowd.voters))
        rows = suite.contest.nominees.items()
        self.nominees.write_text("".join(f"{' '.join([category, *projects])}\n" for category, projects in rows))
        self._next = 0

    def take(self, count: int) -> range:
        """The numbers of voters who have not voted."""
        first, self._next = self._next, self._next + count
        if self._next > len(self.crowd.voters):
            raise NotMeasured("too few voters")
        return range(first, self._next)

    def arguments(self, count: int, kind: str) -> tuple[str, ...]:
        """For voting.lua."""
        return str(self.tokens), str(self.take(count).start), str(self.nominees), kind

    def in_turn(self, votes: int) -> list[Job]:
        """So many votes and some, for open loops."""
        return self.crowd.in_turn(self.take(-(-votes // CATEGORIES) + AT_A_TIME), AT_A_TIME)


def run(folder: Path, *, open_loop_seconds: int = 60) -> Iterator[Figure]:
    """All rows on one suite."""
    needed = MOST_VOTES * (SUSTAINED_SECONDS + SHORT_SECONDS + 1 + 3) // CATEGORIES  # a second more for each round
    needed += MOST_BALLOTS * (SHORT_SECONDS + 1) + 3 * AT_A_TIME + 100
    needed += OPEN_LOOP_RATE * (open_loop_seconds + 20) // CATEGORIES
    with Suite(folder, each=5, WSIS_GATEWAY_WORKERS="1", WSIS_VOTING_PROCESSES="1") as suite:
        voters = Voters(suite, needed)
        yield Figure("voters registered, with tokens", needed, "accounts")
        before = _memory(suite)
        rate = yield from _closed_loops(suite, voters)
        yield Figure("memory of voting, after / before", _memory(suite) / before, "times", at_most=1.5)
        yield _mails_out(suite)
        yield from _plain(suite, voters, rate)
        yield from _raw(suite, rate)
        yield from _reads_beside_votes(suite, voters)
        yield from _open_loop(voters, open_loop_seconds)
        yield from resident(suite.stack)
        yield from _tally(suite)


def _closed_loops(suite: Suite, voters: Voters) -> Iterator[Figure]:
    votes = Target(f"{suite.stack.gateway_uri}{suite.contest.path}/votes", script=SCRIPT)
    ballots = Target(f"{suite.stack.gateway_uri}{suite.contest.path}/ballots", script=SCRIPT)

    def load(target: Target, connections: int, seconds: int, most: int, kind: str) -> wrk.Round:
        count = most * (seconds + 1) // (1 if kind == "ballot" else CATEGORIES)
        return wrk.load(target, connections=connections, seconds=seconds, arguments=voters.arguments(count, kind))

    load(votes, 32, 1, MOST_VOTES, "vote")
    few = load(votes, 32, SHORT_SECONDS, MOST_VOTES, "vote")
    many = load(votes, 128, SUSTAINED_SECONDS, MOST_VOTES, "vote")
    whole = load(ballots, 32, SHORT_SECONDS, MOST_BALLOTS, "ballot")
    yield from _figures(f"votes, 32 connections, {SHORT_SECONDS} s", few, "votes/s")
    yield from _figures(f"votes, 128 connections, {SUSTAINED_SECONDS} s", many, "votes/s", 1000)
    yield from _figures(f"ballots of {CATEGORIES}, 32 connections, {SHORT_SECONDS} s", whole, "ballots/s", 150)
    later = sum(each.statuses.get("202", 0) for each in (few, many, whole))
    yield Figure("answered 202, to be looked at later", later, "answers", at_most=0)
    return many.rate


def _figures(name: str, found: wrk.Round, unit: str, bar: float | None = None) -> Iterator[Figure]:
    yield Figure(name, found.rate, unit, at_least=bar)
    yield Figure(f"{name}, p50", found.p50, "ms")
    yield Figure(f"{name}, p95", found.p95, "ms")
    yield Figure(f"{name}, p99", found.p99, "ms")


def _plain(suite: Suite, voters: Voters, rate: float) -> Iterator[Figure]:
    """An RPC of nameko as its documentation has it, with one insert for each vote."""
    beside = Beside(suite)
    with ExitStack() as ends:
        ends.enter_context(beside.server("plain-service", PLAIN_SERVICE))
        plain, _ = ends.enter_context(beside.web("plain-web", PLAIN_WEB, "/echo/x"))
        target = Target(f"{plain}/votes", script=PLAIN_SCRIPT)
        arguments = (str(voters.tokens), "0", str(CATEGORIES))
        found = wrk.load(target, connections=128, seconds=SHORT_SECONDS, arguments=arguments)
    yield Figure("plain nameko RPC, one insert for each vote", found.rate, "votes/s")
    yield Figure("votes / plain nameko RPC", rate / found.rate, "times")


def _raw(suite: Suite, rate: float) -> Iterator[Figure]:
    """What the broker takes when nobody decides, stores or answers: a quorum queue, many confirms in flight."""
    uri = suite.stack.broker.amqp_uri
    queue = topology.command_queue("raw", "cast")
    with Connection(uri) as connection:
        queue(connection.channel()).declare()
    body = {"args": {"edition": "2017"}, "body": {"category": "C1", "project": "x" * 32}}
    message = (topology.COMMANDS.name, queue.routing_key, body, {"wsis-actor": "x" * 120}, {})
    amqp_client, sent = AmqpClient(uri, "raw").start(), 0
    try:
        if not amqp_client.wait_connected(10):
            raise NotMeasured("no broker")
        began = time.monotonic()
        while time.monotonic() - began < RAW_SECONDS:
            amqp_client.publish_all([message] * RAW_IN_FLIGHT)
            sent += RAW_IN_FLIGHT
        raw = sent / (time.monotonic() - began)
    finally:
        amqp_client.stop()
    with Connection(uri) as connection:
        queue(connection.channel()).delete()
    yield Figure(f"raw publishing to a quorum queue, {RAW_IN_FLIGHT} in flight", raw, "messages/s")
    yield Figure("votes / raw publishing", rate / raw, "times")


def _mails_out(suite: Suite) -> Figure:
    """The next rows begin when those before have nothing left to do."""
    mailbox = Mailbox(suite.stack.environment()["WSIS_MAIL_WEB_URI"])
    began = time.monotonic()
    wait_while_it_moves(lambda: False, mailbox.total, STANDSTILL)
    return Figure("mails of the rows above were out after", max(0.0, time.monotonic() - began - STANDSTILL), "s")


def _reads_beside_votes(suite: Suite, voters: Voters) -> Iterator[Figure]:
    """Votes at half their rate of the open loop, alone, then beside more reads than the suite can answer."""
    crowd, rate, seconds = voters.crowd, OPEN_LOOP_RATE // 2, 20
    alone = open_loop.run(crowd, voters.in_turn(rate * seconds), rate, seconds)
    command = [
        "wrk",
        "--threads",
        "1",
        "--connections",
        "128",
        "--duration",
        f"{seconds + 2}s",
        "--timeout",
        "10s",
        "--script",
        str(wrk.REPORT),
        "--header",
        f"Authorization: Bearer {crowd.voters[0].token}",
        f"{suite.stack.gateway_uri}{suite.contest.path}/ballot",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as readers:
        beside = open_loop.run(crowd, voters.in_turn(rate * seconds), rate, seconds)
        said = json.loads(readers.communicate()[0].splitlines()[-1])
    reads = said["statuses"]
    yield Figure("reads answered beside the votes", reads.get("200", 0) / said["seconds"], "reads/s")
    yield Figure("reads told to come again (503)", reads.get("503", 0) / said["seconds"], "reads/s")
    yield Figure(
        "reads with another answer", sum(reads.values()) - reads.get("200", 0) - reads.get("503", 0), "reads", at_most=0
    )
    yield Figure(f"{rate} votes/s alone, p99", alone.percentile(0.99), "ms")
    yield Figure(
        f"{rate} votes/s beside the reads, p99", beside.percentile(0.99), "ms", at_most=2 * alone.percentile(0.99)
    )
    yield Figure("votes not stored at once, beside the reads", beside.errors, "votes", at_most=0)


def _open_loop(voters: Voters, seconds: int) -> Iterator[Figure]:
    name = f"open loop of {OPEN_LOOP_RATE} votes/s, {seconds} s"
    seen = open_loop.run(voters.crowd, voters.in_turn(OPEN_LOOP_RATE * seconds), OPEN_LOOP_RATE, seconds)
    yield Figure(f"{name}, p50", seen.percentile(0.5), "ms")
    yield Figure(f"{name}, p95", seen.percentile(0.95), "ms")
    yield Figure(f"{name}, p99", seen.percentile(0.99), "ms", at_most=250)
    yield Figure(f"{name}, votes not stored at once", seen.errors, "votes", at_most=0)


def _tally(suite: Suite) -> Iterator[Figure]:
    tally = suite.contest.close(seconds=300)
    recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
    yield Figure("votes in the certified tally", sum(row["cast"] for row in tally["projects"]), "votes")
    yield Figure("places where counters and stored votes differ", recount["places"], "places", at_most=0)


def _memory(suite: Suite) -> float:
    return float(psutil.Process(suite.stack.pids()["voting"]).memory_info().rss)

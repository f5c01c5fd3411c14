"""`make bench-flood`: recorders come and go by the rule of the chart, under a flood of votes.

Votes come in while no recorder runs; then the least number starts, and every 15 s the rule of docs/scaling.md says how
many are to run, until all votes are stored and the least number is left. At the end the certified count has what the
gateway accepted. The machine does all of it: more recorders than processors make nothing faster.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from kombu import Connection
from tests.faults.kit.suite import Suite
from tests.load import wrk
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import ROOT
from tests.load.voting import CATEGORIES, MOST_VOTES, SCRIPT, Voters
from tests.load.wrk import Target

CONNECTIONS, SECONDS = 128, 20
LOOK_SECONDS = 15  # between two looks of Kubernetes, as it does unless told otherwise
LONGEST_SECONDS = 900
QUEUE, PROGRAM = "commands.voting.cast", "voting"


@dataclass
class Scaler:
    """The rule for `least` to `most` recorders: one for `each` messages, and fewer only when all that the rule said in
    the last `calm` seconds was fewer."""

    least: int
    most: int
    each: int
    calm: float
    said: list[tuple[float, int]] = field(default_factory=list)

    def wanted(self, waiting: int, now: float) -> int:
        """How many are to run."""
        self.said.append((now, min(self.most, max(self.least, math.ceil(waiting / self.each)))))
        return max(number for moment, number in self.said if now - moment <= self.calm)


def scaler() -> Scaler:
    """That of the chart."""
    values = yaml.safe_load((ROOT / "services/voting/deploy/values.yaml").read_text("utf-8"))
    rule = values["parts"][PROGRAM]["scaling"]
    return Scaler(rule["minReplicas"], rule["maxReplicas"], rule["messagesPerReplica"], rule["cooldownSeconds"])


def run(folder: Path, *, seconds: int = SECONDS) -> Iterator[Figure]:
    """A flood of so many seconds."""
    rule = scaler()
    settings = {"WSIS_GATEWAY_WORKERS": "1", "WSIS_VOTING_PROCESSES": str(rule.most)}
    with Suite(folder, each=5, **settings) as suite:
        count = MOST_VOTES * (seconds + 1) // CATEGORIES
        arguments = (*Voters(suite, count + 2).arguments(count, "vote"), "later")
        _run(suite, range(rule.most), ())
        target = Target(f"{suite.stack.gateway_uri}{suite.contest.path}/votes", script=SCRIPT)
        flood = wrk.load(target, connections=CONNECTIONS, seconds=seconds, arguments=arguments)
        accepted = sum(flood.statuses.values())
        yield Figure("votes accepted while no recorder ran", accepted, "votes")
        yield Figure("  in a second", flood.rate, "votes/s")
        yield Figure("waiting", _waiting(suite), "votes")
        yield from _scaled(suite, rule)
        counted = sum(row["cast"] for row in suite.contest.close(seconds=600)["projects"])
        yield Figure("accepted votes that are not counted", max(0, accepted - counted), "votes", at_most=0)
        # One for each connection was under way as wrk ended.
        yield Figure("counted votes whose answer nobody read", counted - accepted, "votes", at_most=CONNECTIONS)


def _scaled(suite: Suite, rule: Scaler) -> Iterator[Figure]:
    began, running, most, stored = time.monotonic(), rule.least, 0, 0.0
    _run(suite, (), range(running))
    while (now := time.monotonic() - began) < LONGEST_SECONDS:
        waiting = _waiting(suite)
        stored = stored or (now if not waiting else 0.0)
        wanted = rule.wanted(waiting, now)
        _run(suite, range(wanted, running), range(running, wanted))
        running, most = wanted, max(most, wanted)
        if stored and running == rule.least:
            break
        time.sleep(LOOK_SECONDS)
    else:
        raise NotMeasured(f"{running} recorders, {_waiting(suite)} votes wait after {LONGEST_SECONDS} s")
    yield Figure("recorders, most", most, "processes", at_least=rule.most, at_most=rule.most)
    yield Figure("no vote waits, from the start of the first recorder", stored, "s")
    yield Figure(f"{rule.least} recorders again", now, "s")


def _run(suite: Suite, stop: Sequence[int], start: Sequence[int]) -> None:
    for number in stop:
        suite.stack.stop_program(f"{PROGRAM}-{number}")
    for number in start:
        suite.stack.start_program(f"{PROGRAM}-{number}")


def _waiting(suite: Suite) -> int:
    """Votes in the queue that no recorder has, as the scaler asks for them."""
    with Connection(suite.stack.broker.amqp_uri) as broker:
        return int(broker.channel().queue_declare(QUEUE, passive=True).message_count)

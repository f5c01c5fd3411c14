"""`make bench-scaling`: what a vote costs each process, by its number of recorders, and what machines hold by that.

The whole suite on one machine, load generator and all: with one node of broker and store and one, two and four
recorders, then with three nodes of each, as production has them. A busy machine changes votes per second, processor
seconds little. docs/scaling.md keeps what this prints.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.kit.suite import Suite
from tests.load import wrk
from tests.load.figures import Figure
from tests.load.voting import CATEGORIES, MOST_VOTES, SCRIPT, Voters
from tests.load.wrk import Target

RECORDERS = (4, 2, 1)  # programs stop in turn
NODES, SHIPPED = 3, 2  # of broker and store, and recorders, in production
CONNECTIONS, WARM_UP_SECONDS = 128, 10
CORES, MACHINES = 16, (1, 3)
SHARE = 0.7  # of the processor that is planned for: the scaler of the chart adds replicas there
OTHERS = "everything else"
KINDS = {"gateway": "gateway", "voting": "recorders", "broker": "broker", "store": "store"}
UNIT = "s for 1,000 votes"
Costs = Mapping[str, float]  # program -> processor seconds for 1,000 votes


@dataclass(frozen=True)
class Size:
    """What machines hold: votes in a second, and by how many gateway workers and recorders."""

    rate: float
    workers: int
    recorders: int


def by_kind(costs: Costs) -> dict[str, float]:
    """Sums: of the gateway, the recorders, all nodes of broker and of store, and everything else."""
    found = dict.fromkeys([*KINDS.values(), OTHERS], 0.0)
    for program, cost in costs.items():
        found[KINDS.get(_kind(program), OTHERS)] += cost
    return found


def size(costs: Costs, cores: int, machines: int) -> Size:
    """Of machines with so many cores, where broker and store have a node on each of three, or all nodes on one. All
    processes share the cores; the leader of the queue and the primary of the store, the busiest nodes, may meet on one
    machine, and nothing divides their work."""
    kinds, room = by_kind(costs), 1000 * SHARE * cores
    rate = room * machines / sum(costs.values())
    if machines > 1:
        rate = min(rate, _bound(costs, cores))
    workers, recorders = (math.ceil(rate * kinds[kind] / 1000 / SHARE) for kind in ("gateway", "recorders"))
    return Size(rate, workers, recorders)


def run(folder: Path, *, seconds: int = 30) -> Iterator[Figure]:
    """Both suites, `seconds` of votes for each row; then sizes."""
    yield from _recorders(folder / "one", seconds)
    costs = yield from _nodes(folder / "three", seconds)
    yield from _sizes(costs)


def _recorders(folder: Path, seconds: int) -> Iterator[Figure]:
    """One node of broker and store."""
    running = RECORDERS[0]
    with _suite(folder, running) as suite:
        voters = Voters(suite, _needed(seconds) * len(RECORDERS))
        for recorders in RECORDERS:
            for number in range(recorders, running):
                suite.stack.stop_program(f"voting-{number}")
            running = recorders
            yield from _figures(recorders, 1, _load(suite, voters, seconds))


def _nodes(folder: Path, seconds: int) -> Generator[Figure, None, Costs]:
    """Three of each; returns the costs."""
    with _suite(folder, SHIPPED, nodes=NODES) as suite:
        found = _load(suite, Voters(suite, _needed(seconds)), seconds)
    yield from _figures(SHIPPED, NODES, found)
    for kind in ("broker", "store"):
        yield Figure(f"  processor, busiest node of the {kind}", _busiest(found.spent, kind), UNIT)
    return found.spent


def _sizes(costs: Costs) -> Iterator[Figure]:
    for machines in MACHINES:
        planned = size(costs, CORES, machines)
        where = f"computed, {machines} machines of {CORES} cores" if machines > 1 else f"computed, {CORES} cores"
        yield Figure(where, planned.rate, "votes/s")
        yield Figure("  workers of the gateway", planned.workers, "processes")
        yield Figure("  recorders", planned.recorders, "processes")
    yield Figure(f"computed, any number of machines of {CORES} cores", _bound(costs, CORES), "votes/s")


def _suite(folder: Path, recorders: int, nodes: int = 1) -> Suite:
    settings = {"WSIS_GATEWAY_WORKERS": "1", "WSIS_VOTING_PROCESSES": str(recorders)}
    return Suite(folder, each=5, members=nodes, brokers=nodes, **settings)


def _needed(seconds: int) -> int:
    return MOST_VOTES * (seconds + 1 + WARM_UP_SECONDS + 1) // CATEGORIES + 2


def _load(suite: Suite, voters: Voters, seconds: int) -> wrk.Round:
    target = Target(f"{suite.stack.gateway_uri}{suite.contest.path}/votes", script=SCRIPT, processes=suite.stack.pids())
    for lasting in (WARM_UP_SECONDS, seconds):
        arguments = voters.arguments(MOST_VOTES * (lasting + 1) // CATEGORIES, "vote")
        found = wrk.load(target, connections=CONNECTIONS, seconds=lasting, arguments=arguments)
    return found


def _figures(recorders: int, nodes: int, found: wrk.Round) -> Iterator[Figure]:
    yield Figure(f"recorders {recorders}, nodes of broker and store {nodes}", found.rate, "votes/s")
    yield Figure("  p99", found.p99, "ms")
    yield Figure("  answered 202", found.statuses.get("202", 0), "answers")
    for kind, cost in by_kind(found.spent).items():
        yield Figure(f"  processor, {kind}", cost, UNIT)
    yield Figure("  processor, all", sum(found.spent.values()), UNIT)


def _bound(costs: Costs, cores: int) -> float:
    """Votes in a second where leader and primary are on one machine."""
    return 1000 * SHARE * cores / (_busiest(costs, "broker") + _busiest(costs, "store"))


def _busiest(costs: Costs, kind: str) -> float:
    return max(cost for program, cost in costs.items() if _kind(program) == kind)


def _kind(program: str) -> str:
    """`voting-0` is one of voting."""
    name, _, number = program.rpartition("-")
    return name if number.isdecimal() else program

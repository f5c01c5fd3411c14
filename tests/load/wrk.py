"""The load: wrk (https://github.com/wg/wrk), and two servers side by side under it."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from tests.load.figures import Figure, NotMeasured

REPORT = Path(__file__).with_name("report.lua")
WARM_UP_SECONDS = 3


@dataclass(frozen=True)
class Target:
    """A server under load: its address, the request as wrk's script wants it, and the processes that do the work."""

    uri: str
    headers: Mapping[str, str] = field(default_factory=dict)
    script: Path = REPORT
    processes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Round:
    """One run of wrk: good answers per second, latencies in milliseconds, the count of answers by status, and the
    processor time of each process (with its children) in milliseconds per answer."""

    rate: float
    p50: float
    p95: float
    p99: float
    statuses: Mapping[str, int]
    spent: Mapping[str, float]


def load(target: Target, *, connections: int, seconds: int, arguments: Sequence[str] = ()) -> Round:
    """Keep `connections` busy for `seconds`. Raises NotMeasured when an answer is not of the 200s, nor leads on."""
    command = [
        "wrk",
        "--threads",
        "1",
        "--connections",
        str(connections),
        "--duration",
        f"{seconds}s",
        "--timeout",
        "10s",
        "--script",
        str(target.script),
        target.uri,
    ]
    for name, value in target.headers.items():
        command += ["--header", f"{name}: {value}"]
    before = _spent(target)
    done = subprocess.run([*command, "--", *arguments], capture_output=True, text=True)
    after = _spent(target)
    if done.returncode:
        raise NotMeasured(f"wrk: {(done.stderr or done.stdout).strip()[-300:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    wrong = {status: count for status, count in said["statuses"].items() if not status.startswith(("2", "303"))}
    if wrong or said["lost"] or not said["requests"]:
        raise NotMeasured(f"{target.uri}: answers {said['statuses']}, {said['lost']} connections lost")
    spent = {name: 1000 * (after[name] - before[name]) / said["requests"] for name in target.processes}
    rate, waited = said["requests"] / said["seconds"], [said[share] / 1000 for share in ("p50", "p95", "p99")]
    return Round(rate, *waited, said["statuses"], spent)


def _spent(target: Target) -> dict[str, float]:
    """Seconds of processor time so far."""
    times = {}
    for name, pid in target.processes.items():
        process = psutil.Process(pid)
        all_of_it = [process, *process.children(recursive=True)]
        times[name] = sum(sum(each.cpu_times()[:2]) for each in all_of_it)
    return times


def side_by_side(
    targets: Mapping[str, Target],
    *,
    connections: int,
    seconds: int,
    rounds: int,
    arguments: Sequence[Sequence[str]] = (),
) -> dict[str, list[Round]]:
    """Rounds in turn, after a warm-up of each; what else the machine does meets all of them alike.

    `arguments[i]` go to the script in the i-th round; the warm-up is round 0.
    """
    given = arguments or [()] * (rounds + 1)
    measured: dict[str, list[Round]] = {name: [] for name in targets}
    for target in targets.values():
        load(target, connections=connections, seconds=WARM_UP_SECONDS, arguments=given[0])
    for number in range(1, rounds + 1):
        for name, target in targets.items():
            measured[name].append(load(target, connections=connections, seconds=seconds, arguments=given[number]))
    return measured


def figures(measured: Mapping[str, Sequence[Round]], unit: str) -> list[Figure]:
    """Medians of rate, p50, p99 and processor time of each server."""
    found = []
    for name, rounds in measured.items():
        found.append(Figure(name, statistics.median(each.rate for each in rounds), unit))
        found.append(Figure(f"{name}, p50", statistics.median(each.p50 for each in rounds), "ms"))
        found.append(Figure(f"{name}, p99", statistics.median(each.p99 for each in rounds), "ms"))
        for part in rounds[0].spent:
            spent = statistics.median(each.spent[part] for each in rounds)
            found.append(Figure(f"{name}, processor time of the {part}", spent, "ms each"))
    return found


def ratios(measured: Mapping[str, Sequence[Round]], ours: str, theirs: str, bar: float) -> list[Figure]:
    """How many times theirs ours is: the median of the rounds' ratios, each of two runs that followed one another.

    And how many times as many answers the same processor time makes, of all processes together: on a busy machine,
    where whoever has more processes gets the larger share, the nearer figure to what an idle one would show.
    """
    pairs = list(zip(measured[ours], measured[theirs], strict=True))
    rates = [mine.rate / other.rate for mine, other in pairs]
    spent = [sum(other.spent.values()) / sum(mine.spent.values()) for mine, other in pairs]
    name = f"{ours} / {theirs}"
    return [
        Figure(name, statistics.median(rates), "times", at_least=bar),
        Figure(f"{name}, by processor time", statistics.median(spent), "times"),
    ]

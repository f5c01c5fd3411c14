"""No request costs more than its sender is worth: the dearest that can be made of each route, by processor time.

Each is sent as a visitor and as a member, and the time of every process of the suite is added up, broker and store
included. A request above the bar is sent again: the least of three counts, since the processes have other work too.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from wsis_local.patience import Deadline
from wsis_testkit import dearest, processor_time
from wsis_testkit.sizes import size

from wsis_demo.client import Person

BARS = {"visitor": 50.0, "member": 200.0}  # milliseconds of all processes together
TRIES = 3
PAUSE = 0.05  # seconds between two votes, and two looks at /healthz
CATEGORIES = ("C1", "C2", "C3", "C4", "C5", "C6", "C8")
SAMPLE = size(1, None)  # requests per operation and role; None: all of them
MEANWHILE = size(4, 1)  # each fourth of them is sent while others vote
FEWEST, FEWEST_SECONDS = 10, 60.0  # votes, and looks at /healthz, meanwhile; how long they may take
ATTACK = "body: marks"  # that of finding 1: in each sample
LEFT_OUT = {
    "delete_v1_me": "the account that asks would be gone",
    "post_v1_sign_out": "the session that asks would be over",
    "post_v1_sign_out_everywhere": "same",
}


@dataclass(frozen=True)
class Row:
    """What a request took."""

    milliseconds: float
    role: str
    operation: str
    label: str
    dearest: str
    status: int

    def __str__(self) -> str:
        return f"{self.milliseconds:.0f} ms {self.role} {self.operation} [{self.label}] {self.status}: {self.dearest}"


@pytest.fixture(scope="module")
def known(known: dict[str, str]) -> dict[str, str]:
    """A cell of the matrix too."""
    return known | {"line": "C1", "sdg": "3"}


@pytest.fixture(scope="module")
def chosen(openapi: dict[str, Any], known: dict[str, str]) -> list[tuple[str, dearest.Request]]:
    """The requests to be sent, each with its operation."""
    found = []
    for number, (method, path, operation) in enumerate(dearest.operations(openapi)):
        if operation["operationId"] in LEFT_OUT:
            continue
        every = dearest.requests(openapi, method, path, operation, known)
        # A sample takes others for the next operation, so that all inputs have their turn.
        places = range(len(every)) if SAMPLE is None else {(number + 3 * step) % len(every) for step in range(SAMPLE)}
        places = {*places, *(place for place, request in enumerate(every) if request.label == ATTACK)}
        found += [(f"{method} {path}", every[place]) for place in places]
    return found


@pytest.fixture(scope="module")
def meter(stage: Any) -> processor_time.Meter:
    """Of all processes of the suite."""
    pids = processor_time.processes("WSIS_RUN_DIR", stage.environment["WSIS_RUN_DIR"])
    assert len(pids) > 8
    return processor_time.Meter(pids)


@pytest.mark.parametrize("role", list(BARS))
def test_no_request_costs_more_than_the_bar(
    role: str,
    chosen: list[tuple[str, dearest.Request]],
    visitor: Person,
    people: Any,
    meter: processor_time.Meter,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
):
    who = visitor if role == "visitor" else people.member()
    rows = [_least(who, role, operation, request, meter) for operation, request in chosen]
    assert len(rows) > 300
    rows.sort(key=lambda row: -row.milliseconds)
    record_property("role", role)
    record_property("requests", len(rows))
    record_property("5xx", sum(row.status >= 500 for row in rows))
    record_property("dearest", rows[0])
    _write_table(pytestconfig.rootpath / f".run/security/cost-{role}.txt", rows)
    assert [str(row) for row in rows if row.milliseconds > BARS[role]] == []
    assert [str(row) for row in rows if row.status >= 500] == []


@pytest.mark.parametrize("role", list(BARS))
def test_votes_and_health_go_on_meanwhile(
    role: str,
    chosen: list[tuple[str, dearest.Request]],
    visitor: Person,
    people: Any,
    new_contest: Callable[[], Any],
    record_property: Callable[[str, object], None],
):
    """How long they took is told by `make security`, beside its bar."""
    who = visitor if role == "visitor" else people.member()
    contest = new_contest()
    contest.limit_to(*CATEGORIES)
    for category in CATEGORIES:
        contest.submit(people.member(), category)
    contest.nominate()
    contest.open_voting()
    votes = (
        (voter, "POST", f"{contest.path}/votes", {"category": category, "project": contest.projects[category][0]})
        for voter in iter(people.member, None)
        for category in CATEGORIES[1:]  # no ballot is complete, so nobody gets a mail that comes in a later test
    )
    health = itertools.repeat((visitor, "GET", "/healthz", None))
    attack = [request.made() for _, request in chosen[::MEANWHILE]]
    with _repeated(votes) as cast, _repeated(health) as seen:
        waited = Deadline(FEWEST_SECONDS)
        again = itertools.takewhile(
            lambda _: min(len(cast), len(seen)) < FEWEST and not waited.passed, itertools.cycle(attack)
        )
        for request in itertools.chain(attack, again):
            _send(who, request)
    record_property("role", role)
    # 202: the vote is stored durably, and counted when a busy machine comes to it.
    for name, answers, expected in (("votes", cast, {201, 202}), ("healthz", seen, {200})):
        assert len(answers) >= FEWEST
        assert {min(expected)} <= {answer[0] for answer in answers} <= expected
        late = sorted(answer[1] for answer in answers)
        record_property(name, len(late))
        record_property(f"{name}_p99_ms", round(1000 * late[int(len(late) * 0.99)], 1))


@contextmanager
def _repeated(requests: Iterator[tuple[Person, str, str, Any]]) -> Iterator[list[tuple[Any, float]]]:
    """Send one after the other meanwhile; yields (status, seconds) of each."""
    answers: list[tuple[Any, float]] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(PAUSE):
            person, method, path, body = next(requests)
            began = time.monotonic()
            try:
                status: Any = person.send(method, path, body).status_code
            except httpx.HTTPError as error:
                status = repr(error)
            answers.append((status, time.monotonic() - began))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        ended.set()
        thread.join()


def _write_table(path: Path, rows: list[Row]) -> None:
    """The dearest request of each route."""
    routes: dict[str, Row] = {}
    for row in rows:  # the dearest first
        routes.setdefault(row.operation, row)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in routes.values()), "utf-8")


def _least(who: Person, role: str, operation: str, request: dearest.Request, meter: processor_time.Meter) -> Row:
    rows: list[Row] = []
    while len(rows) < TRIES and (not rows or rows[-1].milliseconds > BARS[role]):
        rows.append(_row(who, role, operation, request, meter))
    return min(rows, key=lambda row: row.milliseconds)


def _row(who: Person, role: str, operation: str, request: dearest.Request, meter: processor_time.Meter) -> Row:
    answers: list[httpx.Response] = []
    costs = meter.cost(lambda: answers.append(_send(who, request)))
    ranked = sorted(costs.items(), key=lambda item: -item[1])[:3]
    names = ", ".join(f"{name} {milliseconds:.0f}" for name, milliseconds in ranked)
    return Row(sum(costs.values()), role, operation, request.label, names, answers[0].status_code)


def _send(who: Person, request: dearest.Request) -> httpx.Response:
    headers = {"Authorization": f"Bearer {who.token}"} if who.token else {}
    return who.suite.http.request(
        request.method,
        who.suite.address + request.path,
        content=request.content,
        headers={**headers, **request.headers},
    )

"""Officers' list of projects through the gateway: a page of 100, filtered, at 2,000 and at 10,000 projects.

Pages from all over the list, in random order. Beside them the same page as one query that is open at one end, asked of
the store alone: what a page costs without keyset slices.
"""

from __future__ import annotations

import http.client
import io
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground
from wsis_shared.mongo_connection import connect

EDITIONS = {2000: "2017", 10_000: "2018"}
PAGE, ROUNDS, MOST_MS, MOST_GROWTH = 100, 120, 60, 1.5
FILTERS: dict[str, dict[str, str]] = {
    "state": {"state": "submitted"},
    "category": {"category": "C7.e-health"},
    "state and category": {"state": "submitted", "category": "C7.e-health"},
    "region": {"region": "europe"},
}
CATEGORIES = ("C1", "C2", "C3", "C4", "C5", "C6", "C7.e-health", "C7.e-learning", "C8", "C9", "C10", "C11")


def run(folder: Path) -> Iterator[Figure]:
    """One edition for each size, measured in turn, so that what else the machine does meets all alike."""
    with Ground(folder, "prizes") as ground:
        environment = ground.stack.environment()
        with connect(environment["WSIS_MONGO_URI"]) as client:
            db = client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}prizes"]
            for size, edition in EDITIONS.items():
                db["editions"].replace_one({"_id": edition}, {**db["editions"].find_one(), "_id": edition}, upsert=True)
                for first in range(0, size, 500):
                    db["projects"].insert_many([_project(edition, first + number) for number in range(1, 501)])
            headers = {"Authorization": f"Bearer {ground.token(role='officer')}"}
            connection = http.client.HTTPConnection("127.0.0.1", ground.stack.ports["gateway"], timeout=60)
            yield from _pages(connection, headers)
            yield from _open_queries(db["projects"])
            yield from _exports(connection, headers)


def _pages(connection: http.client.HTTPConnection, headers: dict[str, str]) -> Iterator[Figure]:
    cases = [(name, size) for name in FILTERS for size in EDITIONS]
    paths = {(name, size): _walk(connection, headers, EDITIONS[size], FILTERS[name]) for name, size in cases}
    seconds: dict[tuple[str, int], list[float]] = {case: [] for case in cases}
    for _ in range(ROUNDS):
        for case in cases:
            seconds[case].append(_timed(lambda case=case: _get(connection, headers, random.choice(paths[case]))))
    for name, size in cases:
        label = f"page of {PAGE} of {size:,} projects by {name}"
        yield Figure(f"{label}, p50", _percentile(seconds[name, size], 0.5), "ms")
        yield Figure(f"{label}, p95", _percentile(seconds[name, size], 0.95), "ms", at_most=MOST_MS)
    few, many = EDITIONS
    for name in FILTERS:
        growth = _percentile(seconds[name, many], 0.5) / _percentile(seconds[name, few], 0.5)
        yield Figure(f"p50 at {many:,} to {few:,} projects by {name}", growth, "times", at_most=MOST_GROWTH)


def _open_queries(projects: Any) -> Iterator[Figure]:
    for size, edition in EDITIONS.items():
        query = {"edition": edition, "state": "submitted", "number": {"$gt": PAGE}}

        def read(query: dict[str, Any] = query) -> Any:
            return list(projects.find(query, {"impact": 0}).sort("number", 1).limit(PAGE + 1))

        seconds = [_timed(read) for _ in range(ROUNDS // 8)]
        label = f"one open query of the store alone, {size:,} projects by state"
        yield Figure(f"{label}, p50", _percentile(seconds, 0.5), "ms")
        yield Figure(f"{label}, p95", _percentile(seconds, 0.95), "ms")


def _exports(connection: http.client.HTTPConnection, headers: dict[str, str]) -> Iterator[Figure]:
    size, edition = max(EDITIONS.items())
    for name in ("csv", "xlsx", "jsonl"):
        began = time.perf_counter()
        connection.request("GET", f"/v1/editions/{edition}/projects?format={name}", headers=headers)
        content = connection.getresponse().read()  # raises IncompleteRead where it is not whole
        yield Figure(f"export of {size:,} projects as {name}", time.perf_counter() - began, "s")
        yield Figure(f"rows of the {name} file", _rows(name, content), "rows", at_least=size)


def _rows(name: str, content: bytes) -> int:
    if name == "xlsx":
        return int(openpyxl.load_workbook(io.BytesIO(content), read_only=True).active.max_row) - 1
    lines = content.decode("utf-8-sig").splitlines()
    return len(lines) - (name == "csv")


def _project(edition: str, number: int) -> dict[str, Any]:
    now = datetime(2017, 1, 10, tzinfo=UTC)
    return {
        "_id": f"{edition}-{number:06d}",
        "edition": edition,
        "number": number,
        "version": 1,
        "owner": f"a{number}",
        "state": "submitted" if number % 10 else "ineligible",
        "category": CATEGORIES[number * 7 % len(CATEGORIES)],
        "title": f"Project {number}",
        "organization": f"Organization {number}",
        "country": ("NO", "RW", "BR")[number % 3],
        "region": ("europe", "africa", "americas")[number % 3],
        "stakeholder_type": "government",
        "short_description": "word " * 180,
        "impact": "word " * 200,
        "sdgs": [{"sdg": number % 17 + 1, "targets": []}],
        "submitted_at": now,
        "updated_at": now,
    }


def _walk(
    connection: http.client.HTTPConnection, headers: dict[str, str], edition: str, filters: dict[str, str]
) -> list[str]:
    """The paths of all pages of a list."""
    paths, after = [], None
    while True:
        query = {**filters, "limit": PAGE, **({"after": after} if after else {})}
        paths.append(f"/v1/editions/{edition}/projects?{urlencode(query)}")
        after = _get(connection, headers, paths[-1])["next"]
        if after is None:
            return paths[:-1] or paths  # the last one is not full


def _get(connection: http.client.HTTPConnection, headers: dict[str, str], path: str) -> Any:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise NotMeasured(f"{path} answers {response.status}: {body[:200]!r}")
    return json.loads(body)


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _percentile(seconds: Sequence[float], part: float) -> float:
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(part * len(seconds)))]

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
from pymongo import MongoClient
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import Ground

SIZES = (2000, 10_000)
PAGE, ROUNDS, MOST_MS, MOST_GROWTH = 100, 120, 60, 1.5
FILTERS: dict[str, dict[str, str]] = {
    "state": {"state": "submitted"},
    "category": {"category": "C7.e-health"},
    "state and category": {"state": "submitted", "category": "C7.e-health"},
    "region": {"region": "europe"},
}
CATEGORIES = ("C1", "C2", "C3", "C4", "C5", "C6", "C7.e-health", "C7.e-learning", "C8", "C9", "C10", "C11")


def run(folder: Path) -> Iterator[Figure]:
    """The store grows from one size to the next."""
    with Ground(folder, service="prizes") as ground:
        environment = ground.stack.environment()
        with MongoClient[dict[str, Any]](environment["WSIS_MONGO_URI"]) as client:
            projects = client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}prizes"]["projects"]
            headers = {"Authorization": f"Bearer {ground.token(role='officer')}"}
            connection = http.client.HTTPConnection("127.0.0.1", ground.stack.ports["gateway"], timeout=30)
            medians: dict[tuple[str, int], float] = {}
            for size in SIZES:
                for first in range(projects.count_documents({}), size, 500):
                    projects.insert_many([_project(first + number) for number in range(1, 501)])
                pages = {name: _pages(connection, headers, filters) for name, filters in FILTERS.items()}
                measured: dict[str, list[float]] = {name: [] for name in FILTERS}
                for _ in range(ROUNDS):  # in turn, so that what else the machine does meets all alike
                    for name, paths in pages.items():
                        measured[name] += _timed(lambda paths=paths: _get(connection, headers, random.choice(paths)), 1)
                for name, seconds in measured.items():
                    label = f"page of {PAGE} of {size:,} projects by {name}"
                    medians[name, size] = _percentile(seconds, 0.5)
                    yield Figure(f"{label}, p50", medians[name, size], "ms")
                    yield Figure(f"{label}, p95", _percentile(seconds, 0.95), "ms", at_most=MOST_MS)
                seconds = _timed(lambda: _open_query(projects), ROUNDS // 8)
                label = f"one open query of the store alone, {size:,} projects by state"
                yield Figure(f"{label}, p50", _percentile(seconds, 0.5), "ms")
                yield Figure(f"{label}, p95", _percentile(seconds, 0.95), "ms")
            for name in ("csv", "xlsx", "jsonl"):
                began = time.perf_counter()
                connection.request("GET", f"/v1/editions/2017/projects?format={name}", headers=headers)
                content = connection.getresponse().read()  # raises IncompleteRead where it is not whole
                yield Figure(f"export of {SIZES[1]:,} projects as {name}", time.perf_counter() - began, "s")
                yield Figure(f"rows of the {name} file", _rows(name, content), "rows", at_least=SIZES[1])
            for name in FILTERS:
                growth = medians[name, SIZES[1]] / medians[name, SIZES[0]]
                yield Figure(f"p50 at {SIZES[1]:,} to {SIZES[0]:,} projects by {name}", growth, "times",
                             at_most=MOST_GROWTH)  # fmt: skip


def _rows(name: str, content: bytes) -> int:
    if name == "xlsx":
        return int(openpyxl.load_workbook(io.BytesIO(content), read_only=True).active.max_row) - 1
    lines = content.decode("utf-8-sig").splitlines()
    return len(lines) - (name == "csv")


def _project(number: int) -> dict[str, Any]:
    now = datetime(2017, 1, 10, tzinfo=UTC)
    return {
        "_id": f"p{number:06d}", "edition": "2017", "number": number, "version": 1, "owner": f"a{number}",
        "state": "submitted" if number % 10 else "ineligible", "category": CATEGORIES[number * 7 % len(CATEGORIES)],
        "title": f"Project {number}", "organization": f"Organization {number}",
        "country": ("NO", "RW", "BR")[number % 3], "region": ("europe", "africa", "americas")[number % 3],
        "stakeholder_type": "government",
        "short_description": "word " * 180, "impact": "word " * 200, "sdgs": [{"sdg": number % 17 + 1, "targets": []}],
        "submitted_at": now, "updated_at": now,
    }  # fmt: skip


def _pages(connection: http.client.HTTPConnection, headers: dict[str, str], filters: dict[str, str]) -> list[str]:
    """The paths of all pages of the list."""
    paths, after = [], None
    while True:
        query = {**filters, "limit": PAGE, **({"after": after} if after else {})}
        paths.append(f"/v1/editions/2017/projects?{urlencode(query)}")
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


def _open_query(projects: Any) -> list[Any]:
    query = {"edition": "2017", "state": "submitted", "number": {"$gt": PAGE}}
    return list(projects.find(query, {"impact": 0}).sort("number", 1).limit(PAGE + 1))


def _timed(work: Callable[[], Any], rounds: int) -> list[float]:
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return seconds


def _percentile(seconds: Sequence[float], part: float) -> float:
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(part * len(seconds)))]

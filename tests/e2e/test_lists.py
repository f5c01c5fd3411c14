"""Each list of the suite, after the demonstration: its pages joined are the list, and so are the rows of its file.

Lists are the GET routes of the manifests whose response has `items` (`wsis_testkit.list_requests`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import validate
from wsis_shared.plugin import Route
from wsis_testkit.list_requests import LISTS, Reader

from wsis_demo.client import Person

LONG = 60  # rows: longer lists are compared by their first pages
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def reader(demo: Any, officer: Person, people: Any, new_webhook: Any) -> Reader:
    new_webhook(types=["prizes.nominees_published"])  # those of the demonstration are gone
    officer.post("/v1/entries", {"content": {}})  # of one's own
    officer.post("/v1/update-calls", {"text": {"en": "Is it still correct?"}, "deadline": "2099-12-31"})
    return Reader(demo.edition, [officer, people.with_role("juror"), people.with_role("agency")])


@pytest.fixture(scope="module")
def requests(reader: Reader) -> list[tuple[str, dict[str, Any], Route]]:
    """Address, query and route of each list as it is read without a filter; those above first."""
    found = []
    for route in sorted(LISTS.values(), key=lambda route: route.path.count("{")):
        address, query = next(reader.requests(route))
        found.append((address, query, route))
    return found


def _most(route: Route) -> int:
    """Rows of a page, 0 where nobody says how many."""
    limit = route.query().fields.get("limit") if route.query else None
    return min([LONG, *(each.max for each in limit.validators if isinstance(each, validate.Range))]) if limit else 0


def _pages(reader: Reader, address: str, query: dict[str, Any], size: int) -> Iterator[list[dict[str, Any]]]:
    after: Any = None
    while True:
        page = reader.page(address, **query, limit=size, **({"after": after} if after is not None else {}))
        yield page["items"]
        after = page.get("next")
        if after is None or not page["items"]:
            return


def _rows(reader: Reader, address: str, query: dict[str, Any], size: int) -> list[str]:
    rows: list[str] = []
    for page in _pages(reader, address, query, size):
        assert len(page) <= size
        rows += [json.dumps(row, sort_keys=True) for row in page]
        if len(rows) >= LONG:
            break
    return rows[:LONG]


def test_pages_are_the_whole_list(reader: Reader, requests: list[tuple[str, dict[str, Any], Route]]):
    wrong, paged = [], 0
    for address, query, route in requests:
        if route.query and {"limit", "after"} <= set(route.query().fields) and not route.personal:
            whole = _rows(reader, address, query, _most(route))
            if _rows(reader, address, query, 3) != whole or len(set(whole)) != len(whole):
                wrong.append(address)
            paged += len(whole) > 3
    assert wrong == []
    assert paged > 25


def test_a_file_has_the_rows_of_its_list_and_no_formula(
    reader: Reader, requests: list[tuple[str, dict[str, Any], Route]]
):
    wrong, filled = [], 0
    for address, query, route in requests:
        if route.export:
            file = reader.send(address, **query, format="csv")
            rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))[1:]
            page = reader.page(address, **query, **({"limit": most} if (most := _most(route)) else {}))
            if len(rows) < len(page["items"]) or (page.get("next") is None and len(rows) > len(page["items"])):
                wrong.append(f"{address}: {len(rows)} rows of {len(page['items'])}")
            if any(cell.startswith(FORMULA) and not _is_number(cell) for row in rows for cell in row):
                wrong.append(f"{address}: a formula")
            filled += bool(rows)
    assert wrong == []
    assert filled > 10


def _is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()

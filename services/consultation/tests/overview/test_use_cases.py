from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_testkit import actor, refused

from wsis_consultation.index.store import SubmissionIndex

START = datetime(2016, 12, 1, tzinfo=UTC)
TYPES = ("government", "civil_society", "academia", "technical_community")
SIZE = 130


@pytest.fixture(scope="module")
def filled(consultation: Any, database: Any) -> Any:
    """130 submissions of edition 2017: every fourth is of the same type; C7.e-health with SDG 3 in every tenth."""
    SubmissionIndex(database("consultation")).put(
        *[
            {
                "_id": f"s{number}",
                "edition": "2017",
                "number": number,
                "kind": "form",
                "organization": f"Org {number}",
                "state": "withdrawn" if number == SIZE else "received",
                "country": "RW" if number % 2 else "NO",
                "region": "africa" if number % 2 else "europe",
                "stakeholder_type": TYPES[number % 4],
                "language": "fr",
                "action_lines": ["C7.e-health"] if number % 10 == 0 else ["C1"],
                "sdgs": [3] if number % 10 == 0 else [],
                "requests": [{"kind": "workshop"}] if number % 5 == 0 else [],
                "late": {"by": "o1"} if number == 4 else None,
                "received_at": START.replace(day=1 + number % 28),
                "updated_at": START,
            }
            for number in range(1, SIZE + 1)
        ]
    )
    return consultation


def _all(filled: Any, who: Any, **filters: Any) -> list[dict[str, Any]]:
    items, after = [], None
    while True:
        page = filled.call("list_submissions", who, edition="2017", limit=50, after=after, **filters)
        items += page["items"]
        after = page["next"]
        if after is None:
            assert page["total"] == len(items)
            return items


def test_officer_pages_through_all_that_were_received(filled: Any) -> None:
    items = _all(filled, filled.officer, state="received")
    assert [each["number"] for each in items] == list(range(1, SIZE))
    assert items[6]["receipt"] == "OCP-2017-0007"


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"stakeholder_type": "academia"}, 33),
        ({"stakeholder_type": "academia", "merged": True}, 65),
        ({"region": "africa", "country": "RW"}, 65),
        ({"action_line": "C7.e-health", "sdg": 3}, 13),
        ({"late": True}, 1),
        ({"state": "withdrawn"}, 1),
        ({"request_kind": "workshop", "region": "africa"}, 13),
        ({"received_from": "2016-12-02T00:00:00Z", "received_to": "2016-12-03T00:00:00Z"}, 5),
        ({"language": "es"}, 0),
    ],
)
def test_list_and_counts_agree_on_a_filter(filled: Any, filters: dict[str, Any], count: int) -> None:
    assert len(_all(filled, filled.officer, **filters)) == count
    counted = filled.call("count_submissions", filled.officer, edition="2017", **filters)
    assert counted["total"] == count
    assert sum(each["count"] for each in counted["stakeholder_type"]) == count
    assert sum(each["count"] for each in counted["region"]) == count


def test_shares_are_in_percent_and_zeros_are_listed(filled: Any) -> None:
    counted = filled.call("count_submissions", filled.officer, edition="2017", state="all", merged=True)
    by_type = {tuple(each["codes"]): (each["count"], each["share"]) for each in counted["stakeholder_type"]}
    assert by_type["academia", "technical_community"] == (65, 50.0)
    assert by_type[("private_sector",)] == (0, 0.0)


def test_agency_reads_what_names_its_lines(filled: Any) -> None:
    agency = actor("agency", agency="who")
    assert {each["number"] % 10 for each in _all(filled, agency)} == {0}
    counted = filled.call("count_submissions", agency, edition="2017")
    assert (counted["total"], {each["code"]: each["count"] for each in counted["action_line"]}["C1"]) == (13, 0)


def test_agency_without_lines_reads_nothing(filled: Any) -> None:
    assert _all(filled, actor("agency", agency="icao")) == []


def test_everybody_reads_what_is_unheard(filled: Any) -> None:
    read = filled.call("read_coverage", edition="2017")
    assert read["total"] == SIZE - 1
    assert read["unheard"]["region"] == ["americas", "arab_states", "asia_pacific", "cis", "international"]
    assert "C2" in read["unheard"]["action_line"]
    assert "C1" not in read["unheard"]["action_line"]
    cells = {(each["action_line"], each["region"]): each["count"] for each in read["cells"]}
    assert {cell: count for cell, count in cells.items() if count} == {
        ("C1", "africa"): 65,
        ("C1", "europe"): 52,
        ("C7.e-health", "europe"): 12,
    }


def test_officer_reads_from_whom_a_line_is_unheard(filled: Any) -> None:
    first = filled.call("list_coverage", filled.officer, edition="2017", limit=20, context={"locale": "fr"})
    rest = filled.call("list_coverage", filled.officer, edition="2017", limit=100, after=first["next"])
    assert len(first["items"]) + len(rest["items"]) == 48
    assert rest["next"] is None
    [health] = [each for each in first["items"] if each["code"] == "C7.e-health"]
    assert "europe" not in health["unheard_regions"]
    assert "africa" in health["unheard_regions"]
    assert health["title"] != ""
    assert health["title"] != "E-health"


def test_period_that_ends_before_it_begins_is_refused(filled: Any) -> None:
    period = {"received_from": "2017-01-02T00:00:00Z", "received_to": "2017-01-01T00:00:00Z"}
    with refused("consultation.period_inverted") as refusal:
        filled.call("list_submissions", filled.officer, edition="2017", **period)
    assert list(refusal.value.fields) == ["received_to"]


def test_unknown_edition_is_not_found(filled: Any) -> None:
    with refused("consultation.edition_unknown"):
        filled.call("count_submissions", filled.officer, edition="1999")

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import reference

from wsis_consultation.index import rules as rows
from wsis_consultation.overview import rules
from wsis_consultation.submissions.rules.lifecycle import receipt_number

START = datetime(2016, 12, 1, tzinfo=UTC)
TYPES = [code for group in rows.groups(merged=True) for code in group]
LINES = [line.code for line in reference.action_lines()]
SINGLE = {
    "stakeholder_type": "stakeholder_type",
    "region": "region",
    "country": "country",
    "kind": "kind",
    "language": "language",
}

a_row = st.fixed_dictionaries(
    {
        "number": st.integers(1, 10_000),
        "organization": st.just("Org"),
        "country": st.sampled_from(("NO", "RW", "BR")),
        "region": st.sampled_from(("africa", "europe", "international")),
        "stakeholder_type": st.sampled_from(TYPES),
        "language": st.sampled_from(("en", "fr")),
        "kind": st.sampled_from(rows.KINDS),
        "state": st.sampled_from((rows.RECEIVED, rows.WITHDRAWN)),
        "late": st.booleans(),
        "action_lines": st.lists(st.sampled_from(LINES), unique=True, max_size=4),
        "sdgs": st.lists(st.integers(1, 17), unique=True, max_size=4),
        "request_kinds": st.lists(st.sampled_from(rows.REQUEST_KINDS), unique=True, max_size=2),
        "received_at": st.integers(0, 50).map(lambda days: START + timedelta(days=days)),
        "updated_at": st.just(START),
    }
)
some_rows = st.lists(a_row, max_size=25)
some_filters = st.fixed_dictionaries(
    {},
    optional={
        "stakeholder_type": st.sampled_from(TYPES),
        "region": st.sampled_from(("africa", "europe", "international")),
        "action_line": st.sampled_from(LINES),
        "sdg": st.integers(1, 17),
        "state": st.sampled_from((rows.RECEIVED, rows.ALL)),
        "late": st.booleans(),
        "received_from": st.integers(0, 50).map(lambda days: START + timedelta(days=days)),
    },
)


@given(some_rows, some_filters, st.booleans())
def test_counts_equal_the_result_after_every_combination_of_filters(
    every: list[rows.Row], filters: dict[str, Any], merged: bool
) -> None:
    found = rows.matching(every, {**filters, "merged": merged})
    counted = rules.count(found, merged=merged)
    for dimension in SINGLE:
        assert sum(each["count"] for each in counted[dimension]) == len(found)
    for dimension in ("action_line", "sdg", "request_kind", "region", "stakeholder_type"):
        for each in counted[dimension]:
            value = int(each["code"]) if dimension == "sdg" else each["code"]
            narrowed = rows.matching(found, {dimension: value, "merged": merged})
            assert each["count"] == len(narrowed), (dimension, value)


@given(some_rows, some_filters)
def test_filters_narrow_and_order_does_not_matter(every: list[rows.Row], filters: dict[str, Any]) -> None:
    found = every
    for name, value in reversed(filters.items()):
        found = rows.matching(found, {name: value})
    assert found == rows.matching(every, filters)


def test_merged_types_are_one_group_and_one_filter() -> None:
    both = [_row(stakeholder_type=code) for code in ("academia", "technical_community", "government")]
    assert len(rows.matching(both, {"stakeholder_type": "technical_community", "merged": True})) == 2
    assert len(rows.matching(both, {"stakeholder_type": "technical_community", "merged": False})) == 1
    merged = rules.count(both, merged=True)["stakeholder_type"]
    assert [(each["codes"], each["count"], each["share"]) for each in merged if each["count"]] == [
        (["government"], 1, 33.3),
        (["academia", "technical_community"], 2, 66.7),
    ]
    assert len(rules.count(both, merged=False)["stakeholder_type"]) == 6


def test_period_includes_its_beginning_and_not_its_end() -> None:
    [row] = [_row(received_at=START)]
    assert rows.matching([row], {"received_from": START}) == [row]
    assert rows.matching([row], {"received_to": START}) == []


def test_agency_leads_its_lines() -> None:
    lines = rows.lines_of_agency("who")
    assert "C7.e-health" in lines
    assert len(lines) < len(LINES)
    assert rows.lines_of_agency("nobody") == frozenset()


@given(some_rows)
def test_what_is_unheard_has_no_row_and_all_else_has_one(every: list[rows.Row]) -> None:
    unheard = rules.unheard(every)
    for line in LINES:
        assert (line in unheard["action_line"]) == (not any(line in row["action_lines"] for row in every))
    for each in rules.details(every):
        assert (each["count"] == 0) == (each["code"] in unheard[each["dimension"]])


def test_coverage_of_nothing_lists_everything_as_zero() -> None:
    rest = list(rules.details([]))
    assert len(rest) == 18 + 17 + 7 + 6
    assert {each["count"] for each in rest} == {0}
    assert {each["share"] for each in rest} == {0.0}


def test_details_say_from_whom_nobody_has_named_a_line() -> None:
    only = [_row(action_lines=["C3"], region="europe", stakeholder_type="government")]
    [line] = [each for each in rules.details(only) if each["code"] == "C3"]
    assert "europe" not in line["unheard_regions"]
    assert len(line["unheard_regions"]) == 6
    assert "government" not in line["unheard_types"]
    assert len(line["unheard_types"]) == 5


@given(some_rows)
def test_a_cell_counts_what_the_filters_of_both_find(every: list[rows.Row]) -> None:
    cells = rules.cells(every)
    assert len(cells) == len(LINES) * 7
    for cell in cells:
        both = {"action_line": cell["action_line"], "region": cell["region"]}
        assert cell["count"] == len(rows.matching(every, both)), both
    for each in rules.details(every):
        if each["dimension"] == "action_line":
            empty = [cell["region"] for cell in cells if cell["action_line"] == each["code"] and not cell["count"]]
            assert empty == each["unheard_regions"]


def test_row_has_no_personal_data() -> None:
    contact = {"full_name": "Ada Umutoni", "email": "ada@ngo.example", "telephone": "+250", "locale": "en"}
    submission = {
        "_id": "s1",
        "number": 7,
        "contact": contact,
        "account": "a1",
        "answers": {"topics": "words"},
        "requests": [{"kind": "workshop"}, {"kind": "workshop"}, {"kind": "exhibition"}],
    }
    row = rows.from_submission(submission)
    assert not {"contact", "account", "answers"} & set(row)
    assert "Ada" not in str(row)
    assert (row["request_kinds"], row["requests"]) == (["exhibition", "workshop"], 3)
    assert receipt_number("2017", 7) == "OCP-2017-0007"


def _row(**more: Any) -> rows.Row:
    return {
        "number": 1,
        "organization": "Org",
        "country": "NO",
        "region": "europe",
        "stakeholder_type": "government",
        "language": "en",
        "kind": "form",
        "state": "received",
        "late": False,
        "action_lines": [],
        "sdgs": [],
        "request_kinds": [],
        "received_at": START,
        "updated_at": START,
        **more,
    }

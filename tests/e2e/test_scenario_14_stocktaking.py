"""Scenario 14: a reader of a register that was imported filters e-agriculture + SDG 2 + Africa: counts and list agree,
and the CSV opens with accents intact. Every entry of the report of the Arab States lies in the Arab States.

The demonstration plays it, and `services/stocktaking/tests/demo_act` compares: list and counts with the file that was
imported, the titles of the CSV letter by letter, the entries of the report with its region. Here is what it left.
"""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest
from wsis_local.patience import factor
from wsis_shared import reference

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person

ACT = act_of("stocktaking")
SEARCH = ACT.importing.FILTERS


@pytest.fixture(scope="module")
def register(demo: Any) -> Any:
    """All that the acts know; what they compared fits."""
    assert demo.err == ""
    return ACT.state.of(demo.play)


def test_counts_and_list_of_a_search_agree(register: Any, visitor: Person):
    assert ACT.importing.expected(register) > 10
    began = time.monotonic()
    page = visitor.get("/v1/entries", limit=100, facets="action_line,sdg,region", **SEARCH)
    assert time.monotonic() - began < factor()  # a second, on a quiet machine
    assert page["total"] == len({row["entry"] for row in visitor.each("/v1/entries", sort="newest", **SEARCH)})
    counts = {facet: {row["code"]: row["count"] for row in rows} for facet, rows in page["facets"].items()}
    assert {facet: counts[facet][code] for facet, code in SEARCH.items()} == dict.fromkeys(SEARCH, page["total"])


def test_csv_of_a_search_has_its_entries(register: Any, visitor: Person):
    content = visitor.get("/v1/entries", format="csv", **SEARCH)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == visitor.get("/v1/entries", limit=1, **SEARCH)["total"]


def test_csv_in_french_has_the_french_titles_with_their_accents(register: Any, visitor: Person):
    whole = visitor.get("/v1/entries", format="csv", language="fr").decode("utf-8-sig")
    sent = {content["title"]["fr"] for content in register.contents.values() if "fr" in content["title"]}
    assert sent <= {row["title.fr"] for row in csv.DictReader(io.StringIO(whole))}
    assert any("é" in title for title in sent)


def test_the_regional_report_is_of_the_22_arab_states(register: Any):
    codes = [country.code for country in reference.countries()]
    inside = [code for code in codes if reference.itu_region_of(code) == "arab_states"]
    assert "PS" in inside
    assert len(inside) == 22
    assert register.reports["regional"]["total"] > 100
    assert ACT.reports.entries_outside(register) == []


def test_chapters_of_the_report_are_action_lines(register: Any):
    model = ACT.reports.model(register, register.reports["regional"])
    lines = [line.code for line in reference.action_lines()]
    chapters = [chapter["line"] for chapter in model["chapters"]]
    assert chapters == [line for line in lines if line in chapters]

"""Scenario 14: a reader of a register that was imported filters e-agriculture + SDG 2 + Africa: counts and list agree,
and the CSV opens with accents intact. Every entry of the report of the Arab States lies in the Arab States."""

from __future__ import annotations

import csv
import io
import time
from typing import Any

import pytest
from wsis_local.patience import factor
from wsis_shared import reference
from wsis_testkit.sizes import size

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person

EDITION = "2064"
ENTRIES = size(1000, 2000)
ACT = act_of("stocktaking")
SEARCH = {"action_line": "C7.e-agriculture", "sdg": "2", "region": "africa"}


@pytest.fixture(scope="module")
def register(new_stocktaking: Any) -> Any:
    """The entries are imported from a CSV."""
    told = new_stocktaking(EDITION, count=ENTRIES)
    ACT.import_register(told.play)
    return told


@pytest.fixture(scope="module")
def reports(register: Any) -> dict[str, Any]:
    """The report of the Arab States and the global one, published."""
    ACT.publish_reports(register.play)
    return dict(register.reports)


def test_counts_and_list_of_a_search_agree(register: Any, visitor: Person):
    before = register.totals_before["scenario"]
    wanted = sum(ACT.importing.fits(content) for content in register.contents.values())
    assert wanted > 10
    began = time.monotonic()
    page = visitor.get("/v1/entries", limit=100, facets="action_line,sdg,region", **SEARCH)
    assert time.monotonic() - began < factor()  # a second, on a quiet machine
    listed = [row["entry"] for row in visitor.each("/v1/entries", sort="newest", **SEARCH)]
    assert page["total"] == len(listed) == len(set(listed)) == before + wanted
    counts = {facet: {row["code"]: row["count"] for row in rows} for facet, rows in page["facets"].items()}
    assert counts["action_line"][SEARCH["action_line"]] == page["total"]
    assert counts["sdg"][SEARCH["sdg"]] == page["total"]
    assert counts["region"][SEARCH["region"]] == page["total"]


def test_csv_opens_with_accents_intact(register: Any, visitor: Person):
    content = visitor.get("/v1/entries", format="csv", **SEARCH)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(rows) == visitor.get("/v1/entries", limit=1, **SEARCH)["total"]
    whole = visitor.get("/v1/entries", format="csv", language="fr").decode("utf-8-sig")
    titles = {row["title.fr"] for row in csv.DictReader(io.StringIO(whole))}
    sent = {content["title"]["fr"] for content in register.contents.values() if "fr" in content["title"]}
    assert sent <= titles
    assert any("é" in title for title in sent)


def test_every_entry_of_the_regional_report_lies_in_the_arab_states(register: Any, reports: dict[str, Any]):
    codes = [country.code for country in reference.countries()]
    inside = [code for code in codes if reference.itu_region_of(code) == "arab_states"]
    assert "PS" in inside
    assert len(inside) == 22
    assert reports["regional"]["total"] > 100
    assert ACT.reports.entries_outside(register) == []


def test_chapters_of_the_report_are_action_lines(register: Any, reports: dict[str, Any]):
    model = ACT.reports.model(register, reports["regional"])
    lines = [line.code for line in reference.action_lines()]
    chapters = [chapter["line"] for chapter in model["chapters"]]
    assert chapters == [line for line in lines if line in chapters]


def test_import_of_the_same_rows_changes_nothing(register: Any):
    ACT.import_again(register.play)
    assert register.play.misfits == []


def test_nothing_that_the_acts_compared_differs(register: Any, reports: dict[str, Any]):
    ACT.search(register.play)
    ACT.export(register.play)
    assert register.play.misfits == []

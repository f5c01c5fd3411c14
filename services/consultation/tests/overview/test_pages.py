"""The map of coverage, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit.pages import Pages

from wsis_consultation.overview import rules

from ..page_kit import in_each_language, site
from .test_rules import LINES, _row

HERE = "/consultations/2017/coverage"
REGIONS = rules.dimensions()["region"]
GAPS = "//section[@aria-labelledby='gaps']"


def coverage(*rows: Any) -> dict[str, Any]:
    """What the service answers where these submissions came in."""
    counted = rules.count(rows, merged=False)
    return {
        "edition": "2017",
        "total": len(rows),
        "as_of": "2017-02-18T08:00:00Z" if rows else None,
        "unheard": rules.unheard(rows),
        "counts": {name: counted[name] for name in rules.DIMENSIONS},
        "cells": rules.cells(rows),
    }


@pytest.fixture
def pages() -> Pages:
    africa = _row(region="africa", action_lines=["C3", "C7.e-health"], sdgs=[4])
    return site(read_coverage=coverage(africa, africa, _row(region="europe", action_lines=[*LINES])))


def test_the_map_shows_in_each_language_and_one_copy_serves_all(pages: Pages) -> None:
    in_each_language(pages, HERE)
    asked = len(pages.bus.calls)
    assert pages.get(f"/en{HERE}").headers["cache-control"].startswith("public")
    assert len(pages.bus.calls) == asked


def test_each_cell_has_its_figure_and_each_line_and_region_its_total(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}")
    table = {
        " ".join(row.xpath("string(th)").split()): "".join(cell.text_content() for cell in row.xpath("td"))
        for row in shown.all("//table//tbody/tr")
    }
    assert len(table) == len(LINES) + 1
    named = table["C3 Access to information and knowledge"], table["C7 ICT applications: e-health"]
    assert named == ("20000103", "20000103")
    assert (table["C9 Media"], table["Total"]) == ("00000101", "20000103")
    assert len(shown.all("//table//td[@class='gap']")) == len(LINES) * len(REGIONS) - len(LINES) - 2


def test_empty_cells_are_named_by_region(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}")
    assert "Europe" not in shown.all(f"{GAPS}//h3//text()"), "it names every line"
    [africa] = shown.all(f"{GAPS}//li[h3='Africa']")
    assert "16 lines of 18" in africa.text_content()
    assert len(africa.xpath(".//ul/li")) == len(LINES) - 2
    assert [line for line in africa.xpath(".//ul/li") if "e-health" in line.text_content()] == []
    assert "No action line is named." in shown.text(f"{GAPS}//li[h3='CIS']")
    nobody = shown.text("//section[@aria-labelledby='nobody']")
    assert "CIS" in nobody
    assert "Quality education" not in nobody


def test_before_the_first_contribution_there_is_no_map() -> None:
    shown = site(read_coverage=coverage()).get(f"/en{HERE}")
    assert "No contribution has come in yet." in shown.text()
    assert shown.all("//table") == []


def test_of_a_service_of_before_it_shows_what_nobody_names() -> None:
    answer = coverage(_row(region="africa", action_lines=["C3"]))
    del answer["cells"]
    shown = site(read_coverage=answer).get(f"/en{HERE}")
    assert (shown.status, shown.all("//table")) == (200, [])
    assert "CIS" in shown.text("//section[@aria-labelledby='nobody']")


@pytest.mark.parametrize("path", ["/en/consultations/2017", "/en/desk/consultations/2017/submissions"])
def test_pages_lead_to_the_map(pages: Pages, path: str) -> None:
    counted = {"total": 0, "as_of": None, **rules.count([], merged=False)}
    pages.bus.answers |= {
        "consultation.list_submissions": {"items": [], "next": None, "total": 0},
        "consultation.count_submissions": counted,
    }
    assert f"/en{HERE}" in pages.sign_in("officer").get(path).all("//main//a/@href")

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import reference

from wsis_stocktaking.reports.rules import models, scopes
from wsis_stocktaking.reports.rules.scopes import SUBMITTED

from .. import generated
from ..report_kit import GLOBAL, STORIES, build, generated_model, regional, revisions

COUNT = 900


@pytest.fixture(scope="module")
def model() -> models.Model:
    """The global report of a generated register."""
    return generated_model(GLOBAL, COUNT)


@pytest.mark.parametrize("kind", ["global", "arab_states"])
def test_an_entry_stands_once_in_the_chapter_of_each_of_its_lines(kind: str) -> None:
    found = generated_model(GLOBAL if kind == "global" else regional(kind), COUNT)
    places = Counter(
        (number, chapter["line"]) for chapter in found["chapters"] for number in chapter["entries"] + chapter["also"]
    )
    assert places == Counter((entry["number"], line) for entry in found["entries"] for line in entry["lines"])
    told = [number for chapter in found["chapters"] for number in chapter["entries"]]
    assert told == list(range(1, len(found["entries"]) + 1))  # numbers rise, and each text stands once
    assert [chapter["line"] for chapter in found["chapters"]] == [line.code for line in reference.action_lines()]


def test_shares_add_up_and_counts_are_those_of_the_entries(model: models.Model) -> None:
    figures, entries = model["statistics"], model["entries"]
    for name in ("by_stakeholder_type", "by_coverage"):
        assert sum(row["percent"] for row in figures[name]) == 100
        assert sum(row["count"] for row in figures[name]) == figures["total"] == len(entries)
    grouped = next(row for row in figures["by_stakeholder_type"] if "academia" in row["codes"])
    assert grouped["codes"] == ["academia", "technical_community"]
    assert grouped["count"] == sum(entry["organization"]["type"] in grouped["codes"] for entry in entries)
    for row, line in zip(figures["line_by_sdg"], reference.action_lines(), strict=True):
        for goal, count in enumerate(row, 1):
            assert count == sum(line.code in entry["lines"] and goal in entry["sdgs"] for entry in entries)


@pytest.mark.parametrize("region", [region.code for region in reference.itu_regions()])
def test_a_region_has_each_of_its_entries_and_no_other(model: models.Model, region: str) -> None:
    found = generated_model(regional(region), COUNT)
    assert {entry["entry"] for entry in found["entries"]} == {
        entry["entry"] for entry in model["entries"] if region in entry["regions"]
    }
    assert found["entries"]
    of_region = {*reference.itu_region(region).countries, *reference.itu_region(region).territories}
    assert {row["codes"][0] for row in found["statistics"]["by_country"]} <= of_region


def test_the_state_of_palestine_is_in_the_arab_states(make_content: Callable[..., Any]) -> None:
    rows = revisions([make_content(countries=["PS"]), make_content(countries=["KE"])])
    found = build(regional("arab_states"), rows)
    assert [entry["countries"] for entry in found["entries"]] == [["PS"]]
    assert found["statistics"]["by_country"] == [{"codes": ["PS"], "count": 1, "percent": 100}]


def test_an_activity_of_the_period_was_under_way_in_a_year_of_it(make_content: Callable[..., Any]) -> None:
    def dates(start: str | None, end: str | None, status: str) -> dict[str, Any]:
        content: dict[str, Any] = make_content(start_date=start, end_date=end, status=status)
        return content

    of_period = [
        dates("2010-01-01", "2014-01-01", "completed"),
        dates("2012-01-01", None, "ongoing"),
        dates("2016-12-31", None, "planned"),
    ]
    others = [
        dates("2010-01-01", "2013-12-31", "completed"),
        dates("2017-01-01", None, "planned"),
        dates(None, None, "ongoing"),
        dates("2012-01-01", None, "completed"),
    ]
    assert build(GLOBAL, revisions(of_period + others))["statistics"]["total"] == len(of_period)
    submitted = {**GLOBAL, "period": {**GLOBAL["period"], "basis": SUBMITTED}}
    assert build(submitted, revisions(of_period + others))["statistics"]["total"] == len(of_period + others)


def test_success_stories_are_winners_then_champions_under_the_category(make_content: Callable[..., Any]) -> None:
    whole = "Long. " * 400
    rows = list(revisions([make_content(title={"en": name}, description={"en": whole}) for name in "ABCDE"]))
    for row, status, edition in zip(
        rows, ("champion", "winner", "nominated", "winner", None), ("2017", "2017", "2017", "2016", ""), strict=True
    ):
        row["prize"] = status and {"edition": edition, "category": "C1", "status": status}
    found = build(STORIES, rows)
    assert [(entry["title"]["en"], entry["prize"], entry["lines"]) for entry in found["entries"]] == [
        ("B", "winner", ["C1"]),
        ("A", "champion", ["C1"]),
    ]
    assert found["entries"][0]["text"]["en"] == whole
    assert build({**STORIES, "edition": "2018"}, rows)["entries"] == []


def test_reports_of_different_scopes_have_different_addresses() -> None:
    found = [scopes.series(scope) for scope in (GLOBAL, regional("cis"), regional("africa"), STORIES)]
    assert found == [
        "global-2014-01-01-2016-12-31",
        "regional-cis-2014-01-01-2016-12-31",
        "regional-africa-2014-01-01-2016-12-31",
        "success_stories-2017",
    ]


def test_a_model_does_not_depend_on_the_order_in_which_entries_are_read() -> None:
    rows = list(revisions(generated.contents(60)))
    assert build(GLOBAL, rows) == build(GLOBAL, reversed(rows))


def test_a_model_has_no_more_of_an_organization_than_its_card_and_says_its_origin(model: models.Model) -> None:
    assert set(model["entries"][0]["organization"]) == {"name", "type", "country"}
    assert (model["sequence"], model["versions"]) == (9000, {"matrix": "2015-06", "template": "2"})


@given(st.text(st.sampled_from("ab. !?。؟ \n"), max_size=80), st.integers(10, 60))
def test_an_excerpt_is_short_and_is_what_the_text_begins_with(text: str, length: int) -> None:
    found = models.excerpt(text, length)
    assert len(found) <= length or found == text
    assert text.startswith(found.removesuffix("…"))


def test_an_excerpt_ends_with_a_sentence_where_it_can() -> None:
    assert models.excerpt("One two three. Four five six seven.", 25) == "One two three."
    assert models.excerpt("农业价格信息服务。第二句话在这里继续写下去。", 15) == "农业价格信息服务。"
    assert models.excerpt("alpha beta gamma delta epsilon", 20) == "alpha beta gamma…"

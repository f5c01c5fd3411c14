"""What paper shows: the programme as a grid, all receipts of a ballot on one page, the map of coverage. Of pages of the
kit, which need no suite."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pikepdf
import pytest
from wsis_shared import reference
from wsis_testkit.pages import Pages

from .conftest import HEIGHT

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

LINES = [line.code for line in reference.action_lines()]
REGIONS = [region.code for region in (*reference.itu_regions(), reference.no_region())]
ROOMS = ("A", "B", "C", "D")
A4 = (595, 842)  # points


def session(room: str, hour: int) -> dict[str, Any]:
    """A session of an hour."""
    title = f"Digital skills for decent jobs, {room}{hour}"
    place = {"room": room.lower(), "room_name": f"Room {room}"}
    times = {"start": f"2017-06-12T{hour:02}:00:00Z", "end": f"2017-06-12T{hour + 1:02}:00:00Z"}
    texts = {"title": title, "titles": {"en": title}, "language": "en", "type_title": "Workshop", "organizers": ["ITU"]}
    return {"id": f"{room}{hour}", "code": f"{room}{hour}", "type": "workshop", **place, **times, **texts}


PROGRAMME = {
    "edition": "2017",
    "version": "1.1",
    "kind": "programme",
    "published_at": "2017-05-01T08:00:00Z",
    "note": None,
    "days": ["2017-06-12", "2017-06-13"],
    "types": [],
    "sessions": [session(room, hour) for hour in range(7, 16) for room in ROOMS],
}
COMMITMENTS = [f"{number:02}" * 32 for number in range(len(LINES))]
BALLOT = {
    "edition": "2017",
    "done": 18,
    "of": 18,
    "complete": True,
    "excluded": None,
    "message": "18 of 18",
    "state": "open",
    "order": 5,
    "voted": [
        {"category": line, "project": "p1", "receipt": {"commitment": commitment}}
        for line, commitment in zip(LINES, COMMITMENTS, strict=True)
    ],
    "missing": [],
    "opens_at": "2017-03-15T08:00:00Z",
    "closes_at": "2017-04-30T21:00:00Z",
}
COVERAGE = {
    "edition": "2017",
    "total": 40,
    "as_of": "2017-02-18T08:00:00Z",
    "unheard": {name: [] for name in ("action_line", "sdg", "region", "stakeholder_type")},
    "counts": {
        "action_line": [{"code": line, "count": 9} for line in LINES],
        "region": [{"code": region, "count": 6} for region in REGIONS],
    },
    "cells": [
        {"action_line": line, "region": region, "count": (row + column) % 3}
        for row, line in enumerate(LINES)
        for column, region in enumerate(REGIONS)
    ],
}


@pytest.fixture
def pages() -> Pages:
    answers = {"read_programme": PROGRAMME, "read_coverage": COVERAGE}
    voting = {"voting.read_ballot": BALLOT, "voting.read_voting": {"edition": "2017", "state": "open"}}
    return Pages({f"consultation.{name}": answer for name, answer in answers.items()} | voting).sign_in()


@pytest.fixture
def browse(chromium: Any, pages: Pages) -> Iterator[Any]:
    """`browse("/en/...")`: the page in a dark browser, with its files."""

    def serve(route: Route) -> None:
        asked = urlsplit(route.request.url)
        shown = pages.get(f"{asked.path}?{asked.query}" if asked.query else asked.path)
        route.fulfill(status=shown.status, body=shown.html, content_type=shown.headers["content-type"])

    context = chromium.new_context(viewport={"width": 320, "height": HEIGHT}, color_scheme="dark")
    page = context.new_page()
    page.route("**/*", serve)

    def browse(path: str) -> Page:
        response = page.goto(f"http://pages.example{path}")
        assert response.status == 200
        page.emulate_media(media="print")
        return page

    yield browse
    context.close()


def printed(page: Page) -> list[tuple[int, int]]:
    """The width and height of each sheet, in points."""
    with pikepdf.open(BytesIO(page.pdf(format="A4", prefer_css_page_size=True))) as pdf:
        return [(round(float(sheet.mediabox[2])), round(float(sheet.mediabox[3]))) for sheet in pdf.pages]


def boxes(page: Page, path: str) -> list[bool]:
    """Which elements of the path have a place on paper."""
    found: list[bool] = page.locator(path).evaluate_all("all => all.map(each => each.getClientRects().length > 0)")
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_day_of_the_programme_is_a_grid_on_one_broad_page(browse: Any, language: str) -> None:
    page = browse(f"/{language}/consultations/2017/programme")
    [(width, height)] = printed(page)
    assert (abs(width - A4[1]) < 2, abs(height - A4[0]) < 2) == (True, True), "landscape, from a phone too"
    assert boxes(page, "td a") == [True] * len(PROGRAMME["sessions"])
    gone = "header nav, main form, summary, main h3, .inline, footer"
    assert set(boxes(page, gone)) == {False}, "menus, filters, and the list that stands for the grid on phones"
    assert boxes(page, ".tabs a") == [True, False], "the day that is shown"
    assert set(boxes(page, "main a:not(td a, .tabs a)")) == {False}, "the words of a link that leads nowhere on paper"


def test_receipts_are_in_full_on_one_page(browse: Any) -> None:
    page = browse("/en/editions/2017/vote")
    assert page.locator("main details").get_attribute("open") is None, "nobody has opened them"
    assert len(printed(page)) == 1
    codes = page.locator("main details code")
    assert (codes.all_inner_texts(), boxes(page, "main details code")) == (COMMITMENTS, [True] * len(LINES))
    wide = "all => all.map(each => each.getClientRects().length + (each.scrollWidth > each.parentNode.clientWidth))"
    page.set_viewport_size({"width": 680, "height": HEIGHT})
    assert codes.evaluate_all(wide) == [1] * len(LINES), "each in one line, within its cell"


def test_the_map_of_coverage_is_printed_whole_and_dark_on_light(browse: Any) -> None:
    page = browse("/en/consultations/2017/coverage")
    assert {sheet[0] for sheet in printed(page)} == {596}, "upright"
    assert boxes(page, ".heat td") == [True] * (len(LINES) * (len(REGIONS) + 1) + len(REGIONS) + 1)
    ground = page.locator("html").evaluate("each => getComputedStyle(each).backgroundColor")
    gap = page.locator(".gap").first.evaluate("each => getComputedStyle(each).backgroundColor")
    assert (ground, gap) == ("rgb(255, 255, 255)", "rgb(255, 244, 221)")

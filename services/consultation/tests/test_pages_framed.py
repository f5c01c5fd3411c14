"""The programme in a frame of another site, and that nothing else stands in one."""

from __future__ import annotations

from html import unescape

import pytest
from lxml import html
from wsis_shared.pages import Page
from wsis_shared.plugin import discover
from wsis_testkit.pages import Pages

from wsis_gateway.web.catalogue import PAGES

from .page_kit import each_language, in_each_language, site

HERE = "/consultations/2017/programme"
FRAMED = f"{HERE}/embedded"
ALL = [*PAGES, *(page for plugin in discover() for page in plugin.pages)]


@pytest.fixture
def pages() -> Pages:
    return site()


@pytest.mark.parametrize("query", ["", "?day=2017-06-12", "?track=forum&day=2017-06-13", "?text=x"])
def test_any_site_may_frame_the_programme(pages: Pages, query: str) -> None:
    in_each_language(pages, FRAMED + query)
    shown = pages.get(f"/en{FRAMED}{query}")
    assert "frame-ancestors *" in shown.headers["content-security-policy"]
    assert "x-frame-options" not in shown.headers
    assert shown.headers["cross-origin-resource-policy"] == "cross-origin"
    assert (pages.cookies, shown.all("//script")) == ({}, [])
    assert "script-src" not in shown.headers["content-security-policy"], "none, by default-src"
    out = [link for link in shown.all("//a") if link.get("target") == "_blank"]
    assert len(out) == len(shown.all("//a")) == 5, "its links leave the frame"
    [form] = shown.all("//form")
    assert form.get("method") == "get"
    assert [field.get("name") for field in shown.all("//form//select")] == ["day", "track"]


def test_who_is_signed_in_sees_nothing_else_in_the_frame(pages: Pages) -> None:
    before = pages.get(f"/en{FRAMED}").html
    assert site().sign_in("officer").get(f"/en{FRAMED}").html == before


def test_the_filters_choose_what_is_read(pages: Pages) -> None:
    shown = pages.get(f"/ru{FRAMED}?day=2017-06-12&track=high_level")
    [sent] = pages.sent("read_programme")
    assert (sent["day"], sent["track"]) == ("2017-06-12", "high_level")
    day, track = shown.all("//option[@selected]/text()")
    assert (day.startswith("понедельник, 12 июня 2017"), track) == (True, "Сегмент высокого уровня")


@each_language
def test_the_programme_says_how_to_show_it_elsewhere(pages: Pages, language: str) -> None:
    shown = pages.get(f"/{language}{HERE}?day=2017-06-13&track=forum&sdg=9")
    frame, fallback = html.fragments_fromstring(unescape(shown.text("//details//code[starts-with(., '<iframe')]")))
    address = frame.get("src")
    assert address.endswith(f"/{language}{FRAMED}?day=2017-06-13&track=forum")
    assert pages.get(f"/{address.split('/', 3)[3]}").status == 200
    assert frame.get("title") == fallback.text_content() != ""
    assert fallback.find("a").get("href").endswith(f"/{language}{HERE}")


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.path)
def test_no_other_page_can_be_framed(pages: Pages, page: Page) -> None:
    assert page.framed is (page.path == FRAMED.replace("2017", "{edition}"))
    shown = pages.get("/en" + page.path.replace("{edition}", "2017"))
    if not page.framed:
        assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
        assert shown.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("address", [f"{FRAMED}?day=x", f"{FRAMED}/more", HERE, "/consultations/1/programme/embedded"])
def test_an_error_and_a_page_beside_it_are_not_framed(pages: Pages, address: str) -> None:
    pages.bus.answers.pop("consultation.read_programme")
    shown = pages.get(f"/en{address}")
    assert (shown.status >= 400, shown.headers["x-frame-options"]) == (True, "DENY")
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]


def test_a_form_cannot_be_sent_from_the_frame(pages: Pages) -> None:
    assert pages.post(f"/en{FRAMED}", {"day": "2017-06-12"}, **{"Sec-Fetch-Site": "cross-site"}).status == 405

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from wsis_consultation.discussions.rules import comments, discussions
from wsis_consultation.discussions.rules.comment_feed import feed_of

AT = datetime(2016, 12, 1, 12, tzinfo=UTC)
TEXTS = {"subtitle": "Commentaires", "community": "Jeunesse"}
URL = "https://wsis.example/v1/consultations/2017/discussions/2017-12"
PAGE = "https://wsis.example/fr/consultations/2017/discussions/2017-12"
NS = {"a": "http://www.w3.org/2005/Atom"}


def _row(number: int, text: str, **more: Any) -> dict[str, Any]:
    body = {"community": "youth", "language": "ar", "title": "الشباب", "text": "?"}
    counted = {**discussions.opened("2017", 12, body, AT), "comments": number, "threads": number}
    author = {"account": "ada", "names": "Ada <b>"}
    at = AT + timedelta(hours=number)
    return {**comments.written(counted, None, None, author, text, at, "web"), **more}


def _feed(*rows: dict[str, Any], url: str = URL) -> Any:
    body = {"community": "youth", "language": "ar", "title": "الشباب & TIC", "text": "?"}
    opened = discussions.opened("2017", 12, body, AT)
    return etree.fromstring(feed_of(opened, rows, TEXTS, url, PAGE, lambda row: row["names"]).encode())


def _texts(feed: Any, path: str) -> list[str]:
    return feed.xpath(path, namespaces=NS)


def test_feed_has_what_rfc_4287_asks_for() -> None:
    feed = _feed(_row(1, "Un"), _row(2, "Deux **fois**"))
    assert _texts(feed, "a:title/text()") == ["الشباب & TIC"]
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert _texts(feed, "a:link[@rel='self']/@href") == [f"{URL}/feed"]
    assert _texts(feed, "a:link[@rel='alternate']/@href") == [PAGE]
    assert _texts(feed, "a:entry/a:link/@href") == [f"{PAGE}/comments/2", f"{PAGE}/comments/1"]
    assert _texts(feed, "a:updated/text()") == ["2016-12-01T14:00:00+00:00"]
    assert _texts(feed, "a:entry/a:content/text()")[0] == '<p dir="auto">Deux <strong>fois</strong></p>'
    assert _texts(feed, "a:entry/a:author/a:name/text()") == ["Ada <b>", "Ada <b>"]
    assert _texts(feed, "a:entry/a:title/text()")[0] == "\u2068Ada <b>\u2069: \u2068الشباب & TIC\u2069"
    for required in ("a:id", "a:title", "a:updated"):
        assert len(_texts(feed, required)) == 1
        assert len(_texts(feed, f"a:entry/{required}")) == 2


def test_ids_are_stable_and_the_address_of_the_platform_is_not_in_them() -> None:
    here, there = _feed(_row(1, "Un")), _feed(_row(1, "Other"), url="https://other.example/d")
    assert _texts(here, "//a:id/text()") == _texts(there, "//a:id/text()")
    assert all(id.startswith("urn:uuid:") for id in _texts(here, "//a:id/text()"))


def test_edited_comment_is_updated_and_its_date_of_publication_stays() -> None:
    feed = _feed(_row(1, "Un", edited_at=AT + timedelta(hours=9)))
    assert _texts(feed, "a:entry/a:published/text()") == ["2016-12-01T13:00:00+00:00"]
    assert _texts(feed, "a:entry/a:updated/text() | a:updated/text()") == ["2016-12-01T21:00:00+00:00"] * 2


def test_feed_without_comments_dates_from_the_opening() -> None:
    assert _texts(_feed(), "a:updated/text()") == ["2016-12-01T12:00:00+00:00"]


@pytest.mark.parametrize("char", ["\ufffe", "\uffff", "\x0b", "\x00"])
def test_characters_that_xml_lacks_do_not_break_the_feed(char: str) -> None:
    feed = _feed(_row(1, "Un", html=f"a{char}b", names=f"A{char}"))
    assert _texts(feed, "a:entry/a:content/text()") == ["a\ufffdb"]

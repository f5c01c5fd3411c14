"""Announcements: shown first, in the name of the secretariat, and mailed to all followers."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import actor

from ..discussion_kit import ADA, BOB, EVE, NAMES, TEXT, Forum
from ..page_answers import DISCUSSION, comment
from ..page_kit import site

SAID = {"text": "La séance **commence** à midi", "language": "fr"}


pytestmark = pytest.mark.usefixtures("community")


def announce(forum: Forum) -> dict[str, Any]:
    made: dict[str, Any] = forum.call("announce", actor("officer", id=next(iter(NAMES))), body=SAID)
    return made


def test_an_announcement_is_the_secretariats_and_needs_no_approval(forum: Forum) -> None:
    forum.call("change_discussion", forum.consultation.officer, body={**TEXT, "approval": True})
    made = announce(forum)
    assert (made["number"], made["kind"], made["status"]) == (1, "announcement", "published")
    [row] = forum.call("list_announcements", context={"locale": "fr"})["items"]
    assert (row["number"], row["author"], row["organization"]) == (1, "Secrétariat", None)
    assert forum.read(1)["author"] == "Secretariat"
    feed = forum.call("read_discussion_feed", context={"locale": "fr"})["text"]
    assert ("<name>Secrétariat</name>" in feed, next(iter(NAMES.values())) in feed) == (True, False)
    assert forum.call("read_discussion")["comments"] == 1
    assert forum.audited(f"comment/{forum.id}-1", 1)[0]["action"] == "consultation.announced"


def test_other_comments_are_no_announcements_and_a_hidden_one_is_none_any_more(forum: Forum) -> None:
    forum.post(ADA, "Bonjour")
    made = announce(forum)
    rows = forum.call("list_announcements")["items"]
    assert [row["number"] for row in rows] == [made["number"]]
    forum.moderate(made["number"])
    assert forum.call("list_announcements")["items"] == []


def test_all_followers_are_mailed_at_once(forum: Forum) -> None:
    forum.follow(BOB)
    forum.follow(EVE, "daily")
    made = announce(forum)
    [notice] = forum.events("comment_notice", 1)
    assert (sorted(notice["accounts"]), notice["n"]) == (["bob", "eve"], made["number"])
    mail = forum.consultation.call("write_comment_notice", data=notice, account="eve")
    assert (mail["author"], mail["text"]) == ("Secrétariat", SAID["text"])


def test_a_page_shows_it_first_and_asks_before_it_is_mailed() -> None:
    shown = {**comment(3), "kind": "announcement", "author": "Secretariat"}
    whole = {**DISCUSSION, "html": "<p>?</p>", "markdown": "?", "feed": "/feed"}
    pages = site(
        list_waiting={"items": []},
        read_discussion=whole,
        list_announcements={"items": [shown], "next": None},
        preview_comment={"html": "<p>Come to <em>room 2</em></p>"},
        announce={**shown, "markdown": "?", "moderation": None, "editable": False},
    ).sign_in("officer")
    page = pages.get("/en/consultations/2017/discussions/d1")
    assert "Secretariat" in page.text("//section[@aria-labelledby='announcements']")
    desk = "/en/desk/consultations/2017/discussions/d1"
    [way] = pages.get(desk).all("//main//a[contains(@href, '/announcement')]/@href")
    looked = pages.get(str(way)).send(_form="preview", text="Come to *room 2*", language="fr")
    assert looked.all("//*[@class='written']//em/text()") == ["room 2"]
    assert looked.all("//textarea/text()") == ["Come to *room 2*"]
    check = pages.get(str(way)).send(**SAID)
    assert "Everybody who follows the discussion gets a mail at once." in check.text()
    assert [call for call, *_ in pages.bus.calls if call == "consultation.announce"] == []
    assert check.send().address == f"{desk}?done=yes"

"""Discussions that ask for approval: comments wait, moderators decide, authors are told."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import refused

from ..discussion_kit import ADA, BOB, TEXT, Forum

pytestmark = pytest.mark.usefixtures("community")


@pytest.fixture
def forum(forum: Forum) -> Forum:
    forum.call("change_discussion", forum.consultation.officer, body={**TEXT, "approval": True})
    return forum


def waiting(forum: Forum, **more: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = forum.call("list_waiting_comments", forum.consultation.officer, **more)["items"]
    return rows


def decide(forum: Forum, id: str, decision: str, reason: str = "") -> dict[str, Any]:
    body = {"decision": decision, "reason": reason}
    made: dict[str, Any] = forum.call("decide_comment", forum.consultation.officer, comment=id, body=body)
    return made


def test_a_comment_waits_and_nobody_but_author_and_moderators_reads_it(forum: Forum) -> None:
    posted = forum.call("post_comment", ADA, body={"text": "Bonjour", "parent": None})
    assert (posted["number"], posted["status"], posted["markdown"]) == (0, "waiting", "Bonjour")
    shown = forum.call("read_discussion")
    assert (shown["approval"], shown["comments"], shown["threads"]) == (True, 0, 0)
    assert forum.call("list_comments")["items"] == []
    assert "Bonjour" not in forum.feed()
    [own] = forum.call("list_own_waiting_comments", ADA)["items"]
    assert own["status"] == "waiting"
    assert forum.call("list_own_waiting_comments", BOB)["items"] == []
    [row] = waiting(forum)
    assert (row["id"], row["author"], row["markdown"]) == (own["id"], "Ada Umutoni", "Bonjour")
    queues = forum.consultation.call("list_waiting", forum.consultation.officer)["items"]
    assert {row["code"]: row["count"] for row in queues}["waiting_comments"] > 0


def test_an_approved_comment_is_posted_counted_and_mailed_once(forum: Forum) -> None:
    forum.follow(BOB)
    for text in ("Première", "Seconde"):
        forum.post(ADA, text)
    ids = {row["markdown"]: row["id"] for row in waiting(forum)}
    first, second = ids["Première"], ids["Seconde"]
    assert decide(forum, second, "approved") == {"decision": "approved", "number": 1}
    shown = forum.call("read_discussion")
    assert (shown["comments"], shown["threads"]) == (1, 1)
    assert forum.read(1)["html"] == '<p dir="auto">Seconde</p>'
    assert [notice["n"] for notice in forum.events("comment_notice", 1)] == [1]
    [told] = forum.events("comment_decided", 1)
    assert (told["account"], told["decision"], told["n"]) == ("ada", "approved", 1)
    mail = forum.consultation.call("explain_decision", data=told, account="ada")
    assert (mail["title"], mail["text"], mail["reason"]) == (TEXT["title"], "Seconde", "")
    assert [row["id"] for row in waiting(forum)] == [first]
    assert forum.audited(f"comment/{second}", 1)[0]["action"] == "consultation.comment_approved"
    with refused("consultation.comment_unknown"):
        decide(forum, second, "approved")


def test_an_approved_comment_says_what_the_moderator_read(forum: Forum) -> None:
    forum.post(ADA, "Première")
    decide(forum, waiting(forum)[0]["id"], "approved")
    [own] = forum.call("list_own_comments", ADA)["items"]
    assert own["editable"] is False
    with refused("consultation.comment_approved"):
        forum.call("edit_comment", ADA, number="1", body={"text": "Achetez !"})


def test_refused_comment_is_told_with_its_reason_and_nobody_else_reads_it(forum: Forum) -> None:
    forum.post(ADA, "Achetez !")
    [row] = waiting(forum)
    decide(forum, row["id"], "refused", "Publicité")
    assert waiting(forum) == []
    [own] = forum.call("list_own_waiting_comments", ADA)["items"]
    assert (own["status"], own["moderation"]["reason"]) == ("refused", "Publicité")
    assert "by" not in own["moderation"]
    [told] = forum.events("comment_decided", 1)
    mail = forum.consultation.call("explain_decision", data=told, account="ada")
    assert (mail["text"], mail["reason"]) == ("Achetez !", "Publicité")
    assert forum.call("read_discussion")["comments"] == 0
    assert [row["status"] for row in waiting(forum, status="refused")] == ["refused"]
    assert decide(forum, row["id"], "approved")["number"] == 1, "a moderator may think again"


def test_a_reply_waits_with_its_place_and_is_posted_in_the_thread(forum: Forum) -> None:
    forum.post(ADA)
    decide(forum, waiting(forum)[0]["id"], "approved")
    assert forum.post(BOB, "D’accord", parent=1) == 0
    decide(forum, waiting(forum)[0]["id"], "approved")
    reply = forum.read(2)
    assert (reply["thread"], reply["parent"], reply["author"]) == (1, 1, "Bob Martin")


def test_nothing_is_posted_where_it_has_no_place_any_more(forum: Forum) -> None:
    forum.post(ADA)
    [row] = waiting(forum)
    body = {"state": "closed", "reason": "Terminé"}
    forum.call("set_discussion_state", forum.consultation.officer, body=body)
    with refused("consultation.discussion_closed"):
        decide(forum, row["id"], "approved")
    assert [each["id"] for each in waiting(forum)] == [row["id"]]
    with refused("consultation.discussion_closed"):
        forum.post(ADA)


def test_an_author_takes_a_comment_back_and_nobody_else_can(forum: Forum) -> None:
    forum.post(ADA)
    [row] = waiting(forum)
    with refused("consultation.not_the_author"):
        forum.call("take_back_comment", BOB, comment=row["id"])
    forum.call("take_back_comment", ADA, comment=row["id"])
    assert waiting(forum) == []


def test_a_change_that_does_not_name_the_setting_leaves_it(forum: Forum) -> None:
    officer = forum.consultation.officer
    assert forum.call("change_discussion", officer, body=TEXT)["approval"] is True
    assert forum.call("change_discussion", officer, body={**TEXT, "approval": False})["approval"] is False
    assert forum.post(ADA) == 1


def test_a_comment_has_the_language_that_its_author_chose(forum: Forum) -> None:
    forum.call("post_comment", ADA, body={"text": "مرحبا", "parent": None, "language": "ar"})
    [row] = waiting(forum)
    assert row["language"] == "ar"
    decide(forum, row["id"], "approved")
    assert forum.read(1)["language"] == "ar"
    assert [event["language"] for event in forum.events("comment_posted", 1)] == ["ar"]

"""Reports of readers and decisions of officers."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import refused

from ..discussion_kit import ADA, BOB, EVE, TEXT, Forum

pytestmark = pytest.mark.usefixtures("community")


def test_reports_hide_nothing_and_count_once_per_account(forum: Forum) -> None:
    number = forum.post(ADA, "Achetez !")
    for who, reason in ((BOB, "spam"), (BOB, "abuse"), (EVE, "abuse")):
        forum.report(who, number, reason)
    assert forum.read(number)["status"] == "published"
    officer = forum.consultation.officer
    queues = {row["code"]: row["count"] for row in forum.consultation.call("list_waiting", officer)["items"]}
    assert queues["reported_comments"] > 0
    [row] = [
        row
        for row in forum.consultation.call("list_reported_comments", officer, edition="2017")["items"]
        if row["discussion"] == forum.id
    ]
    assert (row["report_count"], row["report_reasons"], row["markdown"]) == (2, {"spam": 1, "abuse": 1}, "Achetez !")
    reports = forum.call("list_comment_reports", officer, number=str(number))["items"]
    assert [(report["account"], report["reason"]) for report in reports] == [("bob", "spam"), ("eve", "abuse")]


def test_decision_handles_the_reports_and_a_new_report_opens_them_again(forum: Forum) -> None:
    number = forum.post(ADA)
    forum.report(BOB, number)
    forum.moderate(number, "published", "Rien à redire")
    assert forum.audited(f"comment/{forum.id}-{number}", 1)[0]["action"] == "consultation.comment_kept"
    assert [
        event
        for event in forum.consultation.published.of("comment_moderated")
        if event["data"]["discussion"] == forum.id
    ] == []  # nothing to tell its author

    def listed(state: str) -> list[str]:
        officer = forum.consultation.officer
        rows = forum.consultation.call("list_reported_comments", officer, edition="2017", state=state)["items"]
        return [row["discussion"] for row in rows]

    assert (forum.id in listed("open"), forum.id in listed("handled")) == (False, True)
    forum.report(EVE, number)
    assert forum.id in listed("open")


def test_hidden_comment_is_a_tombstone_everywhere_and_comes_back(forum: Forum) -> None:
    number = forum.post(ADA, "Propos déplacés")
    assert "Propos" in forum.feed()
    forum.moderate(number, reason="Propos injurieux")
    for who in (None, BOB, ADA, forum.consultation.officer):
        assert "déplacés" not in str(forum.call("list_comments", who)) + str(forum.call("list_threads", who))
        assert (forum.read(number, who)["status"], forum.read(number, who)["html"]) == ("hidden", "")
    assert "Propos" not in forum.feed()
    [own] = forum.mine(ADA)["items"]
    officer = forum.call("read_moderation", forum.consultation.officer, number=str(number))
    assert (own["status"], own["markdown"]) == ("hidden", "Propos déplacés")
    assert (own["moderation"]["reason"], "by" in own["moderation"]) == ("Propos injurieux", False)
    assert (officer["markdown"], officer["moderation"]["by"]) == ("Propos déplacés", forum.consultation.officer.id)
    with refused("consultation.comment_removed"):
        forum.call("edit_comment", ADA, number=str(number), body={"text": "Mieux"})
    forum.moderate(number, "published", "Retiré par erreur")
    assert forum.read(number)["html"] == '<p dir="auto">Propos déplacés</p>'
    assert "Propos" in forum.feed()
    changes = [data["change"] for data in forum.events("comment_changed", 2)]
    assert changes == ["hidden", "restored"]


def test_decision_is_audited_and_its_author_is_told(forum: Forum) -> None:
    number = forum.post(ADA, "Propos")
    forum.moderate(number, reason="Hors sujet")
    [told] = forum.events("comment_moderated", 1)
    assert (told["account"], told["n"], told["status"]) == ("ada", number, "hidden")
    mail = forum.consultation.call("explain_moderation", data=told, account="ada")
    assert mail == {"title": TEXT["title"], "text": "Propos", "reason": "Hors sujet"}
    [entry] = forum.audited(f"comment/{forum.id}-{number}", 1)
    assert (entry["action"], entry["reason"]) == ("consultation.comment_hidden", "Hors sujet")
    assert "Propos" not in str(entry)
    forum.moderate(number, "published", "Après relecture")
    with refused("consultation.nothing_to_mail"):  # the mail that was not written yet would be wrong now
        forum.consultation.call("explain_moderation", data=told, account="ada")


def test_comments_are_rendered_once_more_from_what_was_written(forum: Forum, database: Any) -> None:
    forum.post(ADA, "Un *mot*")
    forum.call("delete_comment", ADA, number=str(forum.post(ADA, "Effacé")))
    db = database("consultation")
    db["comments"].update_many({"discussion": forum.id}, {"$set": {"html": "<old>"}})
    db["discussions"].update_one({"_id": forum.id}, {"$set": {"html": "<old>"}})
    result = forum.consultation.run("start_render_comments", edition="2017")
    assert result["rendered"] >= 2
    listed = forum.call("list_comments", order="oldest")["items"]
    assert [row["html"] for row in listed] == ['<p dir="auto">Un <em>mot</em></p>', ""]
    assert forum.call("read_discussion")["html"] == '<p dir="auto">Vos <strong>idées</strong> ?</p>'


def test_nobody_replies_in_a_thread_of_which_the_first_comment_is_hidden(forum: Forum) -> None:
    first = forum.post(ADA)
    reply = forum.post(BOB, parent=first)
    forum.moderate(first)
    with refused("consultation.comment_removed"):
        forum.post(EVE, parent=reply)
    forum.moderate(first, "published", "Restored")
    assert forum.read(forum.post(EVE, parent=reply))["parent"] == reply

"""Followers of a discussion, and what becomes of an account that is erased."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import publish, refused, wait_for

from ..discussion_kit import ADA, BOB, EVE, NAMES, TEXT, ZOE, Forum, open_discussion

pytestmark = pytest.mark.usefixtures("community")


def test_followers_get_each_comment_but_not_their_own(forum: Forum) -> None:
    for who, mode in ((ADA, "immediate"), (BOB, "immediate"), (EVE, "daily"), (ZOE, "immediate"), (ZOE, "off")):
        forum.follow(who, mode)
    number = forum.post(ADA, "Une **idée**")
    [notice] = forum.events("comment_notice", 1)
    assert (notice["accounts"], notice["n"]) == (["bob"], number)
    assert not {"text", "author", "names"} & set(notice)
    mail = forum.consultation.call("write_comment_notice", data=notice, account="bob")
    assert (mail["title"], mail["author"], mail["text"]) == (TEXT["title"], "Ada Umutoni", "Une **idée**")
    assert mail["headers"] == {
        "List-Id": f"<{forum.id}.discussions.127.0.0.1>",
        "References": f"<{forum.id}@127.0.0.1> <{forum.id}-1@127.0.0.1>",
        "In-Reply-To": f"<{forum.id}-1@127.0.0.1>",
    }


@pytest.mark.parametrize("change", ["hidden", "deleted", "unfollowed"])
def test_mail_that_is_not_written_yet_is_dropped_when_there_is_nothing_to_say(forum: Forum, change: str) -> None:
    forum.follow(BOB)
    number = forum.post(ADA)
    [notice] = forum.events("comment_notice", 1)
    if change == "hidden":
        forum.moderate(number)
    elif change == "deleted":
        forum.call("delete_comment", ADA, number=str(number))
    else:
        forum.follow(BOB, "off")
    with refused("consultation.nothing_to_mail"):
        forum.consultation.call("write_comment_notice", data=notice, account="bob")


def test_reader_sees_what_they_follow(forum: Forum) -> None:
    forum.follow(ZOE, "daily")
    assert (forum.mine(ZOE)["follow"], forum.mine(BOB)["follow"]) == ("daily", "off")
    follows = forum.consultation.call("list_follows", ZOE, edition="2017")["items"]
    assert {"discussion": forum.id, "mode": "daily"}.items() <= follows[-1].items()


def test_commenters_are_told_of_changes_of_the_edition(forum: Forum, database: Any) -> None:
    forum.post(ZOE)
    contacts = database("consultation")["contacts"]
    found = wait_for(lambda: contacts.find_one({"email": "zoe@ngo.example", "edition": "2017"}))
    assert (found["names"], found["locale"], found["reasons"]) == ("Zoé Blanc", "fr", ["discussion"])


def test_erased_account_leaves_its_words_without_its_name(forum: Forum, amqp_client: Any, database: Any) -> None:
    number = forum.post(EVE, "Une idée qui reste")
    forum.follow(EVE)
    forum.report(EVE, forum.post(ADA))
    publish(amqp_client, "accounts", "account_erased", {"account": "eve"}, subject="eve")
    seen = wait_for(lambda: (row := forum.read(number, BOB))["author"] != NAMES["eve"] and row, what="the erasure")
    assert (seen["author"], seen["html"]) == ("Former participant", '<p dir="auto">Une idée qui reste</p>')
    assert (seen["organization"], seen["country"]) == (None, None)
    assert forum.read(number, context={"locale": "ar"})["author"] == "مشارك سابق"
    db = database("consultation")
    assert not any(db[name].find_one({"account": "eve"}) for name in ("follows", "comment_reports"))
    assert "Olsen" not in str(list(db["comments"].find({}))) + forum.feed()


def follow_community(consultation: Any, who: Any, community: str = "youth", *, following: bool = True) -> Any:
    where = {"edition": "2017", "community": community}
    return consultation.call("follow_community", who, **where, body={"following": following})


def test_who_follows_a_community_is_told_of_a_new_discussion_with_its_text(consultation: Any) -> None:
    assert follow_community(consultation, BOB)["following"] is True
    follow_community(consultation, BOB)
    follow_community(consultation, EVE)
    follow_community(consultation, EVE, following=False)
    [row] = consultation.call("list_followed_communities", BOB, edition="2017")["items"]
    assert (row["code"], row["following"]) == ("youth", True)
    opened = open_discussion(consultation)
    [notice] = opened.events("discussion_notice", 1)
    assert notice["accounts"] == ["bob"]
    mail = consultation.call("write_discussion_notice", data=notice, account="bob")
    assert (mail["title"], mail["text"], mail["community"]["fr"]) == (TEXT["title"], TEXT["text"], "Jeunesse")
    assert mail["headers"]["List-Id"] == f"<{opened.id}.discussions.127.0.0.1>"
    with refused("consultation.nothing_to_mail"):
        consultation.call("write_discussion_notice", data=notice, account="eve")
    with refused("consultation.community_unknown"):
        follow_community(consultation, BOB, "elders")

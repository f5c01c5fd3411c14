from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import actor, refused

from wsis_consultation.discussions import schemas
from wsis_consultation.discussions.store import Comments

from ..discussion_kit import ADA, AT, BOB, EVE, TEXT, Forum, iso

pytestmark = pytest.mark.usefixtures("community")


# -- communities and discussions ---------------------------------------------------------------------------------------


def test_communities_are_listed_in_the_language_of_the_reader(consultation: Any) -> None:
    listed = consultation.call("list_communities", edition="2017", context={"locale": "fr"})["items"]
    assert [(row["code"], row["title"], row["description"]) for row in listed] == [
        ("youth", "Jeunesse", "For the young")
    ]


def test_code_of_a_community_is_taken_once(consultation: Any) -> None:
    body = {"code": "youth", "title": {"en": "Again"}, "description": {}, "order": 1}
    with refused("consultation.community_exists"):
        consultation.call("create_community", consultation.officer, edition="2017", body=body)


def test_discussions_are_listed_newest_first_by_language(consultation: Any, forum: Forum) -> None:
    body = {**TEXT, "language": "zh", "title": "青年"}
    other = consultation.call("open_discussion", consultation.officer, edition="2017", body=body)["id"]
    listed = consultation.call("list_discussions", edition="2017")["items"]
    assert [row["id"] for row in listed[:2]] == [other, forum.id]
    chinese = consultation.call("list_discussions", edition="2017", language="zh")["items"]
    assert [(row["id"], row["title"]) for row in chinese] == [(other, "青年")]


def test_discussion_belongs_to_its_edition(consultation: Any, forum: Forum) -> None:
    with refused("consultation.discussion_unknown"):
        consultation.call("read_discussion", edition="2018", discussion=forum.id)


def test_everybody_reads_the_same_of_a_discussion(forum: Forum) -> None:
    anonymous, officer = forum.call("read_discussion"), forum.call("read_discussion", forum.consultation.officer)
    assert anonymous == officer
    assert anonymous["markdown"] == TEXT["text"]


def test_closed_discussion_is_readable_and_takes_no_comment_until_it_is_opened(forum: Forum) -> None:
    number = forum.post(ADA)
    officer = forum.consultation.officer
    closed = forum.call("set_discussion_state", officer, body={"state": "closed", "reason": "Fin de la phase"})
    assert closed["state"] == "closed"
    for attempt in (
        lambda: forum.post(BOB),
        lambda: forum.call("edit_comment", ADA, number=str(number), body={"text": "Autre"}),
    ):
        with refused("consultation.discussion_closed"):
            attempt()
    [row] = forum.mine(ADA)["items"]
    assert (row["html"], row["editable"], row["can_reply"]) == ('<p dir="auto">Bonjour</p>', False, False)
    forum.call("set_discussion_state", officer, body={"state": "open", "reason": "Encore une semaine"})
    assert forum.post(BOB) == 2
    entries = forum.audited(f"discussion/{forum.id}", 3)
    assert [entry["reason"] for entry in entries] == [None, "Fin de la phase", "Encore une semaine"]


def test_discussions_are_closed_in_one_act_or_none_is(forum: Forum) -> None:
    consultation, officer = forum.consultation, forum.consultation.officer
    other = consultation.call("open_discussion", officer, edition="2017", body=TEXT)["id"]
    body = {"discussions": [other, forum.id, other], "state": "closed", "reason": "Fin de la phase"}

    def close(**changed: object) -> Any:
        return consultation.call("set_discussion_states", officer, edition="2017", body={**body, **changed})

    with refused("consultation.discussion_unknown"):
        close(discussions=[forum.id, "2017-999999"])
    assert forum.call("read_discussion")["state"] == "open"
    forum.call("set_discussion_state", officer, body={"state": "closed", "reason": "Hors sujet"})
    assert [(row["id"], row["state"]) for row in close()["items"]] == [(other, "closed"), (forum.id, "closed")]
    assert close(state="open", reason="Encore une semaine")["items"][0]["closed_at"] is None
    assert forum.post(ADA) == 1
    assert [event["state"] for event in forum.events("discussion_changed", 3)] == ["open", "closed", "open"]
    reasons = [entry["reason"] for entry in forum.audited(f"discussion/{other}", 3)]
    assert reasons == [None, "Fin de la phase", "Encore une semaine"]
    assert len(forum.audited(f"discussion/{forum.id}", 3)) == 3


# -- comments ----------------------------------------------------------------------------------------------------------


def test_members_discuss_in_threads(forum: Forum) -> None:
    first = forum.post(ADA, "Des **ateliers** pour les jeunes")
    reply = forum.post(BOB, "D'accord", parent=first)
    second = forum.post(EVE, "Autre chose")
    again = forum.post(ADA, "Merci", parent=reply)
    deepest = forum.post(BOB, "De rien", parent=again)
    assert [first, reply, second, again, deepest] == [1, 2, 3, 4, 5]
    flat = forum.call("list_comments")
    assert [row["number"] for row in flat["items"]] == [5, 4, 3, 2, 1]
    assert flat["items"][4]["html"] == '<p dir="auto">Des <strong>ateliers</strong> pour les jeunes</p>'
    threads = forum.call("list_threads", order="oldest")
    assert [(row["number"], row["replies"]) for row in threads["items"]] == [(1, 3), (3, 0)]
    replies = [(row["number"], row["parent"], row["depth"]) for row in threads["items"][0]["first_replies"]]
    assert replies == [(2, 1, 2), (4, 2, 3), (5, 4, 3)]
    assert [row["number"] for row in forum.call("list_threads")["items"]] == [3, 1]


def test_long_thread_is_read_page_by_page(forum: Forum) -> None:
    first = forum.post(ADA)
    numbers = [forum.post(BOB, f"Réponse {count}", parent=first) for count in range(7)]
    [thread] = forum.call("list_threads")["items"]
    assert (thread["replies"], [row["number"] for row in thread["first_replies"]]) == (7, numbers[:5])
    page = forum.call("list_replies", number=str(first), limit=4)
    rest = forum.call("list_replies", number=str(first), limit=4, after=page["next"])
    assert [row["number"] for row in page["items"] + rest["items"]] == numbers
    assert rest["next"] is None


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_pages_have_each_comment_once(forum: Forum, order: str) -> None:
    numbers = [forum.post(ADA, f"Numéro {count}") for count in range(7)]
    seen, after = [], None
    while True:
        page = forum.call("list_comments", order=order, limit=3, after=after)
        seen += [row["number"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == (numbers[::-1] if order == "newest" else numbers)


def test_everybody_reads_the_same_of_a_comment_and_its_author_more(forum: Forum) -> None:
    number = forum.post(ADA, "*Bonjour*")
    readers = None, ADA, BOB, forum.consultation.officer
    [public, *same] = [schemas.Comment().dump(forum.read(number, who)) for who in readers]
    assert same == [public] * 3
    assert set(public) == {
        *("number", "thread", "parent", "depth", "status", "language", "html", "posted_at", "edited_at", "via"),
        *("kind", "author", "organization", "country", "stakeholder_type", "can_reply"),
    }
    assert (public["author"], public["language"], public["posted_at"]) == ("Ada Umutoni", "fr", iso(AT))
    assert (public["organization"], public["country"], public["can_reply"]) == ("Réseau", "RW", True)
    [own] = forum.mine(ADA)["items"]
    assert (own["number"], own["markdown"], own["editable"], own["moderation"]) == (number, "*Bonjour*", True, None)
    assert forum.mine(BOB)["items"] == []


def test_country_of_a_private_person_is_not_shown(forum: Forum, database: Any) -> None:
    number = forum.post(ADA)
    database("consultation")["comments"].update_one({"_id": f"{forum.id}-{number}"}, {"$set": {"organization": None}})
    read = forum.read(number)
    assert (read["author"], read["country"], read["stakeholder_type"]) == ("Ada Umutoni", None, None)


def test_own_comments_are_read_page_by_page_the_newest_first(forum: Forum) -> None:
    numbers = [forum.post(who) for who in (ADA, BOB, ADA, ADA)]
    first = forum.mine(ADA, limit=2)
    rest = forum.mine(ADA, limit=2, after=first["next"])
    assert [row["number"] for row in first["items"] + rest["items"]] == [numbers[3], numbers[2], numbers[0]]
    assert rest["next"] is None


def test_author_edits_for_fifteen_minutes_and_officers_see_what_it_said(forum: Forum) -> None:
    number = str(forum.post(ADA, "Un"))
    edited = forum.call("edit_comment", ADA, at=AT + timedelta(minutes=14), number=number, body={"text": "Deux"})
    assert (edited["markdown"], edited["edited_at"]) == ("Deux", iso(AT + timedelta(minutes=14)))
    forum.call("edit_comment", ADA, at=AT + timedelta(minutes=14), number=number, body={"text": "Trois"})
    versions = forum.call("list_comment_versions", forum.consultation.officer, number=number)["items"]
    assert [row["markdown"] for row in versions] == ["Un", "Deux"]
    with refused("consultation.edit_window_over") as late:
        forum.call("edit_comment", ADA, at=AT + timedelta(minutes=15), number=number, body={"text": "Quatre"})
    assert (late.value.code, late.value.params) == ("consultation.edit_window_over", {"minutes": 15})
    for method, more in (("edit_comment", {"body": {"text": "Autre"}}), ("delete_comment", {})):
        with refused("consultation.not_the_author"):
            forum.call(method, BOB, number=number, **more)
    assert forum.read(int(number))["html"] == '<p dir="auto">Trois</p>'


def test_deleted_comment_leaves_its_number_and_no_text(forum: Forum, database: Any) -> None:
    number = forum.post(ADA, "Un secret")
    forum.post(BOB, "Réponse", parent=number)
    forum.call("edit_comment", ADA, number=str(number), body={"text": "Un autre secret"})
    forum.call("delete_comment", ADA, number=str(number))
    [thread] = forum.call("list_threads", BOB)["items"]
    assert (thread["status"], thread["html"], thread["author"]) == ("deleted", "", None)
    assert [row["html"] for row in thread["first_replies"]] == ['<p dir="auto">Réponse</p>']
    stored = [
        *database("consultation")["comments"].find({"discussion": forum.id}),
        *database("consultation")["comment_versions"].find({"comment": f"{forum.id}-{number}"}),
    ]
    assert "secret" not in str(stored)
    assert "secret" not in forum.feed()
    with refused("consultation.comment_removed"):
        forum.post(EVE, parent=number)


def test_reply_to_a_comment_that_is_not_there_takes_no_number(forum: Forum) -> None:
    with refused("consultation.comment_unknown"):
        forum.post(ADA, parent=7)
    assert forum.post(ADA) == 1


def test_comments_of_many_at_once_are_numbered_densely(forum: Forum) -> None:
    first = forum.post(ADA)
    with ThreadPoolExecutor(8) as pool:
        numbers = list(
            pool.map(lambda count: forum.post(BOB, f"N° {count}", parent=first if count % 2 else None), range(24))
        )
    assert sorted(numbers) == list(range(2, 26))
    listed = forum.call("list_comments", order="oldest", limit=100)["items"]
    assert [row["number"] for row in listed] == list(range(1, 26))
    assert forum.call("list_threads", order="oldest")["items"][0]["replies"] == 12
    replies = forum.call("list_replies", number=str(first))["items"]
    assert sorted(row["number"] for row in replies) == sorted(row["number"] for row in listed if row["parent"])


def test_replies_and_reports_at_once_are_all_counted(forum: Forum) -> None:
    first = forum.post(ADA)
    with ThreadPoolExecutor(8) as pool:
        replies = [pool.submit(forum.post, BOB, parent=first) for _ in range(10)]
        reports = [pool.submit(forum.report, actor(), first) for _ in range(10)]
        assert [done.exception() for done in [*replies, *reports]] == [None] * 20
    [thread] = forum.call("list_threads")["items"]
    decided = forum.call("read_moderation", forum.consultation.officer, number=str(first))
    assert (thread["replies"], decided["report_count"]) == (10, 10)


def test_a_member_posts_so_many_comments_in_a_day(forum: Forum, database: Any) -> None:
    """Deleted ones too: each was mailed. The next day there are others."""
    at, store = datetime(2116, 12, 9, 12, tzinfo=UTC), Comments(database("consultation"))
    for _ in range(98):
        store.count_of_day(EVE.id or "", at)
    first = forum.post(EVE, at=at)
    forum.call("delete_comment", EVE, number=str(first), at=at)
    forum.post(EVE, at=at)
    with refused("consultation.too_many_comments", limit=100):
        forum.post(EVE, at=at)
    forum.post(ADA, at=at)
    forum.post(EVE, at=at + timedelta(days=1))

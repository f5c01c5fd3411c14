from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.context import ANONYMOUS
from wsis_shared.mongo import in_transaction
from wsis_shared.parts import Parts
from wsis_shared.sentences import Sentences
from wsis_testkit import actor, make_context, refused, unsent

from wsis_consultation.discussions.rules.addresses import MARKER
from wsis_consultation.discussions.store import Comments, Discussions, Followers
from wsis_consultation.discussions.use_cases import DiscussionCases, compose
from wsis_consultation.discussions.use_cases.followers import FollowerCases
from wsis_consultation.discussions.use_cases.reading import Presenter
from wsis_consultation.editions import store as seed
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.store import Contacts

AT = datetime(2016, 12, 1, 12, tzinfo=UTC)
ADA = {"account": "ada", "names": "Ada", "organization": "NGO", "country": "RW", "stakeholder_type": "civil_society"}
OFFICER = actor("officer")


@pytest.fixture(scope="module")
def db(database: Any) -> Any:
    made = database("consultation")
    seed.seed(made)
    return made


@pytest.fixture(scope="module")
def cases(db: Any) -> DiscussionCases:
    made = compose(Parts(db, lambda *_, **__: None))  # nothing here asks another service
    body = {"code": "youth", "title": {"en": "Youth"}, "description": {}, "order": 0}
    made.communities.create_community(_ctx(OFFICER), "2017", body)
    return made


@pytest.fixture
def discussion(cases: DiscussionCases) -> str:
    body = {"community": "youth", "language": "en", "title": "Youth", "text": "?"}
    return cases.communities.open_discussion(_ctx(OFFICER), "2017", body)["id"]


def _ctx(who: Any = ANONYMOUS, at: datetime = AT) -> Any:
    return make_context(who, received_at=at)


def _post(cases: DiscussionCases, discussion: str, count: int = 1, **more: Any) -> None:
    for number in range(count):
        cases.posting.post("2017", discussion, ADA, f"Comment {number}", **{"at": AT, **more})


READS: dict[str, Callable[[DiscussionCases, str], Any]] = {
    "newest": lambda cases, d: cases.reading.list_comments(_ctx(), "2017", d, None, 100, "newest"),
    "oldest": lambda cases, d: cases.reading.list_comments(_ctx(actor()), "2017", d, None, 100, "oldest"),
    "threads": lambda cases, d: cases.reading.list_threads(_ctx(actor()), "2017", d, None, 50, "newest"),
    "replies": lambda cases, d: cases.reading.list_replies(_ctx(), "2017", d, "1", None, 100),
    "feed": lambda cases, d: cases.reading.read_discussion_feed(_ctx(), "2017", d),
}


@pytest.mark.parametrize("read", READS)
def test_page_takes_as_many_store_commands_for_1_comment_as_for_100(
    cases: DiscussionCases, discussion: str, count_commands: Any, read: str
) -> None:
    commands = []
    for missing in (1, 9, 90):
        _post(cases, discussion, missing, parent=1 if read == "replies" and missing > 1 else None)
        commands.append(count_commands(lambda: READS[read](cases, discussion)))
    assert commands[0] == commands[1] == commands[2]
    assert len(commands[0]) <= 3


def test_post_takes_as_many_store_commands_as_the_first_after_100(
    cases: DiscussionCases, discussion: str, count_commands: Any
) -> None:
    first = count_commands(lambda: _post(cases, discussion))
    _post(cases, discussion, 100)
    assert count_commands(lambda: _post(cases, discussion)) == first


def test_mail_that_comes_twice_is_one_comment(cases: DiscussionCases, discussion: str) -> None:
    mail = {"via": "mail", "message_id": "<1@ngo.example>", "at": AT}
    posted = [cases.posting.post("2017", discussion, ADA, "By mail", **mail) for _ in range(2)]
    assert [row["_id"] for row in posted] == [f"{discussion}-1"] * 2
    other = cases.posting.post("2017", discussion, ADA, "By mail", **{**mail, "message_id": "<2@ngo.example>"})
    assert (other["n"], other["via"]) == (2, "mail")


def test_thousands_of_followers_are_mailed_in_batches(cases: DiscussionCases, discussion: str, db: Any) -> None:
    db["follows"].insert_many(
        {
            "_id": f"{discussion}-{n}",
            "edition": "2017",
            "discussion": discussion,
            "account": f"{n:05}",
            "mode": "immediate",
        }
        for n in range(1201)
    )
    _post(cases, discussion)
    in_transaction(lambda: cases.followers.mail_followers({"data": {"discussion": discussion, "n": 1}}))
    events = [event for event in unsent(db, "comment_notice") if event["subject"] == f"{discussion}-1"]
    batches = [event["data"]["accounts"] for event in events]
    assert [len(batch) for batch in batches] == [500, 500, 201]
    assert len({account for batch in batches for account in batch}) == 1201


def test_mail_to_a_member_who_replies_by_mail_has_the_address_and_the_marker(
    cases: DiscussionCases, discussion: str, db: Any
) -> None:
    cases.followers.follow_discussion(_ctx(actor(id="bob")), "2017", discussion, {"mode": "immediate"})
    _post(cases, discussion)
    _post(cases, discussion, parent=1)
    followers = FollowerCases(
        Editions(db),
        Discussions(db),
        Comments(db),
        Followers(db),
        Contacts(db),
        None,
        Presenter(Sentences("x", "y")),
        host="wsis.example",
        reply_to=lambda where, account, *_: f"r.{where}.{account}@wsis.example",
    )
    data = {"edition": "2017", "discussion": discussion, "n": 2}
    mail = followers.write_comment_notice(data, "bob")
    assert mail["marker"] == MARKER
    assert mail["headers"]["Reply-To"] == f"r.{discussion}.bob@wsis.example"
    assert mail["headers"]["In-Reply-To"] == f"<{discussion}-1@wsis.example>"  # the thread
    cases.communities.set_discussion_state(_ctx(OFFICER), "2017", discussion, {"state": "closed", "reason": "Over"})
    mail = followers.write_comment_notice(data, "bob")
    assert (mail["marker"], "Reply-To" in mail["headers"]) == ("", False)


# -- digests -----------------------------------------------------------------------------------------------------------


def _digests(db: Any, discussion: str) -> list[dict[str, Any]]:
    """The events of digests with this discussion: [{accounts, edition, digest}]."""
    names = [row["_id"] for row in db["comment_digests"].find({"entries.discussion": discussion})]
    return [event["data"] for event in unsent(db, "comments_digest_due") if event["data"]["digest"] in names]


def test_daily_followers_get_one_digest_a_day_of_what_is_new(cases: DiscussionCases, discussion: str, db: Any) -> None:
    for account in ("bob", "eve"):
        cases.followers.follow_discussion(_ctx(actor(id=account)), "2017", discussion, {"mode": "daily"})
    _post(cases, discussion, 5)
    morning = AT + timedelta(days=1)
    assert cases.digests.send_comment_digests(_ctx(at=morning)) == 1
    assert cases.digests.send_comment_digests(_ctx(at=morning + timedelta(minutes=5))) == 0
    [due] = _digests(db, discussion)
    assert due["accounts"] == ["bob", "eve"]
    [entry] = cases.digests.write_comments_digest(due, "bob")["entries"]
    assert (entry["title"], entry["new"]) == ("Youth", 5)
    assert [row["excerpt"] for row in entry["comments"]] == ["Comment 4", "Comment 3", "Comment 2"]

    _post(cases, discussion, 1, at=morning)
    assert cases.digests.send_comment_digests(_ctx(at=morning + timedelta(hours=1))) == 0  # tomorrow
    assert cases.digests.send_comment_digests(_ctx(at=morning + timedelta(days=1))) == 1
    newest = _digests(db, discussion)[-1]
    [entry] = cases.digests.write_comments_digest(newest, "bob")["entries"]
    assert (entry["new"], [row["excerpt"] for row in entry["comments"]]) == (1, ["Comment 0"])


def test_digest_has_no_hidden_comment_and_none_of_its_reader(cases: DiscussionCases, discussion: str, db: Any) -> None:
    for account in ("ada", "bob"):
        cases.followers.follow_discussion(_ctx(actor(id=account)), "2017", discussion, {"mode": "daily"})
    at = AT + timedelta(days=10)
    _post(cases, discussion, 2, at=at)
    assert cases.digests.send_comment_digests(_ctx(at=at + timedelta(days=1))) == 1
    [due] = _digests(db, discussion)
    body = {"status": "hidden", "reason": "Spam"}
    cases.moderation.moderate_comment(_ctx(OFFICER), "2017", discussion, "2", body)
    [entry] = cases.digests.write_comments_digest(due, "bob")["entries"]
    assert [row["excerpt"] for row in entry["comments"]] == ["Comment 0"]
    with refused("consultation.nothing_to_mail"):  # ada wrote all of it
        cases.digests.write_comments_digest(due, "ada")
    cases.moderation.moderate_comment(_ctx(OFFICER), "2017", discussion, "1", body)
    with refused("consultation.nothing_to_mail"):
        cases.digests.write_comments_digest(due, "bob")


def test_digest_takes_as_many_store_commands_for_1_discussion_as_for_10(
    cases: DiscussionCases, count_commands: Any
) -> None:
    body = {"community": "youth", "language": "en", "title": "Many", "text": "?"}
    commands = []
    for days, count in ((20, 1), (21, 10)):
        at = AT + timedelta(days=days)
        for _ in range(count):
            opened = cases.communities.open_discussion(_ctx(OFFICER), "2017", body)["id"]
            _post(cases, opened, 1, at=at)
        commands.append(
            count_commands(lambda at=at: cases.digests.send_comment_digests(_ctx(at=at + timedelta(days=1))))
        )
    assert commands[0] == commands[1]

"""Replies by mail through the real listener: what is posted, held, answered or ignored."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.blobs import store
from wsis_testkit import publish, refused, wait_for

from ..reply_kit import SENDER, Mails

GONE = 550
CLOSED = {"state": "closed", "reason": "Its time is over"}


# -- who may, and where -------------------------------------------------------------------------------------------


def test_replies_are_off_until_the_member_turns_them_on(mails: Mails) -> None:
    who, discussion = mails.member(enabled=False), mails.discussion()
    assert mails.call("read_reply_preference", who, edition="2017") == {"enabled": False, "available": True}
    mails.send(mails.address(who, discussion), mails.raw(who))
    assert mails.comments(discussion) == []
    assert mails.turn(who, enabled=True) == {"enabled": True, "available": True}
    mails.send(mails.address(who, discussion), mails.raw(who))
    assert [row["html"] for row in mails.comments(discussion)] == ['<p dir="auto">I agree.</p>']


def test_reply_is_a_comment_in_the_thread_of_the_mail(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    first = mails.post(mails.member(), discussion)
    quoted = "I agree.\r\n\r\nRegards,\r\nAda\r\n\r\nOn Tue, 4 Oct 2016 WSIS wrote:\r\n> ##- Reply above\r\n> Hello"
    mails.send(mails.address(who, discussion, first), mails.raw(who, quoted))
    reply = mails.comments(discussion)[-1]
    assert (reply["parent"], reply["html"], reply["author"]) == (
        first,
        '<p dir="auto">I agree.</p>',
        mails.people.accounts[str(who.id)]["names"],
    )


def test_mail_to_a_follower_has_their_reply_address_and_the_marker(mails: Mails) -> None:
    follower, other, discussion = mails.member(), mails.member(enabled=False), mails.discussion()
    for who in (follower, other):
        mails.call("follow_discussion", who, edition="2017", discussion=discussion, body={"mode": "immediate"})
    number = mails.post(mails.member(), discussion)
    data = {"edition": "2017", "discussion": discussion, "n": number}
    written = mails.call("write_comment_notice", data=data, account=follower.id)
    assert written["headers"]["Reply-To"] == mails.address(follower, discussion, number)
    assert written["marker"] == "##-"
    assert "Reply-To" not in mails.call("write_comment_notice", data=data, account=other.id)["headers"]
    mails.send(written["headers"]["Reply-To"], mails.raw(follower, f"Indeed.\r\n\r\n> {written['marker']} Reply above"))
    assert mails.comments(discussion)[-1]["html"] == '<p dir="auto">Indeed.</p>'


def test_the_own_name_below_a_reply_is_no_part_of_the_comment(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    name = mails.people.accounts[str(who.id)]["names"]
    mails.send(mails.address(who, discussion), mails.raw(who, f"I agree.\r\n\r\n{name}\r\n\r\n> ##- Reply above"))
    assert [row["html"] for row in mails.comments(discussion)] == ['<p dir="auto">I agree.</p>']


def test_a_discussion_has_an_address_for_members_who_turned_replies_on(mails: Mails) -> None:
    who, other, discussion = mails.member(), mails.member(enabled=False), mails.discussion()

    def address(whose: Any) -> str | None:
        found = mails.call("list_own_comments", whose, edition="2017", discussion=discussion)
        return found["reply_address"]

    own = address(who)
    assert own == mails.address(who, discussion)
    assert address(other) is None
    mails.send(own, mails.raw(who, "A thought of my own."))
    [comment] = mails.comments(discussion)
    assert (comment["parent"], comment["html"]) == (None, '<p dir="auto">A thought of my own.</p>')
    mails.send(own, mails.raw(other, "In another name."))
    assert len(mails.comments(discussion)) == 1, "held: it is not the member who writes"
    mails.turn(who, enabled=False)
    assert address(who) is None
    mails.send(own, mails.raw(who, "Revoked."))
    assert len(mails.comments(discussion)) == 1
    mails.turn(who, enabled=True)
    mails.call("set_discussion_state", mails.officer, edition="2017", discussion=discussion, body=CLOSED)
    assert address(who) is None, "a closed discussion takes no comment"


def test_the_mail_of_a_new_discussion_is_answered_by_a_comment(mails: Mails) -> None:
    who = mails.member()
    mails.call("follow_community", who, edition="2017", community="youth", body={"following": True})
    discussion = mails.discussion()
    data = {"edition": "2017", "discussion": discussion}
    written = mails.call("write_discussion_notice", data=data, account=who.id)
    assert (written["marker"], written["headers"]["Reply-To"]) == ("##-", mails.address(who, discussion))
    mails.send(written["headers"]["Reply-To"], mails.raw(who, f"Good idea.\r\n\r\n> {written['marker']} Reply above"))
    assert [row["html"] for row in mails.comments(discussion)] == ['<p dir="auto">Good idea.</p>']


def test_quote_without_marker_is_cut_at_our_sender(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    quoted = f"I agree.\r\n\r\nFrom: WSIS Process <{SENDER}>\r\nSent: Tuesday\r\n\r\nDear Member,\r\n\r\nHello"
    mails.send(mails.address(who, discussion), mails.raw(who, quoted))
    assert [row["html"] for row in mails.comments(discussion)] == ['<p dir="auto">I agree.</p>']


def test_turning_off_revokes_the_addresses_of_former_mails(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    former = mails.address(who, discussion)
    mails.turn(who, enabled=False)
    mails.turn(who, enabled=True)
    mails.send(former, mails.raw(who))
    assert mails.comments(discussion) == []
    assert mails.event("reply_refused", who)["cause"] == "turned_off"
    mails.send(mails.address(who, discussion, epoch=1), mails.raw(who, "Now."))
    assert len(mails.comments(discussion)) == 1


def test_same_mail_is_posted_once(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    raw = mails.raw(who)
    mails.send(mails.address(who, discussion), raw)
    mails.send(mails.address(who, discussion), raw)
    mails.send(mails.address(who, discussion), b"Received: by another relay\r\n" + raw + b"More text\r\n")
    assert len(mails.comments(discussion)) == 1


def test_forged_mail_does_not_stand_for_the_real_one_of_its_message_id(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    raw = mails.raw(who)
    mails.send(mails.address(who, discussion), raw.replace(b"dmarc=pass", b"dmarc=fail").replace(b"agree", b"object"))
    mails.send(mails.address(who, discussion), raw)
    assert [row["html"] for row in mails.comments(discussion)] == ['<p dir="auto">I agree.</p>']


def test_raw_mail_is_removed_when_it_is_handled(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    id = mails.send(mails.address(who, discussion), mails.raw(who))
    files = store.of("consultation")._files
    wait_for(lambda: files.count_documents({"owner": f"mail/{id}"}) == 0, what="the mail to be gone")


# -- who it is ----------------------------------------------------------------------------------------------------


def _forged(mails: Mails, who: Any, discussion: str, **more: Any) -> None:
    mails.send(mails.address(who, discussion), mails.raw(who, "Something vile.", **more))


@pytest.mark.parametrize("forged", [{"result": "fail"}, {"result": "none"}, {"sender": "mallory@evil.example"}])
def test_nothing_is_posted_in_the_name_of_another(mails: Mails, forged: dict[str, str]) -> None:
    who, discussion = mails.member(), mails.discussion()
    _forged(mails, who, discussion, **forged)
    held = mails.event("reply_held", who)
    assert mails.comments(discussion) == []
    assert set(held) == {"account", "edition", "discussion", "held"}  # the member gets the link, whatever From says
    assert held["account"] == who.id


def test_member_confirms_a_held_reply_once(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    _forged(mails, who, discussion, result="none")
    data = mails.event("reply_held", who)
    url = mails.call("offer_confirmation", data=data, account=who.id)["url"]
    assert url.startswith("page:/consultations/2017/replies#")
    held, _, token = url.partition("#")[2].partition(".")
    where = {"edition": "2017", "held": held}
    assert mails.call("read_held_reply", **where, body={"token": token})["text"] == "Something vile."
    for wrong in ({"held": held, "token": "0" * 32}, {"held": "0" * 64, "token": token}):
        with refused("consultation.held_reply_unknown"):
            mails.call("confirm_held_reply", edition="2017", held=wrong["held"], body={"token": wrong["token"]})
    assert mails.comments(discussion) == []
    posted = mails.call("confirm_held_reply", **where, body={"token": token})
    assert posted == {"edition": "2017", "discussion": discussion, "number": 1}
    with refused("consultation.held_reply_unknown"):
        mails.call("confirm_held_reply", **where, body={"token": token})
    assert len(mails.comments(discussion)) == 1


def test_a_blocked_member_posts_nothing_by_mail_either(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    _forged(mails, who, discussion, result="none")
    data = mails.event("reply_held", who)
    url = mails.call("offer_confirmation", data=data, account=who.id)["url"]
    held, _, token = url.partition("#")[2].partition(".")
    mails.people.blocked.add(str(who.id))
    mails.send(mails.address(who, discussion), mails.raw(who))
    mails.send(mails.address(who, discussion), mails.raw(who, "In secret.", result="fail"))
    for method in ("read_held_reply", "confirm_held_reply"):
        with refused("consultation.held_reply_unknown"):
            mails.call(method, edition="2017", held=held, body={"token": token})
    assert mails.comments(discussion) == []
    assert mails.outcomes(who) == ["held"]
    mails.people.blocked.clear()
    assert mails.call("confirm_held_reply", edition="2017", held=held, body={"token": token})["number"] == 1


def test_held_reply_expires(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    _forged(mails, who, discussion, result="none")
    data = mails.event("reply_held", who)
    url = mails.call("offer_confirmation", data=data, account=who.id)["url"]
    held, _, token = url.partition("#")[2].partition(".")
    expires_at = mails.db["held_replies"].find_one({"_id": held})["expires_at"]
    with refused("consultation.held_reply_unknown"):
        mails.call(
            "read_held_reply", edition="2017", held=held, body={"token": token}, context={"received_at": expires_at}
        )


def test_forged_mails_cause_few_mails_to_the_member(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    for number in range(6):
        mails.send(mails.address(who, discussion), mails.raw(who, f"Vile {number}.", result="fail"))
    wait_for(lambda: len(mails.events("reply_held", who)) == 3)
    mails.send(mails.address(who, discussion), mails.raw(who, "Mine."))
    assert [row["html"] for row in mails.comments(discussion)] == ['<p dir="auto">Mine.</p>']
    assert mails.outcomes(who) == [*["held"] * 3, "posted"]
    assert len(mails.events("reply_held", who)) == 3


def test_sender_that_nobody_vouches_for_is_never_answered(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    mails.send(mails.address(who, discussion), mails.raw(who, "", result="fail"))  # nothing in it
    mails.send(mails.address(who, discussion), mails.raw(who, "I agree."))
    wait_for(lambda: len(mails.comments(discussion)) == 1)
    assert mails.outcomes(who) == ["posted"]
    assert mails.events("reply_refused", who) + mails.events("reply_held", who) == []


# -- what cannot be posted ----------------------------------------------------------------------------------------


def test_reply_to_a_closed_discussion_is_answered_once(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    mails.call("set_discussion_state", mails.officer, edition="2017", discussion=discussion, body=CLOSED)
    raw = mails.raw(who)
    mails.send(mails.address(who, discussion), raw)
    mails.send(mails.address(who, discussion), mails.raw(who, "Again?"))
    data = mails.event("reply_refused", who)
    assert mails.outcomes(who) == ["answered"]
    assert [data["cause"]] == [event["cause"] for event in mails.events("reply_refused", who)] == ["closed"]
    assert mails.comments(discussion) == []
    explained = mails.call("explain_refused_reply", data=data, account=who.id)
    message_id = next(line[12:] for line in raw.decode().split("\r\n") if line.startswith("Message-ID: "))
    assert explained == {
        "title": "Skills",
        "cause": "closed",
        "headers": {"In-Reply-To": message_id, "References": message_id},
    }


def test_reply_to_a_hidden_comment_is_answered(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    number = mails.post(mails.member(), discussion)
    mails.call(
        "moderate_comment",
        mails.officer,
        edition="2017",
        discussion=discussion,
        number=str(number),
        body={"status": "hidden", "reason": "Off topic"},
    )
    mails.send(mails.address(who, discussion, number), mails.raw(who))
    assert mails.event("reply_refused", who)["cause"] == "removed"
    assert mails.post(mails.member(), discussion) == number + 1, "the refused reply took no number"


def test_reply_in_a_hidden_thread_is_answered(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    first = mails.post(mails.member(), discussion)
    second = mails.post(mails.member(), discussion, "A reply", parent=first)
    mails.call(
        "moderate_comment",
        mails.officer,
        edition="2017",
        discussion=discussion,
        number=str(first),
        body={"status": "hidden", "reason": "Off topic"},
    )
    mails.send(mails.address(who, discussion, second), mails.raw(who))
    assert mails.event("reply_refused", who)["cause"] == "removed"


PDF = "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF\r\n--b--"


@pytest.mark.parametrize(
    ("text", "headers", "cause"),
    [
        ("", (), "empty"),
        ("> ##- Reply above\r\n> Hello", (), "empty"),
        ("word " * 2_100, (), "too_long"),
        ("word word word\r\n" * 8_000, (), "too_long"),
        ("a" + "\u0301" * 60, (), "not_acceptable"),
        (PDF, ('Content-Type: multipart/mixed; boundary="b"',), "empty"),
    ],
    ids=["empty", "only_a_quote", "too_long", "far_too_long", "marks", "attachment"],
)
def test_reply_that_says_nothing_postable_is_answered(
    mails: Mails, text: str, headers: tuple[str, ...], cause: str
) -> None:
    who, discussion = mails.member(), mails.discussion()
    mails.send(mails.address(who, discussion), mails.raw(who, text, *headers))
    assert mails.event("reply_refused", who)["cause"] == cause
    assert mails.comments(discussion) == []


def test_comments_by_mail_of_a_day_are_limited(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    for number in range(7):
        mails.send(mails.address(who, discussion), mails.raw(who, f"Thought {number}"))
    assert len(mails.comments(discussion)) == 4
    assert mails.outcomes(who) == ["answered", *["posted"] * 4]
    assert mails.event("reply_refused", who)
    assert [event["cause"] for event in mails.events("reply_refused", who)] == ["too_many"]


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        (("Auto-Submitted: auto-replied",), "member@ngo.example"),
        (("Precedence: bulk",), "member@ngo.example"),
        (("List-Id: <x.example>",), "member@ngo.example"),
        (("X-Autoreply: yes",), "member@ngo.example"),
        (("Content-Type: multipart/report; boundary=b",), "member@ngo.example"),
        ((), ""),
    ],
    ids=["auto_submitted", "precedence", "list", "autoreply", "report", "bounce"],
)
def test_automatic_mails_are_met_with_silence(mails: Mails, headers: tuple[str, ...], sender: str) -> None:
    who, discussion = mails.member(), mails.discussion()
    for result in ("pass", "fail"):
        mails.send(mails.address(who, discussion), mails.raw(who, "I am away.", *headers, result=result), sender)
    mails.send(mails.address(who, discussion), mails.raw(who, "I am back."))
    assert [row["html"] for row in mails.comments(discussion)] == ['<p dir="auto">I am back.</p>']
    assert mails.outcomes(who) == ["posted"]
    assert mails.events("reply_refused", who) + mails.events("reply_held", who) == []


def test_nothing_is_known_of_a_member_who_has_left(mails: Mails, amqp_client: Any) -> None:
    who, discussion = mails.member(), mails.discussion()
    _forged(mails, who, discussion, result="none")
    publish(amqp_client, "accounts", "account_erased", {"account": who.id}, subject=str(who.id))
    names = ("reply_preferences", "reply_mails", "held_replies")
    wait_for(
        lambda: not any(mails.db[name].find_one({"$or": [{"_id": who.id}, {"account": who.id}]}) for name in names)
    )
    mails.send(mails.address(who, discussion), mails.raw(who))
    assert mails.comments(discussion) == []

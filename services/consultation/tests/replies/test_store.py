from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import REGISTRY
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Unavailable
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused

from wsis_consultation.discussions.store import ReplyPreferences
from wsis_consultation.discussions.use_cases.addresses import ReplyAddresses
from wsis_consultation.replies.store import Replies
from wsis_consultation.replies.use_cases.receiving import ReceivingCases

AT = datetime(2016, 12, 1, 12, tzinfo=UTC)


def record(key: str, account: str, at: datetime) -> dict[str, Any]:
    return {
        "_id": key,
        "account": account,
        "discussion": "2017-1",
        "outcome": "posted",
        "reason": "",
        "text_key": key,
        "message_id": "",
        "at": at,
    }


def test_records_are_those_of_the_member_and_the_day(database: Any) -> None:
    replies = Replies(database("consultation"))
    for key, account, hours in (("a", "ada", 0), ("b", "ada", 24), ("c", "ada", 25), ("d", "bob", 0), ("e", "ada", -1)):
        replies.record(record(key, account, AT - timedelta(hours=hours)))
    assert sorted(row["_id"] for row in replies.records("ada", AT - timedelta(days=1), AT)) == ["a", "b"]
    assert replies.is_known("a")
    assert not replies.is_known("z")


def test_reading_the_records_costs_one_command(database: Any, count_commands: Any) -> None:
    replies = Replies(database("consultation"))
    commands = [count_commands(lambda: replies.records("eve", AT - timedelta(days=1), AT))]
    for number in range(50):
        replies.record(record(f"eve{number}", "eve", AT))
    commands.append(count_commands(lambda: replies.records("eve", AT - timedelta(days=1), AT)))
    assert commands == [["find"], ["find"]]


def test_held_reply_is_there_until_it_is_released_or_expires(database: Any) -> None:
    replies = Replies(database("consultation"))
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    replies.hold({"_id": "h", "account": "ada", "text": "x", "expires_at": expires_at})
    assert replies.held("h", expires_at - timedelta(seconds=1))["text"] == "x"
    with refused("consultation.held_reply_unknown"):
        replies.held("h", expires_at)
    replies.release("h")
    with refused("consultation.held_reply_unknown"):
        replies.release("h")


def test_preference_changed_meanwhile_is_a_conflict(database: Any) -> None:
    preferences = ReplyPreferences(database("consultation"))
    first = preferences.save_preference({"_id": "ada", "enabled": True, "epoch": 0, "at": AT})
    preferences.save_preference({**first, "enabled": False, "epoch": 1})
    with refused("suite.changed_meanwhile"):
        preferences.save_preference({**first, "enabled": False, "epoch": 1})
    preferences.forget(Erasure(clock.now(), "ada"))
    assert preferences.preference("ada") is None


def test_mail_whose_transaction_fails_is_not_counted(database: Any) -> None:
    replies = Replies(database("consultation"))
    addresses = ReplyAddresses(
        ReplyPreferences(database("consultation")), secret="a secret", domain="mail.wsis.example"
    )
    receiving = ReceivingCases(replies, addresses, None, None, authserv_id="", sender="", limit=1)
    mail = SimpleNamespace(recipient="r.x.y@mail.wsis.example", sender="jane@ngo.example", blob="b")
    raw = b"From: jane@ngo.example\r\n\r\nI agree."
    blobs = SimpleNamespace(open=lambda _: [raw], delete=_fail)
    before = _ignored()
    with pytest.raises(Unavailable):
        in_transaction(lambda: receiving.receive_reply(mail, blobs))
    assert _ignored() == before
    blobs.delete = lambda _: None
    in_transaction(lambda: receiving.receive_reply(mail, blobs))
    assert _ignored() == before + 1


def _fail(_: str) -> None:
    raise Unavailable("busy", "Later.")


def _ignored() -> float:
    labels = {"outcome": "ignored", "reason": "no_address"}
    return REGISTRY.get_sample_value("wsis_consultation_replies_total", labels) or 0.0

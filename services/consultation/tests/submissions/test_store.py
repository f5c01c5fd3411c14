from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.mongo import in_transaction

from wsis_consultation.people import store as keys
from wsis_consultation.submissions.store import Drafts, Forms, Submissions


def test_first_form_is_stored_as_delivered(database: Any) -> None:
    forms = Forms(database("consultation"))
    assert forms.newest("2017")["number"] == 1
    assert [form["_id"] for form in forms.versions("2017")] == ["2017-1"]
    assert forms.newest("2019")["edition"] == "2019"


def test_number_of_a_failed_submission_is_given_again(database: Any) -> None:
    submissions = Submissions(database("consultation"))
    assert in_transaction(lambda: submissions.next_number("2031")) == 1

    def fail() -> None:
        submissions.next_number("2031")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        in_transaction(fail)
    assert in_transaction(lambda: submissions.next_number("2031")) == 2


def test_lists_need_as_many_commands_at_any_length(database: Any, count_commands: Any) -> None:
    submissions, drafts = Submissions(database("consultation")), Drafts(database("consultation"))
    needed = set()
    for size in (1, 10, 100):
        who = f"account-{size}"
        rows = [
            {
                "_id": f"{who}-{n}",
                "account": who,
                "email_key": who,
                "edition": "2017",
                "state": "received",
                "number": 10_000 * size + n,
            }
            for n in range(size)
        ]
        submissions.collection("submissions").insert_many([dict(row) for row in rows])
        drafts.collection("drafts").insert_many(rows)
        assert len(submissions.of_mailbox("2017", who)) == len(drafts.of_mailbox("2017", who)) == size
        needed.add(
            len(
                count_commands(
                    lambda who=who: [
                        submissions.of_account(who, None, 20),
                        drafts.of_account(who, None, 20),
                        submissions.of_mailbox("2017", who),
                        submissions.count_of_mailbox("2017", who),
                        submissions.forget(Erasure(clock.now(), who)),
                    ]
                )
            )
        )
    assert len(needed) == 1


def test_key_opens_its_document_alone(environment: Any) -> None:
    key = keys.link_key("9b1d")
    assert keys.opens({"_id": "9b1d"}, key)
    assert not keys.opens({"_id": "9b1e"}, key)
    assert not keys.opens({"_id": "9b1d", "link_number": 1}, key)
    assert not keys.opens({"_id": "9b1d"}, None)
    assert not keys.opens({"_id": "9b1d"}, "\ud800")  # JSON can say it, UTF-8 cannot
    assert keys.mailbox_key(" Ada@NGO.example") == keys.mailbox_key("ada@ngo.example")

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.errors import Conflict
from wsis_testkit import actor, refused

from wsis_consultation.submissions.rules import lifecycle

ADA, BEA = actor("member", id="ada"), actor("member", id="bea")


pytestmark = pytest.mark.usefixtures("people")


def body(answers: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"draft": None, "key": None, "answers": answers, "language": None, **more}


def test_member_submits_and_gets_a_numbered_receipt(consultation: Any, make_answers: Any) -> None:
    sent = body(make_answers(email=None), language="fr")
    receipt = consultation.call("submit", ADA, edition="2017", body=sent)
    assert receipt["receipt"] == f"OCP-2017-{receipt['number']:04d}"
    assert receipt["received_geneva"] == "2016-12-01 13:00:00 CET"
    assert receipt["received_utc"] == "2016-12-01T12:00:00Z"
    [event] = [seen for seen in consultation.published.wait("submission_received") if seen["subject"] == receipt["id"]]
    assert event["data"]["action_lines"] == ["C3", "C7.e-health"]
    assert "who" in event["data"]["agencies"]
    assert event["data"]["requests"] == [{"kind": "workshop", "session_type": "thematic_workshop"}]
    listed = consultation.call("list_submissions", consultation.officer, edition="2017", limit=100)
    assert receipt["id"] in [row["id"] for row in listed["items"]]
    assert not {"ada@ngo.example", "Ada Umutoni", "ada"} & set(map(str, event["data"].values()))
    mail = consultation.call("submission_details", data=event["data"])
    assert mail["contact"] == {"email": "ada@ngo.example", "names": "Ada Umutoni", "locale": "fr"}
    assert mail["receipt"] == receipt["receipt"]
    assert "E-health for all" in str(mail["sections"])


def test_submitter_reads_all_that_was_sent(consultation: Any, make_answers: Any) -> None:
    receipt = consultation.call("submit", ADA, edition="2017", body=body(make_answers()))
    read = consultation.call("read_submission", ADA, edition="2017", submission=receipt["id"])
    expected = make_answers()
    expected["requests"][0]["id"] = f"{receipt['id']}.1"
    assert read["answers"] == expected
    assert (read["region"], read["kind"], read["sdgs"]) == ("africa", "form", [3])
    with refused("consultation.submission_unknown"):
        consultation.call("read_submission", BEA, edition="2017", submission=receipt["id"])
    assert consultation.call("read_submission", consultation.officer, edition="2017", submission=receipt["id"])


def test_problems_are_listed_field_by_field(consultation: Any, make_answers: Any) -> None:
    with refused("consultation.answers_invalid") as refusal:
        consultation.call("submit", ADA, edition="2017", body=body(make_answers(full_name=None, sdgs=[18])))
    assert set(refusal.value.fields) == {"answers.full_name", "answers.sdgs.0"}


@pytest.mark.parametrize(("moment", "code"), [("before", "submissions_not_open"), ("closed", "submissions_closed")])
def test_submission_outside_the_window_is_refused(consultation: Any, make_answers: Any, moment: str, code: str) -> None:
    with pytest.raises(Conflict) as refusal:
        consultation.call("submit", ADA, at=moment, edition="2017", body=body(make_answers()))
    assert refusal.value.code == f"consultation.{code}"


def test_stranger_submits_with_the_key_of_the_mailed_link(consultation: Any, make_answers: Any) -> None:
    answers = make_answers(email=None)
    saved = consultation.call(
        "create_draft", edition="2017", body={"email": "eve@ngo.example", "answers": {}, "language": "es"}
    )
    assert "email" not in saved
    assert "full_name" in saved["missing"]
    key = consultation.link_key(saved["draft"])
    sent = body(answers, draft=saved["draft"], key=key)
    with refused("consultation.link_needed"):
        consultation.call("submit", edition="2017", body=body(answers))
    with refused("consultation.draft_unknown"):
        consultation.call("submit", edition="2017", body={**sent, "key": "0" * 40})
    receipt = consultation.call("submit", edition="2017", body=sent)
    assert consultation.call("submit", edition="2017", body=sent)["number"] == receipt["number"]
    opened = consultation.call(
        "open_submission", edition="2017", submission=receipt["id"], body={"key": key, "version": None}
    )
    assert opened["answers"]["email"] == "eve@ngo.example"
    assert opened["language"] == "es"
    with refused("consultation.submitted_already"):
        consultation.call("open_draft", edition="2017", draft=saved["draft"], body={"key": key})


def test_an_address_has_twenty_submissions_in_an_edition(consultation: Any, make_answers: Any) -> None:
    cleo, sent = actor("member", id="cleo"), body(make_answers(email=None))
    for _ in range(20):
        consultation.call("submit", cleo, edition="2017", body=sent)
    with refused("consultation.too_many_submissions", limit=20):
        consultation.call("submit", cleo, edition="2017", body=sent)


def test_numbers_are_dense_under_concurrency(consultation: Any, make_answers: Any) -> None:
    def submit(_: int) -> int:
        return int(consultation.call("submit", BEA, edition="2017", body=body(make_answers(email=None)))["number"])

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(submit, range(12)))
    assert numbers == list(range(numbers[0], numbers[0] + 12))


def test_amendment_keeps_number_and_former_version(consultation: Any, make_answers: Any) -> None:
    receipt = consultation.call("submit", ADA, edition="2017", body=body(make_answers()))
    before = consultation.call("read_submission", ADA, edition="2017", submission=receipt["id"])
    changed = {**before["answers"], "organization_name": "Health for Everybody"}
    amended = consultation.call("amend_submission", ADA, edition="2017", submission=receipt["id"], body=body(changed))
    assert (amended["number"], amended["version"], amended["received_at"]) == (
        receipt["number"],
        2,
        receipt["received_at"],
    )
    same = consultation.call("amend_submission", ADA, edition="2017", submission=receipt["id"], body=body(changed))
    assert same["version"] == 2
    after = consultation.call("read_submission", ADA, edition="2017", submission=receipt["id"])
    assert after["organization"] == "Health for Everybody"
    assert after["answers"]["requests"] == before["answers"]["requests"]
    assert [version["number"] for version in after["versions"]] == [1, 2]
    first = consultation.call("read_submission", ADA, edition="2017", submission=receipt["id"], version=1)
    assert first["organization"] == "Health for All"


def test_receipt_has_a_copy_of_what_was_sent_then(consultation: Any, make_answers: Any) -> None:
    receipt = consultation.call("submit", ADA, edition="2017", body=body(make_answers()))
    where = {"edition": "2017", "submission": receipt["id"]}
    changed = body(make_answers(organization_name="Health for Everybody"), base=1)
    consultation.call("amend_submission", ADA, **where, body=changed)
    copies = [
        consultation.call("submission_details", data={**where, "version": number})["sections"] for number in (1, 2)
    ]
    assert "Health for All" in str(copies[0])
    assert "Health for Everybody" in str(copies[1])
    with refused("consultation.version_changed"):
        consultation.call("amend_submission", ADA, **where, body={**changed, "answers": make_answers(sdgs=[4])})


def test_time_of_receipt_decides_the_race_with_the_deadline(consultation: Any, make_answers: Any) -> None:
    """What waited in a queue is in time; what came in the very second of the deadline is late."""
    receipt = consultation.call("submit", ADA, edition="2017", body=body(make_answers()))
    where = {"edition": "2017", "submission": receipt["id"]}
    deadline = datetime(2017, 2, 20, 22, tzinfo=UTC)
    with refused("consultation.submissions_closed"):
        consultation.call("amend_submission", ADA, at=deadline, **where, body=body(make_answers(sdgs=[4])))
    in_time = deadline - timedelta(milliseconds=1)
    amended = consultation.call("amend_submission", ADA, at=in_time, **where, body=body(make_answers(sdgs=[5])))
    assert amended["version"] == 2


def test_late_amendment_is_refused_and_changes_nothing(consultation: Any, make_answers: Any) -> None:
    receipt = consultation.call("submit", ADA, edition="2017", body=body(make_answers()))
    with refused("consultation.submissions_closed"):
        consultation.call(
            "amend_submission",
            ADA,
            at="closed",
            edition="2017",
            submission=receipt["id"],
            body=body(make_answers(organization_name="Late")),
        )
    read = consultation.call("read_submission", ADA, edition="2017", submission=receipt["id"])
    assert (read["version"], read["organization"]) == (1, "Health for All")


def test_difference_between_two_versions(consultation: Any, make_answers: Any) -> None:
    receipt = consultation.call("submit", ADA, edition="2017", body=body(make_answers()))
    where = {"edition": "2017", "submission": receipt["id"]}
    answers = consultation.call("read_submission", ADA, **where)["answers"]
    consultation.call("amend_submission", ADA, **where, body=body({**answers, "organization_name": "Health"}))
    difference = consultation.call("read_submission_difference", ADA, **where)
    assert difference == {
        "from_version": 1,
        "to_version": 2,
        "items": [{"path": "organization_name", "before": "Health for All", "after": "Health"}],
    }
    with refused("consultation.submission_unknown"):
        consultation.call("read_submission_difference", BEA, **where)


def test_withdrawn_submission_cannot_be_amended(consultation: Any, make_answers: Any) -> None:
    receipt = consultation.call("submit", ADA, edition="2017", body=body(make_answers()))
    withdrawn = consultation.call(
        "withdraw_submission", ADA, edition="2017", submission=receipt["id"], body={"key": None, "reason": None}
    )
    assert withdrawn["state"] == lifecycle.WITHDRAWN
    with refused("consultation.submission_withdrawn"):
        consultation.call(
            "amend_submission", ADA, edition="2017", submission=receipt["id"], body=body(make_answers(sdgs=[4]))
        )

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import actor, refused

DEADLINE = datetime(2017, 2, 20, 22, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("people")


def new_draft(email: str | None = None, **answers: Any) -> dict[str, Any]:
    return {"email": email, "answers": answers, "language": None}


def test_draft_comes_back_by_its_mailed_link(consultation: Any) -> None:
    saved = consultation.call(
        "create_draft", edition="2017", context={"locale": "fr"}, body=new_draft("eve@ngo.example", full_name="Eve")
    )
    assert "key" not in saved
    [event] = [
        seen for seen in consultation.published.wait("draft_link_requested") if seen["subject"] == saved["draft"]
    ]
    assert event["data"] == {"edition": "2017", "draft": saved["draft"]}
    mail = consultation.call("draft_link_details", data=event["data"])
    assert mail["contact"] == {"email": "eve@ngo.example", "names": "", "locale": "fr"}
    assert f"#{saved['draft']}." in mail["url"]
    key = consultation.link_key(saved["draft"])
    changed = {"key": key, "answers": {"full_name": "Eve M", "shoe_size": 43}, "language": None}
    again = consultation.call("change_draft", edition="2017", draft=saved["draft"], body=changed)
    assert again["dropped"] == ["shoe_size"]
    opened = consultation.call("open_draft", edition="2017", draft=saved["draft"], body={"key": key})
    assert opened["answers"] == {"full_name": "Eve M", "email": "eve@ngo.example"}
    assert "organization_name" in opened["missing"]
    assert "full_name" not in opened["missing"]


def test_of_two_who_change_one_draft_the_second_learns_of_the_first(consultation: Any) -> None:
    saved = consultation.call("create_draft", edition="2017", body=new_draft("eli@ngo.example"))
    about = {"edition": "2017", "draft": saved["draft"]}
    key = consultation.link_key(saved["draft"])
    base = consultation.call("open_draft", **about, body={"key": key})["saved_at"]
    body = {"key": key, "answers": {"full_name": "Eli"}, "language": None, "base": base}
    consultation.call("change_draft", **about, body=body, at=datetime(2016, 10, 14, tzinfo=UTC))
    with refused("consultation.draft_changed"):
        consultation.call("change_draft", **about, body={**body, "answers": {"full_name": "Elias"}})
    read = consultation.call("open_draft", **about, body={"key": key})
    assert read["answers"]["full_name"] == "Eli"
    consultation.call(
        "change_draft", **about, body={**body, "answers": {"full_name": "Elias"}, "base": read["saved_at"]}
    )


@pytest.mark.parametrize("key", [None, "0" * 40])
def test_draft_stays_closed_without_its_key(consultation: Any, key: str | None) -> None:
    saved = consultation.call("create_draft", edition="2017", body=new_draft("eva@ngo.example"))
    where = {"edition": "2017", "draft": saved["draft"]}
    for method, more in (("open_draft", {}), ("change_draft", {"answers": {}, "language": None}), ("remove_draft", {})):
        with refused("consultation.draft_unknown"):
            consultation.call(method, **where, body={"key": key, **more})
    with refused("consultation.draft_unknown"):
        consultation.call("read_draft", actor("member", id="other"), **where)


def test_member_need_not_type_what_accounts_knows(consultation: Any) -> None:
    cleo = actor("member", id="cleo")
    saved = consultation.call("create_draft", cleo, edition="2017", body=new_draft(organization_country="KE"))
    read = consultation.call("read_draft", cleo, edition="2017", draft=saved["draft"])
    assert read["answers"] == {
        "full_name": "Cleo",
        "email": "cleo@ngo.example",
        "organization_name": "Health for All",
        "organization_country": "KE",
        "stakeholder_type": "civil_society",
    }
    assert list(read["missing"]) == ["kind"]
    listed = consultation.call("list_my_drafts", cleo)
    assert [row["id"] for row in listed["items"]] == [saved["draft"]]


def test_what_is_too_long_is_refused_in_a_draft(consultation: Any, make_words: Any) -> None:
    with refused("consultation.answers_invalid") as refusal:
        consultation.call("create_draft", edition="2017", body=new_draft("eli@ngo.example", hl_topics=make_words(301)))
    assert list(refusal.value.fields) == ["answers.hl_topics"]
    with refused("consultation.email_needed"):
        consultation.call("create_draft", edition="2017", body=new_draft())


def test_drafts_of_an_address_are_limited(consultation: Any) -> None:
    hugo = actor("member", id="hugo")
    for _ in range(10):
        consultation.call("create_draft", hugo, edition="2017", body=new_draft())
    with refused("consultation.too_many_drafts"):
        consultation.call("create_draft", hugo, edition="2017", body=new_draft())


def test_stranger_cannot_have_many_mails_sent_to_an_address(consultation: Any) -> None:
    for _ in range(5):
        consultation.call("create_draft", edition="2017", body=new_draft("many@ngo.example"))
    with refused("consultation.too_many_links") as refusal:
        consultation.call("create_draft", edition="2017", body=new_draft("Many@NGO.example"))
    assert refusal.value.params["retry_after"] == 3600
    later = datetime(2016, 12, 1, 13, 0, 1, tzinfo=UTC)
    consultation.call("create_draft", at=later, edition="2017", body=new_draft("many@ngo.example"))


def test_voided_link_opens_nothing(consultation: Any) -> None:
    saved = consultation.call("create_draft", edition="2017", body=new_draft("void@ngo.example"))
    where, former = {"edition": "2017", "draft": saved["draft"]}, consultation.link_key(saved["draft"])
    consultation.call("renew_draft_link", edition="2017", body={"document": saved["draft"], "key": former})
    with refused("consultation.draft_unknown"):
        consultation.call("open_draft", **where, body={"key": former})
    assert consultation.call("open_draft", **where, body={"key": consultation.link_key(saved["draft"])})


def test_a_link_that_was_voided_before_the_draft_was_submitted_stays_void(consultation: Any, make_answers: Any) -> None:
    email = "passed.on@ngo.example"
    draft = consultation.call("create_draft", edition="2017", body=new_draft(email, **make_answers(email=None)))[
        "draft"
    ]
    former = consultation.link_key(draft)
    consultation.call("renew_draft_link", edition="2017", body={"document": draft, "key": former})
    mailed = consultation.link_key(draft)
    body = {"draft": draft, "key": mailed, "answers": None, "language": None}
    receipt = consultation.call("submit", edition="2017", body=body)
    opened = {"edition": "2017", "submission": receipt["id"]}
    with refused("consultation.submission_unknown"):
        consultation.call("open_submission", **opened, body={"key": former, "version": None})
    read = consultation.call("open_submission", **opened, body={"key": mailed, "version": None})
    assert read["receipt"] == receipt["receipt"]


def test_lost_link_is_mailed_again_and_tells_nothing(consultation: Any) -> None:
    saved = consultation.call("create_draft", edition="2017", body=new_draft("lost@ngo.example"))

    responses = [
        consultation.call("mail_draft_links", edition="2017", body={"email": email})
        for email in ("nobody@ngo.example", "lost@ngo.example")
    ]
    assert responses == [responses[0]] * 2
    [event] = consultation.published.wait("links_requested")
    assert event["data"] == {"edition": "2017", "draft": saved["draft"]}
    mail = consultation.call("all_links_details", data=event["data"])
    assert mail["contact"] == {"email": "lost@ngo.example", "names": "", "locale": "en"}
    assert [row["url"].partition("#")[2] for row in mail["links"]] == [
        f"{saved['draft']}.{consultation.link_key(saved['draft'])}"
    ]


def test_draft_after_the_deadline_is_refused(consultation: Any) -> None:
    with refused("consultation.submissions_closed"):
        consultation.call("create_draft", at=DEADLINE, edition="2017", body=new_draft("late@ngo.example"))


def test_expired_draft_is_unknown(consultation: Any) -> None:
    dora = actor("member", id="dora")
    saved = consultation.call("create_draft", dora, edition="2017", body=new_draft())
    expired = datetime(2016, 12, 1, 12, tzinfo=UTC) + timedelta(days=60)
    with refused("consultation.draft_unknown"):
        consultation.call("read_draft", dora, at=expired, edition="2017", draft=saved["draft"])


def test_officer_lets_one_late_submission_in(consultation: Any, make_answers: Any) -> None:
    until = DEADLINE + timedelta(days=3)
    allowed = {
        "email": "tardy@ngo.example",
        "name": "Tardy NGO",
        "reason": "Ill",
        "expires_at": until,
        "language": "es",
    }
    consultation.call("allow_late_submission", consultation.officer, at="closed", edition="2017", body=allowed)
    event = consultation.published.wait("late_submission_allowed")[-1]
    draft = event["data"]["draft"]
    mail = consultation.call("draft_link_details", data=event["data"])
    assert mail["contact"] == {"email": "tardy@ngo.example", "names": "", "locale": "es"}
    assert mail["late_until"] == "2017-02-23T22:00:00Z"
    audited = consultation.published.wait("action_taken")[-1]["data"]
    assert (audited["action"], audited["reason"]) == ("consultation.late_submission_allowed", "Ill")
    assert audited["after"] == {"expires_at": "2017-02-23T22:00:00Z"}
    assert "tardy" not in str(audited).lower(), "an erasure does not reach the audit"
    sent = {"draft": draft, "key": consultation.link_key(draft), "answers": make_answers(email=None), "language": None}
    with refused("consultation.submissions_closed"):
        consultation.call("submit", at=until, edition="2017", body=sent)
    receipt = consultation.call("submit", at="closed", edition="2017", body=sent)
    read = consultation.call("read_submission", consultation.officer, edition="2017", submission=receipt["id"])
    assert read["late"] == {"by": consultation.officer.id, "reason": "Ill"}
    with refused("consultation.submissions_closed"):
        consultation.call(
            "amend_submission",
            at="closed",
            edition="2017",
            submission=receipt["id"],
            body={"key": sent["key"], "answers": make_answers(email=None, sdgs=[4]), "language": None},
        )


def test_officer_lets_one_amendment_in(consultation: Any, make_answers: Any) -> None:
    fay = actor("member", id="fay")
    sent = {"draft": None, "key": None, "answers": make_answers(email=None), "language": None}
    receipt = consultation.call("submit", fay, edition="2017", body=sent)
    where = {"edition": "2017", "submission": receipt["id"]}

    def amend(goals: list[int]) -> Any:
        changed = {"key": None, "answers": make_answers(email=None, sdgs=goals), "language": None}
        return consultation.call("amend_submission", fay, at="closed", **where, body=changed)

    with refused("consultation.submissions_closed"):
        amend([4])
    allowed = {"reason": "Our error", "expires_at": DEADLINE + timedelta(days=3)}
    consultation.call("allow_late_amendment", consultation.officer, at="closed", **where, body=allowed)
    mail = {"edition": "2017", "draft": receipt["id"]}
    until = consultation.call("late_link_details", data=mail)["late_until"]
    assert datetime.fromisoformat(until) == allowed["expires_at"]
    assert amend([4])["version"] == 2
    with refused("consultation.draft_unknown"):  # a mail that is written later has nothing to offer
        consultation.call("late_link_details", data=mail)
    with refused("consultation.submissions_closed"):
        amend([5])
    versions = consultation.call("read_submission", fay, **where)["versions"]
    assert [version["late"] and version["late"]["reason"] for version in versions] == [None, "Our error"]


def test_override_in_the_past_is_refused(consultation: Any) -> None:
    allowed = {"email": "x@ngo.example", "name": "X", "reason": "Ill", "expires_at": DEADLINE, "language": "en"}
    with refused("consultation.override_expired") as refusal:
        consultation.call("allow_late_submission", consultation.officer, at="closed", edition="2017", body=allowed)
    assert list(refusal.value.fields) == ["expires_at"]

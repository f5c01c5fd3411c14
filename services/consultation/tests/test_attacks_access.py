"""People try to read and change what is not theirs."""

from __future__ import annotations

import uuid
from typing import Any

import pikepdf
import pytest
from wsis_shared.blobs import store as blobs
from wsis_shared.context import ANONYMOUS
from wsis_shared.errors import Forbidden, NotFound
from wsis_testkit import actor, publish, refused, wait_for

ADA, EVE = actor("member", id="ada"), actor("member", id="eve")
NOBODY = {"email": None, "answers": {}, "language": None}


pytestmark = pytest.mark.usefixtures("people")


def pdf(folder: Any) -> bytes:
    path = folder / "input.pdf"
    made = pikepdf.Pdf.new()
    made.add_blank_page()
    made.save(path)
    return bytes(path.read_bytes())


def attach(consultation: Any, draft: str, content: bytes) -> str:
    upload = blobs.of("consultation").put([content], owner="ada", filename="input.pdf").reference()
    made = consultation.call(
        "attach_to_draft",
        ADA,
        edition="2017",
        draft=draft,
        upload=upload,
        body={"key": None},
        context={"idempotency_key": uuid.uuid4().hex},
    )
    return str(made["id"])


def submit(consultation: Any, answers: dict[str, Any], who: Any = ADA, **more: Any) -> str:
    body = {"draft": None, "key": None, "answers": answers, "language": None, **more}
    return str(consultation.call("submit", who, edition="2017", body=body)["id"])


def test_officers_do_not_see_what_is_not_submitted(consultation: Any, make_answers: Any, tmp_path: Any) -> None:
    draft = consultation.call("create_draft", ADA, edition="2017", body=NOBODY)["draft"]
    attachment = attach(consultation, draft, pdf(tmp_path))
    where = {"edition": "2017", "attachment": attachment}
    decision = {"published": True, "reason": "Curious"}
    for who in (consultation.officer, EVE, ANONYMOUS):
        assert consultation.call("list_attachments", who, edition="2017", submission=draft)["items"] == []
        with refused("consultation.attachment_unknown"):
            consultation.call("read_attachment", who, **where)
        with refused("consultation.draft_unknown"):
            consultation.call("read_draft", who, edition="2017", draft=draft)
    with refused("consultation.attachment_unknown"):
        consultation.call("publish_attachment", consultation.officer, **where, body=decision)
    with refused("consultation.attachment_unknown"):
        consultation.call("withdraw_attachment", consultation.officer, **where, body={"reason": "Curious"})
    assert consultation.call("read_attachment", ADA, **where)["blob"]
    submit(consultation, make_answers(email=None), draft=draft)
    assert consultation.call("read_attachment", consultation.officer, **where)["blob"]


def test_key_opens_its_own_document_only(consultation: Any, make_answers: Any) -> None:
    mine, other = (submit(consultation, make_answers(email=None)) for _ in range(2))
    draft = consultation.call("create_draft", ADA, edition="2017", body=NOBODY)["draft"]
    key = consultation.link_key(mine)
    for document, kind in ((other, "submission"), (draft, "draft")):
        where, body = {"edition": "2017", "submission": document}, {"key": key}
        with refused("consultation.submission_unknown"):
            consultation.call("open_submission", **where, body={**body, "version": None})
        with refused("consultation.submission_unknown"):
            consultation.call("withdraw_submission", **where, body={**body, "reason": None})
        with refused("consultation.submission_unknown"):
            consultation.call("amend_submission", **where, body={**body, "answers": make_answers(), "language": None})
        with refused("consultation.draft_unknown"):
            consultation.call("open_draft", edition="2017", draft=document, body=body)
        with refused(f"consultation.{kind}_unknown"):
            consultation.call("renew_draft_link", edition="2017", body={"document": document, "key": key})


def test_link_opens_nothing_once_the_account_is_erased(consultation: Any, make_answers: Any, amqp_client: Any) -> None:
    leaver = actor("member", id="leaver")
    submission = submit(consultation, make_answers(email=None), leaver)
    where, body = {"edition": "2017", "submission": submission}, {"key": consultation.link_key(submission)}
    assert consultation.call("open_submission", **where, body={**body, "version": None})["answers"]
    publish(amqp_client, "accounts", "account_erased", {"account": "leaver"})

    def is_closed() -> bool:
        try:
            consultation.call("open_submission", **where, body={**body, "version": None})
        except NotFound:
            return True
        return False

    wait_for(is_closed, what="the link to be void")
    with refused("consultation.submission_unknown"):
        consultation.call("withdraw_submission", **where, body={**body, "reason": None})


def test_link_opens_nothing_while_the_account_is_blocked(
    consultation: Any, make_answers: Any, people: Any, tmp_path: Any
) -> None:
    blocked = actor("member", id="blocked")
    submission = submit(consultation, make_answers(email=None), blocked)
    draft = consultation.call("create_draft", blocked, edition="2017", body=NOBODY)["draft"]
    where, key = {"edition": "2017"}, {"key": consultation.link_key(submission)}
    upload = blobs.of("consultation").put([pdf(tmp_path)], owner="blocked", filename="a.pdf").reference()
    body = {"requests": [{"submission": submission, "request": f"{submission}.1"}], "merge": False, "into": None}
    [session] = consultation.call("make_sessions", consultation.officer, **where, at="programme", body=body)["made"]
    acts = (
        ("open_submission", {"submission": submission, "body": {**key, "version": None}}),
        ("amend_submission", {"submission": submission, "body": {**key, "answers": {}, "language": None}}),
        ("withdraw_submission", {"submission": submission, "body": {**key, "reason": None}}),
        ("attach_to_submission", {"submission": submission, "upload": upload, "body": key}),
        ("renew_draft_link", {"body": {"document": submission, **key}}),
        ("open_draft", {"draft": draft, "body": {"key": consultation.link_key(draft)}}),
        ("store_linked_logo", {"session": session, "upload": upload, "body": {"submission": submission, **key}}),
        ("open_session_link", {"session": session, "body": {"submission": submission, **key}}),
    )
    people.add("blocked")
    for method, arguments in acts:
        with pytest.raises((NotFound, Forbidden)):
            consultation.call(method, **where, **arguments)
    people.remove("blocked")
    assert consultation.call("open_submission", **where, **acts[0][1])["answers"]
    assert consultation.call("open_session_link", **where, **acts[-1][1])["id"] == session
    assert consultation.call("store_linked_logo", **where, **acts[-2][1])["logo"]["filename"] == "a.pdf"


def test_agency_without_lines_reads_nothing(consultation: Any, make_answers: Any) -> None:
    submission = submit(consultation, make_answers(email=None))
    lost = actor("agency")
    assert lost.agency is None
    listed = consultation.call("list_submissions", lost, edition="2017", limit=100, after=None)
    assert (listed["items"], listed["total"]) == ([], 0)
    with refused("consultation.submission_unknown"):
        consultation.call("read_input", lost, edition="2017", submission=submission)
    read = consultation.call("read_input", consultation.officer, edition="2017", submission=submission)
    assert "ada@ngo.example" not in str(read)

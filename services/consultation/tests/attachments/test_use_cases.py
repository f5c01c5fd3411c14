from __future__ import annotations

import io
import uuid
from typing import Any

import pikepdf
import pytest
from PIL import Image
from wsis_shared.blobs import store as blobs
from wsis_shared.context import ANONYMOUS
from wsis_testkit import actor, refused, wait_for

from wsis_consultation.attachments.store import Attachments
from wsis_consultation.attachments.use_cases import AttachmentCases
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.use_cases import Links
from wsis_consultation.settings import Settings

OWNER, OTHER = actor(id="owner"), actor(id="other")


@pytest.fixture
def submission(consultation: Any, database: Any) -> str:
    """A submission of OWNER."""
    id = uuid.uuid4().hex
    database("consultation")["submissions"].insert_one(
        {
            "_id": id,
            "edition": "2017",
            "number": uuid.uuid4().int % 10**9,
            "state": "received",
            "account": "owner",
            "attachments": [],
            "version": 1,
            "override": None,
        }
    )
    return id


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "PNG")
    return out.getvalue()


def _pdf(**root: Any) -> bytes:
    pdf = pikepdf.Pdf.new()
    pdf.add_blank_page()
    pdf.Root.update({f"/{name}": value for name, value in root.items()})
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def _upload(content: bytes, filename: str = "input.pdf") -> dict[str, Any]:
    """What the gateway hands over."""
    return blobs.of("consultation").put([content], owner="owner", filename=filename).reference()


def _attach(consultation: Any, submission: str, content: bytes, who: Any = OWNER, **more: Any) -> Any:
    upload = _upload(content, more.pop("filename", "input.pdf"))
    return consultation.call(
        "attach_to_submission", who, edition="2017", submission=submission, upload=upload, body={"key": None}, **more
    )


def _listed(consultation: Any, submission: str, who: Any) -> list[str]:
    listed = consultation.call("list_attachments", who, edition="2017", submission=submission)
    return [each["id"] for each in listed["items"]]


def _read(consultation: Any, attachment: str, who: Any) -> str:
    blob: str = consultation.call("read_attachment", who, edition="2017", attachment=attachment)["blob"]
    return blob


def _waiting(consultation: Any) -> int:
    """How many files wait on the desk to be published."""
    queues = consultation.call("list_waiting", consultation.officer)["items"]
    return sum(row["count"] for row in queues if row["code"] == "attachments")


def test_attachment_is_seen_by_its_owner_and_officers_until_it_is_published(consultation: Any, submission: str) -> None:
    content = _pdf()
    made = _attach(consultation, submission, content)
    for who in (OWNER, consultation.officer):
        assert _listed(consultation, submission, who) == [made["id"]]
        assert b"".join(blobs.of("consultation").open(_read(consultation, made["id"], who))) == content
    for who in (OTHER, ANONYMOUS):
        assert _listed(consultation, submission, who) == []
        with refused("consultation.attachment_unknown"):
            _read(consultation, made["id"], who)
    body = {"published": True, "reason": "Annex of the outcomes"}
    assert _waiting(consultation) > 0
    consultation.call("publish_attachment", consultation.officer, edition="2017", attachment=made["id"], body=body)
    assert _listed(consultation, submission, ANONYMOUS) == [made["id"]]
    assert _read(consultation, made["id"], ANONYMOUS) == made["blob"]
    [entry] = [each for each in consultation.published.wait("action_taken") if made["id"] in each["data"]["object"]]
    assert (entry["data"]["action"], entry["data"]["reason"]) == (
        "consultation.attachment_published",
        "Annex of the outcomes",
    )


@pytest.mark.parametrize(
    ("content", "filename", "reason"),
    [
        (_pdf(OpenAction=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="x")), "input.pdf", "scripts"),
        (_png() + b"PK\x03\x04", "input.png", "type"),
        (_pdf(), "input.exe", "name"),
        (_png(), "input.pdf", "name"),
        (b"plain text", "input.txt", "type"),
    ],
    ids=["script", "two formats", "name of a program", "name of another type", "text"],
)
def test_refused_file_leaves_nothing(
    consultation: Any, submission: str, content: bytes, filename: str, reason: str
) -> None:
    with refused("consultation.attachment_refused") as refusal:
        _attach(consultation, submission, content, filename=filename)
    assert (refusal.value.code, refusal.value.params["reason"]) == ("consultation.attachment_refused", reason)
    assert list(refusal.value.fields) == ["file"]
    assert _listed(consultation, submission, OWNER) == []


def test_only_its_owner_attaches_and_only_until_the_deadline(consultation: Any, submission: str) -> None:
    for who in (OTHER, ANONYMOUS):
        with refused("consultation.attachment_parent_unknown"):
            _attach(consultation, submission, _pdf(), who)
    with refused("consultation.submissions_closed"):
        _attach(consultation, submission, _pdf(), at="closed")


def test_eleventh_attachment_is_refused(consultation: Any, submission: str) -> None:
    for number in range(10):
        _attach(consultation, submission, _png(), filename=f"{number}.png")
    with refused("consultation.attachments_full"):
        _attach(consultation, submission, _png(), filename="10.png")
    assert len(_listed(consultation, submission, OWNER)) == 10


def test_submission_holds_a_reference_until_the_file_is_taken_back(
    consultation: Any, submission: str, database: Any
) -> None:
    def held() -> list[str]:
        found = database("consultation")["submissions"].find_one({"_id": submission})
        return [each["filename"] for each in found["attachments"]]

    made = _attach(consultation, submission, _pdf(), filename="plan.pdf")
    assert held() == ["plan.pdf"]
    with refused("consultation.attachment_parent_unknown"):
        consultation.call("remove_attachment", OTHER, edition="2017", attachment=made["id"], body={"key": None})
    for _ in range(2):
        consultation.call("remove_attachment", OWNER, edition="2017", attachment=made["id"], body={"key": None})
    assert held() == []
    assert _listed(consultation, submission, OWNER) == []
    with refused("consultation.attachment_unknown"):
        _read(consultation, made["id"], OWNER)


def test_officer_removes_a_file_with_a_reason_after_the_deadline(consultation: Any, submission: str) -> None:
    made = _attach(consultation, submission, _pdf())
    removed = consultation.call(
        "withdraw_attachment",
        consultation.officer,
        at="closed",
        edition="2017",
        attachment=made["id"],
        body={"reason": "Names a child"},
    )
    assert removed["removed"] is True
    with refused("consultation.attachment_unknown"):
        _read(consultation, made["id"], consultation.officer)
    entries = wait_for(
        lambda: [
            each["data"]
            for each in consultation.published.of("action_taken")
            if each["data"]["action"] == "consultation.attachment_removed" and made["id"] in each["data"]["object"]
        ]
    )
    assert entries[0]["reason"] == "Names a child"


@pytest.fixture
def draft(consultation: Any, fake_service: Any) -> tuple[str, str]:
    """(id, key of its link) of the draft of somebody without an account."""
    fake_service("accounts", contacts=lambda ids: [], profile=lambda account: {})
    saved = consultation.call(
        "create_draft", edition="2017", body={"email": "eve@ngo.example", "answers": {}, "language": "en"}
    )
    mail = consultation.call("draft_link_details", data={"edition": "2017", "draft": saved["draft"]})
    return saved["draft"], str(mail["url"]).rpartition(".")[2]


def test_stranger_attaches_to_a_draft_and_the_submission_has_it(
    consultation: Any, make_answers: Any, draft: tuple[str, str]
) -> None:
    id, key = draft

    def attach(key: str | None) -> Any:
        return consultation.call(
            "attach_to_draft", edition="2017", draft=id, upload=_upload(_pdf(), "plan.pdf"), body={"key": key}
        )

    for wrong in (None, "0" * 40):
        with refused("consultation.attachment_parent_unknown"):
            attach(wrong)
    made = attach(key)
    publication = {"published": True, "reason": None}
    with refused("consultation.attachment_unknown"):  # a draft is its owner's alone
        consultation.call(
            "publish_attachment", consultation.officer, edition="2017", attachment=made["id"], body=publication
        )
    answers = make_answers(email=None)
    body = {"draft": id, "key": key, "answers": answers, "language": None}
    receipt = consultation.call("submit", edition="2017", body=body)
    read = consultation.call(
        "open_submission", edition="2017", submission=receipt["id"], body={"key": key, "version": None}
    )
    assert [each["id"] for each in read["attachments"]] == [made["id"]]
    consultation.call(
        "publish_attachment", consultation.officer, edition="2017", attachment=made["id"], body=publication
    )
    assert _read(consultation, made["id"], ANONYMOUS) == made["blob"]
    consultation.call(
        "withdraw_submission", edition="2017", submission=receipt["id"], body={"key": key, "reason": None}
    )
    with refused("consultation.attachment_unknown"):
        _read(consultation, made["id"], ANONYMOUS)
    assert _read(consultation, made["id"], consultation.officer) == made["blob"]


def test_file_of_a_deleted_draft_is_removed(consultation: Any, draft: tuple[str, str], database: Any) -> None:
    id, key = draft
    made = consultation.call(
        "attach_to_draft", edition="2017", draft=id, upload=_upload(_pdf(), "plan.pdf"), body={"key": key}
    )
    db = database("consultation")
    cases = AttachmentCases(Editions(db), Attachments(db), Links(None), Settings.load())
    cases.remove_orphaned_attachments(blobs.of("consultation"))
    assert blobs.of("consultation").stat(made["blob"])
    consultation.call("remove_draft", edition="2017", draft=id, body={"key": key})
    cases.remove_orphaned_attachments(blobs.of("consultation"))
    with refused("suite.blob_unknown"):
        blobs.of("consultation").stat(made["blob"])
    with refused("consultation.attachment_unknown"):
        _read(consultation, made["id"], consultation.officer)

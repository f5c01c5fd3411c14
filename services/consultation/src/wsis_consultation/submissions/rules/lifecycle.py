"""From receipt to withdrawal: numbers, versions, and what an officer's override lets in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, final

from wsis_shared import clock
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input

from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.submissions.rules import contents


class Override(TypedDict):
    """An officer lets one change in after the deadline; used once."""

    by: str
    name: str
    reason: str
    expires_at: datetime


class Late(TypedDict):
    """Who let it in after the deadline."""

    by: str
    reason: str


class Withdrawal(TypedDict):
    """Its owner took it back."""

    at: datetime
    reason: str | None


class Consent(TypedDict):
    """Whether everybody may read it, as its author said last; `by` is "account" or "link"."""

    public: bool
    at: datetime
    by: str


class MergedSubmission(TypedDict):
    """A submission that was merged into this one."""

    id: str
    number: int


class Merger(TypedDict):
    """An officer merged it into another submission of its edition."""

    into: str
    into_number: int
    at: datetime
    by: str
    reason: str


class FileReference(TypedDict):
    """What a draft or submission holds of an attachment."""

    id: str
    blob: str
    filename: str
    media_type: str
    size: int
    sha256: str


class Linked(Stored):
    """What has a mailed link; `link_number` counts how often it was replaced."""

    edition: str
    account: str | None
    language: str
    attachments: list[FileReference]
    override: Override | None
    link_number: NotRequired[int]


class BlankDraft(Linked):
    """A draft before its answers. One that an officer made has no moment when it began."""

    email: str
    email_key: str
    created_at: NotRequired[datetime]


@final
class Draft(BlankDraft):
    """Answers that are not submitted yet."""

    form_version: int
    answers: Input
    saved_at: datetime
    expires_at: datetime


class Received(Linked):
    """A submission but for its content."""

    number: int
    state: str
    version_number: int
    received_at: datetime
    amended_at: datetime | None
    late: Late | None
    email_key: str | None
    next_request: int
    withdrawn: NotRequired[Withdrawal]
    consent: NotRequired[Consent | None]
    merger: NotRequired[Merger | None]
    merged: NotRequired[list[MergedSubmission]]


class Submission(Received, contents.Content):
    """What was submitted, in its current version."""


class Version(contents.Content):
    """The copy of a version; `by` is "account" or "link"."""

    _id: str
    submission: str
    edition: str
    number: int
    at: datetime
    by: str
    late: Late | None


class Receipt(TypedDict):
    """What its owner keeps: the number, and the time of receipt in Geneva and in UTC."""

    id: str
    edition: str
    number: int
    receipt: str
    state: str
    version: int
    received_at: datetime
    received_geneva: str
    received_utc: str


# The number that names a submission to people.


def receipt_number(edition: str, number: int) -> str:
    """ "OCP-2017-0007"."""
    return f"OCP-{edition}-{number:04d}"


def number_of(receipt: str, edition: str) -> int | None:
    """The number in a receipt of the edition: 7 of "OCP-2017-0007"; None where it is no such receipt."""
    number = receipt.rpartition("-")[2]
    found = int(number) if number.isascii() and number.isdecimal() and len(number) <= 9 else 0
    return found if receipt == receipt_number(edition, found) else None


# Whose draft or submission it is: that of an account, or of whoever has the key of its mailed link.


def owns(document: Linked, account: str | None, *, key_fits: bool) -> bool:
    """Whether the account wrote it, or the key of its link came along (`people.store.opens`)."""
    return key_fits or (account is not None and document.get("account") == account)


def email_of(document: Draft | Submission) -> str | None:
    """Where its writer is written to; None once they are erased."""
    if "contact" not in document:
        return document["email"]
    return document["contact"]["email"] if document["contact"] else None


RECEIVED, WITHDRAWN, MERGED = STATES = ("received", "withdrawn", "merged")
MAX_DRAFTS, MAX_SUBMISSIONS = 10, 20  # of one address in an edition
DRAFT_KEPT = timedelta(days=60)  # after its last change


def admit(edition: editions.Edition, moment: datetime, override: Override | None) -> Late | None:
    """None while submissions are open; after the deadline who gave a valid override.

    Raises Conflict (consultation.submissions_closed, consultation.submissions_not_open). `moment` is the time of
    receipt at the gateway: what arrives in the very second of the deadline is late.
    """
    late = moment >= editions.submissions_close_at(edition)
    if late and override and moment < override["expires_at"]:
        return {"by": override["by"], "reason": override["reason"]}
    editions.require_open(edition, moment)
    return None


def receive(
    content: contents.Content,
    *,
    id: str,
    edition: str,
    number: int,
    at: datetime,
    account: str | None,
    email_key: str,
    late: Late | None,
    attachments: list[FileReference],
    link_number: int,
) -> Submission:
    """A new submission with its number. The link of its draft opens it, and those that were replaced do not."""
    content, next_request = contents.with_request_ids(content, id, 1)
    received: Received = {
        "_id": id,
        "edition": edition,
        "number": number,
        "state": RECEIVED,
        "version_number": 1,
        "received_at": at,
        "amended_at": None,
        "late": late,
        "override": None,
        "account": account,
        "language": content["language"],
        "email_key": email_key,
        "attachments": attachments,
        "link_number": link_number,
        "next_request": next_request,
    }
    return {**content, **received}


def amend(submission: Submission, content: contents.Content, at: datetime, late: Late | None) -> Submission:
    """The next version; the same submission where nothing differs. An override is used up."""
    content, next_request = contents.with_request_ids(content, submission["_id"], submission["next_request"])
    if all(submission.get(name) == content.get(name) for name in contents.CONTENT):
        return submission
    return {
        **submission,
        "form_version": content["form_version"],
        "language": content["language"],
        "kind": content["kind"],
        "contact": content["contact"],
        "organization": content["organization"],
        "country": content["country"],
        "region": content["region"],
        "stakeholder_type": content["stakeholder_type"],
        "event": content["event"],
        "action_lines": content["action_lines"],
        "sdgs": content["sdgs"],
        "chosen": content["chosen"],
        "answers": content["answers"],
        "per_line": content["per_line"],
        "requests": content["requests"],
        "version_number": submission["version_number"] + 1,
        "amended_at": at,
        "next_request": next_request,
        "late": late or submission["late"],
        "override": None if late else submission["override"],
    }


def require_received(submission: Submission, base: int | None = None) -> None:
    """Raises Conflict where it was withdrawn or merged, or where `base` is not the version in force."""
    if merger := submission.get("merger"):
        raise Conflict(
            "consultation.submission_merged", receipt=receipt_number(submission["edition"], merger["into_number"])
        )
    if submission["state"] != RECEIVED:
        raise Conflict(
            "consultation.submission_withdrawn", receipt=receipt_number(submission["edition"], submission["number"])
        )
    if base is not None and base != submission["version_number"]:
        raise Conflict("consultation.version_changed", version=submission["version_number"])


def require_saved(draft: Draft, base: datetime | None) -> None:
    """Raises Conflict where the draft was saved again after `base`."""
    if base is not None and base != draft["saved_at"]:
        raise Conflict("consultation.draft_changed", saved_at=clock.iso(draft["saved_at"]))


def withdraw(submission: Submission, at: datetime, reason: str | None) -> Submission:
    """Its owner takes it back; its number is not given again."""
    return {**submission, "state": WITHDRAWN, "withdrawn": {"at": at, "reason": reason}}


def is_public(submission: Submission) -> bool:
    """Whether everybody may read it: its author consents, and has not withdrawn it. One that was merged keeps its
    page."""
    consent = submission.get("consent")
    return submission["state"] != WITHDRAWN and consent is not None and consent["public"]


def with_consent(submission: Submission, *, public: bool, at: datetime, by: str) -> Submission:
    """Everybody may read it, or no longer."""
    return {**submission, "consent": {"public": public, "at": at, "by": by}}


class Mergers(TypedDict):
    """Receipts: into which it was merged, and which were merged into it."""

    merged_into: str | None
    merged: list[str]


def mergers(submission: Submission) -> Mergers:
    """What it was merged with."""
    edition, merger = submission["edition"], submission.get("merger")
    return {
        "merged_into": receipt_number(edition, merger["into_number"]) if merger else None,
        "merged": [receipt_number(edition, row["number"]) for row in submission.get("merged") or ()],
    }


def version_of(submission: Submission, at: datetime, by: str) -> Version:
    """The copy of the current version."""
    number = submission["version_number"]
    return {
        "_id": f"{submission['_id']}.{number}",
        "submission": submission["_id"],
        "edition": submission["edition"],
        "number": number,
        "at": at,
        "by": by,
        "late": submission["late"],
        **contents.of(submission),
    }


def receipt(submission: Submission) -> Receipt:
    """What its owner keeps."""
    return {
        "id": submission["_id"],
        "edition": submission["edition"],
        "number": submission["number"],
        "receipt": receipt_number(submission["edition"], submission["number"]),
        "state": submission["state"],
        "version": submission["version_number"],
        "received_at": submission["received_at"],
        "received_geneva": clock.geneva(submission["received_at"]),
        "received_utc": clock.iso(submission["received_at"]),
    }

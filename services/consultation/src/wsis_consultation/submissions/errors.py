"""Errors of the form, drafts and submissions."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound, TooMany


def answers_invalid(fields: dict[str, list[str]]) -> Invalid:
    """Some answers do not fit the form; `fields` has their paths below "answers"."""
    return Invalid(
        "consultation.answers_invalid",
        "Some answers are missing or do not fit the form.",
        fields={f"answers.{path}" if path else "answers": texts for path, texts in fields.items()},
    )


def draft_unknown() -> NotFound:
    """There is no such draft, or it is somebody else's, or it has expired."""
    return NotFound("consultation.draft_unknown", "No such draft under this key: ask for a new link.")


def submission_unknown() -> NotFound:
    """There is no such submission, or it is somebody else's."""
    return NotFound("consultation.submission_unknown", "No such submission under this key or account.")


def version_unknown(number: int | str) -> NotFound:
    """The submission has no such version."""
    return NotFound("consultation.version_unknown", f"No version {number}.", version=number)


def email_needed() -> Invalid:
    """Somebody without an account saves a draft and gives no address for its link."""
    return Invalid(
        "consultation.email_needed",
        "An address is needed for the link to the draft.",
        fields={"email": ["Missing data for required field."]},
    )


def link_needed() -> Forbidden:
    """Somebody without an account submits without a draft."""
    return Forbidden("consultation.link_needed", "Save a draft first: its mailed link lets you submit, or sign in.")


def too_many_drafts(limit: int) -> Conflict:
    """The mailbox has its number of drafts."""
    return Conflict("consultation.too_many_drafts", f"At most {limit} drafts for one address.", limit=limit)


def too_many_submissions(limit: int) -> Conflict:
    """The mailbox has its number of submissions in this edition."""
    return Conflict("consultation.too_many_submissions", f"At most {limit} submissions from one address.", limit=limit)


def too_many_links(retry_after: int) -> TooMany:
    """The mailbox got its number of mails with links for an hour."""
    return TooMany(
        "consultation.too_many_links", "Links were mailed to this address several times.", retry_after=retry_after
    )


def submission_withdrawn(receipt: str) -> Conflict:
    """It was withdrawn: there is nothing to change."""
    return Conflict("consultation.submission_withdrawn", f"{receipt} was withdrawn.", receipt=receipt)


def submitted_already(receipt: str) -> Conflict:
    """The draft is a submission by now: amend that."""
    return Conflict("consultation.submitted_already", f"It was submitted as {receipt}: amend that.", receipt=receipt)


def version_changed(version: int) -> Conflict:
    """The submission was amended meanwhile, for example in another window."""
    return Conflict("consultation.version_changed", f"Version {version} is in force by now.", version=version)


def form_changed(version: int) -> Conflict:
    """Somebody else published a version meanwhile."""
    return Conflict("consultation.form_changed", f"Version {version} is in force: start from it.", version=version)


def form_invalid(fields: dict[str, list[str]]) -> Invalid:
    """The new version of the form cannot be published; `fields` says why."""
    return Invalid("consultation.form_invalid", "The form cannot be published like this.", fields=fields)


def override_expired() -> Invalid:
    """The end of an override has passed already."""
    return Invalid(
        "consultation.override_expired",
        "The override would have expired already.",
        fields={"expires_at": ["Choose a moment ahead."]},
    )

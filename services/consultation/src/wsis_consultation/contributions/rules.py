"""What everybody may read of a submission whose author consents, and who endorses it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input, JsonObject

from wsis_consultation.documents.rules.outcomes import PERSONAL, masked
from wsis_consultation.submissions.rules.lifecycle import Submission, receipt_number

SORTS = (NEWEST, OLDEST) = ("newest", "oldest")
_ROW = (
    "edition",
    "number",
    "kind",
    "country",
    "region",
    "stakeholder_type",
    "language",
    "action_lines",
    "sdgs",
    "received_at",
    "amended_at",
)
_PEOPLE = frozenset({"speakers", "email", "telephone", "id"})


class Endorsement(TypedDict):
    """Of an account, or of its organization; `_id` is "<submission>.<account>", so that there is one."""

    _id: str
    submission: str
    edition: str
    account: str
    organization: str | None
    at: datetime
    merged_from: NotRequired[str]


def row_of(submission: Submission) -> JsonObject:
    """What a list says: not who wrote it, but for whom."""
    return {
        "receipt": receipt_number(submission["edition"], submission["number"]),
        "organization": masked(submission["organization"]),
        **{name: submission.get(name) for name in _ROW},
    }


def entry_of(submission: Submission) -> JsonObject:
    """All that it says, as documents do: without people, and addresses in texts are masked."""
    answers = {code: value for code, value in submission["answers"].items() if code not in PERSONAL}
    return {
        **row_of(submission),
        "event": _public(submission["event"]),
        "answers": _public(answers),
        "per_line": _public(submission["per_line"]),
        "requests": _public(submission["requests"]),
    }


def _public(value: object) -> object:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {name: _public(part) for name, part in value.items() if name not in _PEOPLE}
    return [_public(part) for part in value] if isinstance(value, list) else value


def numbers_of_mergers(submission: Submission) -> list[int]:
    """Those that were merged into it, and the one that it was merged into."""
    merger = submission.get("merger")
    return [*(row["number"] for row in submission.get("merged") or ()), *([merger["into_number"]] if merger else ())]


def endorse(
    submission: Submission, account: str, profile: Input, *, for_organization: bool, at: datetime
) -> Endorsement:
    """An endorsement. Raises Conflict for the own contribution, Invalid where the profile names no organization."""
    if submission["account"] == account:
        raise Conflict("consultation.own_contribution")
    organization = profile.get("organization_name") if for_organization else None
    if for_organization and not organization:
        raise Invalid(
            "consultation.organization_missing", fields={"for_organization": ["Your account names no organization."]}
        )
    return {
        "_id": endorsement_id(submission["_id"], account),
        "submission": submission["_id"],
        "edition": submission["edition"],
        "account": account,
        "organization": organization,
        "at": at,
    }


def endorsement_id(submission: str, account: str) -> str:
    """One for an account."""
    return f"{submission}.{account}"

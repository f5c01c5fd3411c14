"""The input of a submission as the facilitators of its action lines read it: what it says, not who wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_consultation.submissions.rules.receipts import receipt_number

_COPIED = ("edition", "number", "kind", "organization", "country", "region", "stakeholder_type", "language", "event",
           "action_lines", "sdgs", "answers", "per_line", "received_at")  # fmt: skip
_PERSONAL = {"email", "telephone"}


def from_submission(submission: Mapping[str, Any]) -> dict[str, Any]:
    """All content but the submitter's contact, and speakers without addresses."""
    return {
        "id": submission["_id"], "receipt": receipt_number(submission["edition"], submission["number"]),
        **{name: submission.get(name) for name in _COPIED},
        "requests": _without_addresses(submission.get("requests") or []),
    }  # fmt: skip


def _without_addresses(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_addresses(part) for name, part in value.items() if name not in _PERSONAL}
    return [_without_addresses(part) for part in value] if isinstance(value, list) else value

"""From receipt to withdrawal: numbers, versions, and what an officer's override lets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from wsis_shared import clock
from wsis_shared.errors import Conflict

from wsis_consultation.editions.rules import editions
from wsis_consultation.submissions.rules import contents
from wsis_consultation.submissions.rules.questions import Form, every_question

# The number that names a submission to people.


def receipt_number(edition: str, number: int) -> str:
    """ "OCP-2017-0007"."""
    return f"OCP-{edition}-{number:04d}"


# Whose draft or submission it is: that of an account, or of whoever has the key of its mailed link.


def owns(document: Mapping[str, Any], account: str | None, *, key_fits: bool) -> bool:
    """Whether the account wrote it, or the key of its link came along (`people.store.opens`)."""
    return key_fits or (account is not None and document.get("account") == account)


# Differences between two versions of a submission, and between two versions of a form.


_WATCHED = ("type", "required", "max", "words", "choices", "when", "asked_of", "label", "help")


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """[{path, before, after}] of the answers that differ, in the order of their paths; None stands for no answer.

    Entries with an id are compared by id, so that one that moves in its list does not count as changed.
    """
    old, new = dict(_flat(before, "")), dict(_flat(after, ""))
    return [
        {"path": path, "before": old.get(path), "after": new.get(path)}
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    ]


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name != "id":
                yield from _flat(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for index, item in enumerate(value):
            yield from _flat(item, f"{path}.{_name(item, index)}")
    else:
        yield path, value


def _name(item: Any, index: int) -> str:
    if not isinstance(item, Mapping):
        return str(index)
    return str(item.get("id") or item.get("action_line") or index)


def of_forms(before: Form, after: Form) -> dict[str, list[str]]:
    """{added, removed, changed}: paths of questions, for whoever comes back with a draft of an older version."""
    old, new = dict(every_question(before)), dict(every_question(after))
    return {
        "added": [path for path in new if path not in old],
        "removed": [path for path in old if path not in new],
        "changed": [
            path for path in new if path in old and any(old[path].get(n) != new[path].get(n) for n in _WATCHED)
        ],
    }


Submission = dict[str, Any]
Override = Mapping[str, Any]
"""{by, name, reason, expires_at}: an officer lets one change in after the deadline; used once."""

RECEIVED, WITHDRAWN = "received", "withdrawn"
MAX_DRAFTS, MAX_SUBMISSIONS = 10, 20  # of one address in an edition
DRAFT_KEPT = timedelta(days=60)  # after its last change


def admit(edition: editions.Edition, moment: datetime, override: Override | None) -> dict[str, Any] | None:
    """None while submissions are open; after the deadline {by, reason} of a valid override.

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
    late: Mapping[str, Any] | None,
    attachments: list[dict[str, Any]],
) -> Submission:
    """A new submission with its number."""
    content, next_request = contents.with_request_ids(content, id, 1)
    return {
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
        "email_key": email_key,
        "attachments": attachments,
        "next_request": next_request,
        **content,
    }


def amend(
    submission: Submission, content: contents.Content, at: datetime, late: Mapping[str, Any] | None
) -> Submission:
    """The next version; the same submission where nothing differs. An override is used up."""
    content, next_request = contents.with_request_ids(content, submission["_id"], submission["next_request"])
    if all(submission.get(name) == content[name] for name in contents.CONTENT):
        return submission
    return {
        **submission,
        **content,
        "version_number": submission["version_number"] + 1,
        "amended_at": at,
        "next_request": next_request,
        "late": late or submission["late"],
        "override": None if late else submission["override"],
    }


def require_received(submission: Submission, base: int | None = None) -> None:
    """Raises Conflict where it was withdrawn, or where `base` is not the version in force."""
    if submission["state"] != RECEIVED:
        raise Conflict(
            "consultation.submission_withdrawn", receipt=receipt_number(submission["edition"], submission["number"])
        )
    if base is not None and base != submission["version_number"]:
        raise Conflict("consultation.version_changed", version=submission["version_number"])


def withdraw(submission: Submission, at: datetime, reason: str | None) -> Submission:
    """Its owner takes it back; its number is not given again."""
    return {**submission, "state": WITHDRAWN, "withdrawn": {"at": at, "reason": reason}}


def version_of(submission: Submission, at: datetime, by: str) -> dict[str, Any]:
    """The copy of the current version. `by` is "account" or "link"."""
    number = submission["version_number"]
    return {
        "_id": f"{submission['_id']}.{number}",
        "submission": submission["_id"],
        "edition": submission["edition"],
        "number": number,
        "at": at,
        "by": by,
        "late": submission["late"],
        **{name: submission[name] for name in contents.CONTENT},
    }


def receipt(submission: Mapping[str, Any]) -> dict[str, Any]:
    """What its owner keeps: the number, and the time of receipt in Geneva and in UTC."""
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

"""States of an issue.

    draft <-> ready -> sending -> sent
      |        |         |
      +--------+---------+-> canceled

Officers make a draft ready, take it back and cancel it; the campaign that sends it does the rest. Readers may open an
issue from `sending` on, since the mails link to it; it is in the lists once it is `sent`, and stays so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wsis_shared.errors import Conflict, Invalid

from wsis_notifications.issues.rules.contents import Issue

DRAFT, READY, SENDING, SENT, CANCELED = "draft", "ready", "sending", "sent", "canceled"
STATES = (DRAFT, READY, SENDING, SENT, CANCELED)
FLASH, ANNOUNCEMENT = "flash", "announcement"
CONTENT = ("month", "language", "languages", "title", "summary", "topics", "sections")
_BY_OFFICERS = {(DRAFT, READY), (READY, DRAFT), (DRAFT, CANCELED), (READY, CANCELED)}
_BY_SENDING = {(READY, SENDING), (SENDING, SENT), (SENDING, CANCELED)}


def new(id: str, number: int, body: Mapping[str, Any], at: datetime) -> Issue:
    """A draft of the newsletter. Raises Invalid for an image, which no new issue has."""
    issue = {
        "_id": id,
        "kind": FLASH,
        "number": number,
        "state": DRAFT,
        "images": [],
        "created_at": at,
        "released_at": None,
        "sent_at": None,
        **{name: body[name] for name in CONTENT},
    }
    _require_images(issue)
    return issue


def edited(issue: Issue, body: Mapping[str, Any]) -> Issue:
    """The draft with other contents. Raises Conflict unless it is a draft and of that version, Invalid for an image
    that the issue does not have."""
    require_draft(issue)
    require_version(issue, body["version"])
    changed = {**issue, **{name: body[name] for name in CONTENT}}
    _require_images(changed)
    return changed


def copied(issue: Issue, id: str, number: int, month: str, at: datetime) -> Issue:
    """A draft with the same contents for another month; it shows the same images."""
    draft = {
        **issue,
        "_id": id,
        "kind": FLASH,
        "number": number,
        "state": DRAFT,
        "month": month,
        "created_at": at,
        "released_at": None,
        "sent_at": None,
    }
    return {name: value for name, value in draft.items() if name not in ("version", "updated_at")}


def moved(issue: Issue, state: str, version: int) -> Issue:
    """The issue after an officer's decision. Raises Conflict."""
    require_version(issue, version)
    if (issue["state"], state) not in _BY_OFFICERS:
        raise Conflict("notifications.issue_state_refused", state=issue["state"], wanted=state)
    return {**issue, "state": state}


def sent_on(issue: Issue, state: str, at: datetime) -> Issue | None:
    """The issue after a step of a campaign; None where nothing changes: a repeat, or another campaign with an issue
    that is sent already. Raises Conflict."""
    if state == issue["state"] or issue["state"] == SENT:
        return None
    if (issue["state"], state) not in _BY_SENDING:
        raise Conflict("notifications.issue_state_refused", state=issue["state"], wanted=state)
    times = {"released_at": at} if state == SENDING else {"sent_at": at} if state == SENT else {}
    return {**issue, "state": state, **times}


def is_released(issue: Mapping[str, Any]) -> bool:
    """Whether readers may open it: some have its mail."""
    return issue["released_at"] is not None


def unused_images(issue: Mapping[str, Any]) -> list[str]:
    """Images that no section shows."""
    used = _image_ids(issue)
    return [image["id"] for image in issue["images"] if image["id"] not in used]


def require_draft(issue: Mapping[str, Any]) -> None:
    """Raises Conflict unless it is a draft."""
    if issue["state"] != DRAFT:
        raise Conflict("notifications.issue_not_draft", state=issue["state"])


def require_version(issue: Mapping[str, Any], version: int) -> None:
    """Raises Conflict unless this is the version that the officer has read: nobody overwrites another's work."""
    if issue["version"] != version:
        raise Conflict("notifications.issue_changed", version=issue["version"])


def _require_images(issue: Mapping[str, Any]) -> None:
    known = {image["id"] for image in issue["images"]}
    if unknown := _image_ids(issue) - known:
        raise Invalid(
            "notifications.image_unknown", fields={"sections": ["Not an image of this issue."]}, image=min(unknown)
        )


def _image_ids(issue: Mapping[str, Any]) -> set[str]:
    return {section["image"]["id"] for section in issue["sections"] if section["image"]}

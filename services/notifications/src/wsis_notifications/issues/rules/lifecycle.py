"""States of an issue.

    draft <-> ready -> sending -> sent
      |        |         |
      +--------+---------+-> canceled

Officers make a draft ready, take it back and cancel it; the campaign that sends it does the rest. Readers may open an
issue from `sending` on, since the mails link to it; it is in the lists once it is `sent`, and stays so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input

from wsis_notifications.issues.rules import changes
from wsis_notifications.issues.rules.contents import Content, Issue, WrittenSection

DRAFT, READY, SENDING, SENT, CANCELED = "draft", "ready", "sending", "sent", "canceled"
STATES = (DRAFT, READY, SENDING, SENT, CANCELED)
MAX_SECTIONS = 20
FLASH, ANNOUNCEMENT = "flash", "announcement"
_BY_OFFICERS = {(DRAFT, READY), (READY, DRAFT), (DRAFT, CANCELED), (READY, CANCELED)}
_BY_SENDING = {(READY, SENDING), (SENDING, SENT), (SENDING, CANCELED)}


def new(id: str, number: int, body: Input, at: datetime) -> Issue:
    """A draft of the newsletter. Raises Invalid for an image, which no new issue has."""
    content = content_of(body)
    issue: Issue = {
        "month": content["month"],
        "language": content["language"],
        "languages": content["languages"],
        "title": content["title"],
        "summary": content["summary"],
        "topics": content["topics"],
        "sections": content["sections"],
        "remembered_from": 1,
        "_id": id,
        "kind": FLASH,
        "number": number,
        "state": DRAFT,
        "images": [],
        "created_at": at,
        "released_at": None,
        "sent_at": None,
    }
    _require_images(issue)
    return issue


def content_of(body: Input) -> Content:
    """What officers have written."""
    return {
        "month": body["month"],
        "language": body["language"],
        "languages": body["languages"],
        "title": body["title"],
        "summary": body["summary"],
        "topics": body["topics"],
        "sections": identified(body["sections"]),
    }


def identified(sections: Sequence[Input]) -> list[WrittenSection]:
    """Sections with ids of their own; one that has none, or that of another, gets the next number."""
    taken = [section.get("id") for section in sections]
    free = (str(number) for number in count(1) if str(number) not in taken)
    own = [id if id and id not in taken[:place] else next(free) for place, id in enumerate(taken)]
    return [
        {
            "id": id,
            "kind": section["kind"],
            "title": section["title"],
            "text": section["text"],
            "image": section.get("image"),
            "link": section.get("link"),
        }
        for id, section in zip(own, sections, strict=True)
    ]


def edited(issue: Issue, body: Input) -> Issue:
    """The draft with other contents. Raises Conflict unless it is a draft and of that version, Invalid for an image
    that the issue does not have."""
    require_version(issue, body["version"])
    return with_content(issue, content_of(body))


def with_content(issue: Issue, content: Content) -> Issue:
    """The draft with other contents; the same issue where they are as they were. Raises Conflict unless it is a draft,
    Invalid for an image that the issue does not have."""
    require_draft(issue)
    before = content_of(issue)
    if content == before:
        return issue
    changed = changes.remember(issue, before, content)
    _require_images(changed)
    return changed


def copied(issue: Issue, id: str, number: int, month: str, at: datetime) -> Issue:
    """A draft with the same contents for another month; it shows the same images."""
    draft: Issue = {
        **issue,
        "_id": id,
        "kind": FLASH,
        "number": number,
        "state": DRAFT,
        "month": month,
        "remembered_from": 1,
        "created_at": at,
        "released_at": None,
        "sent_at": None,
    }
    draft.pop("version", None)
    draft.pop("updated_at", None)
    draft.pop("changes", None)
    return draft


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
    changed: Issue = {**issue, "state": state}
    if state == SENDING:
        changed["released_at"] = at
    elif state == SENT:
        changed["sent_at"] = at
    return changed


def is_released(issue: Issue) -> bool:
    """Whether readers may open it: some have its mail."""
    return issue["released_at"] is not None


def unused_images(issue: Issue) -> list[str]:
    """Images that no section shows."""
    used = _image_ids(issue)
    return [image["id"] for image in issue["images"] if image["id"] not in used]


def require_draft(issue: Issue) -> None:
    """Raises Conflict unless it is a draft."""
    if issue["state"] != DRAFT:
        raise Conflict("notifications.issue_not_draft", state=issue["state"])


def require_version(issue: Issue, version: int) -> None:
    """Raises Conflict unless this is the version that the officer has read: nobody overwrites another's work."""
    if issue["version"] != version:
        raise Conflict("notifications.issue_changed", version=issue["version"])


def _require_images(issue: Issue) -> None:
    known = {image["id"] for image in issue["images"]}
    if unknown := _image_ids(issue) - known:
        raise Invalid(
            "notifications.image_unknown", fields={"sections": ["Not an image of this issue."]}, image=min(unknown)
        )


def _image_ids(issue: Issue) -> set[str]:
    return {section["image"]["id"] for section in issue["sections"] if section["image"]}

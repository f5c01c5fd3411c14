"""Communities and discussions of an edition."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import languages
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.reference.loading import Titles

from wsis_consultation.discussions.rules.codes import CLOSED as CLOSED
from wsis_consultation.discussions.rules.codes import DAILY as DAILY
from wsis_consultation.discussions.rules.codes import IMMEDIATE as IMMEDIATE
from wsis_consultation.discussions.rules.codes import OFF as OFF
from wsis_consultation.discussions.rules.codes import OPEN as OPEN
from wsis_consultation.discussions.rules.comment_html import to_html
from wsis_consultation.editions.rules.public_documents import MAX_DOCUMENTS, Document
from wsis_consultation.editions.rules.stored import Edited


class Community(Edited):
    """A group of discussions, in its place among the others."""

    edition: str
    code: str
    order: int
    title: Titles
    description: Titles | None


class Content(TypedDict):
    """What officers write; `community` is a code."""

    community: str
    language: str
    title: str
    source: str
    html: str


class Discussion(Edited, Content):
    """`_id` is "2017-12"; `comments` and `threads` say how many there are, `digest_n` is the last comment that a daily
    digest had."""

    edition: str
    number: int
    state: str
    opened_at: datetime
    closed_at: datetime | None
    comments: int
    threads: int
    last_comment_at: datetime | None
    digest_n: int
    approval: NotRequired[bool]  # comments wait for a moderator; discussions of before have no such setting
    documents: NotRequired[list[Document]]  # discussions of before have none


def edited_community(community: Community) -> JsonObject:
    """What officers edit of a community."""
    return {"title": community["title"], "description": community["description"], "order": community["order"]}


def edited(discussion: Discussion) -> JsonObject:
    """What officers edit of a discussion, as they write it."""
    return {
        "community": discussion["community"],
        "language": discussion["language"],
        "title": discussion["title"],
        "text": discussion["source"],
        "approval": needs_approval(discussion),
    }


def needs_approval(discussion: Discussion) -> bool:
    """Whether comments appear only once a moderator has approved them."""
    return discussion.get("approval", False)


def new_community(edition: str, body: Input) -> Community:
    """A community as officers write it."""
    return {
        "_id": f"{edition}-{body['code']}",
        "edition": edition,
        "code": body["code"],
        "order": body["order"],
        "title": body["title"],
        "description": body["description"],
    }


def changed_community(community: Community, body: Input) -> Community:
    """A community with other texts and order. Raises Invalid where its title would be left in no language."""
    return {
        **community,
        "title": languages.merge(community["title"], body["title"], required_as="title"),
        "description": languages.merge(community["description"], body["description"]),
        "order": body["order"],
    }


def opened(edition: str, number: int, body: Input, at: datetime) -> Discussion:
    """A new discussion. `body` has community, language, title, text and, perhaps, approval."""
    written = content(body)
    return {
        "_id": f"{edition}-{number}",
        "edition": edition,
        "number": number,
        "community": written["community"],
        "language": written["language"],
        "title": written["title"],
        "source": written["source"],
        "html": written["html"],
        "state": OPEN,
        "opened_at": at,
        "closed_at": None,
        "comments": 0,
        "threads": 0,
        "last_comment_at": None,
        "digest_n": 0,
        "approval": bool(body.get("approval")),
    }


def in_state(discussion: Discussion, state: str, at: datetime) -> Discussion:
    """The discussion opened or closed at that moment; the same object where it is so already."""
    if discussion["state"] == state:
        return discussion
    closed_at = at if state == CLOSED else None
    return {**discussion, "state": state, "closed_at": closed_at, "version": discussion["version"] + 1}


def content(body: Input) -> Content:
    """The opening text as officers wrote it and as HTML, with what else they write."""
    return {
        "community": body["community"],
        "language": body["language"],
        "title": body["title"],
        "source": body["text"],
        "html": to_html(body["text"]),
    }


def require_open(discussion: Discussion) -> None:
    """Raises Conflict for a closed discussion."""
    if discussion["state"] != OPEN:
        raise Conflict("consultation.discussion_closed")


def documents(discussion: Discussion) -> list[Document]:
    """The files that the secretariat has put there."""
    return discussion.get("documents", [])


def require_space_for_document(discussion: Discussion) -> None:
    """Raises Conflict for a discussion that has MAX_DOCUMENTS."""
    if len(documents(discussion)) >= MAX_DOCUMENTS:
        raise Conflict("consultation.discussion_documents_full")

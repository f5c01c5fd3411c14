"""Communities and discussions of an edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared import languages
from wsis_shared.errors import Conflict

from wsis_consultation.discussions.rules.comment_html import to_html

Discussion = dict[str, Any]
"""{_id: "2017-12", edition, number, community: code, language, title, source, html, state, opened_at, closed_at,
comments, threads: how many there are; last_comment_at, digest_n: the last comment that a daily digest had}"""

OPEN, CLOSED = "open", "closed"
IMMEDIATE, DAILY, OFF = "immediate", "daily", "off"  # how a member follows a discussion


def edited_community(community: Mapping[str, Any]) -> dict[str, Any]:
    """What officers edit of a community."""
    return {name: community[name] for name in ("title", "description", "order")}


def edited(discussion: Mapping[str, Any]) -> dict[str, Any]:
    """What officers edit of a discussion, as they write it."""
    return {**{name: discussion[name] for name in ("community", "language", "title")}, "text": discussion["source"]}


def changed_community(community: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """A community with other texts and order. Raises Invalid where its title would be left in no language."""
    texts = {
        "title": languages.merge(community["title"], body["title"], required_as="title"),
        "description": languages.merge(community["description"], body["description"]),
    }
    return {**community, **body, **texts}


def opened(edition: str, number: int, body: Mapping[str, Any], at: Any) -> Discussion:
    """A new discussion. `body` has community, language, title and text."""
    return {
        "_id": f"{edition}-{number}",
        "edition": edition,
        "number": number,
        **content(body),
        "state": OPEN,
        "opened_at": at,
        "closed_at": None,
        "comments": 0,
        "threads": 0,
        "last_comment_at": None,
        "digest_n": 0,
    }


def content(body: Mapping[str, Any]) -> dict[str, Any]:
    """What officers write: community, language, title, and the opening text as they wrote it and as HTML."""
    return {
        "community": body["community"],
        "language": body["language"],
        "title": body["title"],
        "source": body["text"],
        "html": to_html(body["text"]),
    }


def require_open(discussion: Mapping[str, Any]) -> None:
    """Raises Conflict for a closed discussion."""
    if discussion["state"] != OPEN:
        raise Conflict("consultation.discussion_closed")

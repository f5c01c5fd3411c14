"""Comments that need an approval: they wait, or were refused, and have no number."""

from __future__ import annotations

from datetime import datetime, timedelta

from wsis_shared.errors import Conflict

from wsis_consultation.discussions.rules import codes, comments
from wsis_consultation.discussions.rules.comments import Author, Comment
from wsis_consultation.discussions.rules.discussions import Discussion

KEPT = timedelta(days=90)  # a refused comment, for its author


def waiting(
    discussion: Discussion,
    id: str,
    parent: int | None,
    author: Author,
    text: str,
    at: datetime,
    via: str,
    language: str | None,
) -> Comment:
    """A comment that needs an approval: nothing has counted it, so its number is 0."""
    uncounted: Discussion = {**discussion, "comments": 0, "threads": 0}
    comment = comments.written(uncounted, None, None, author, text, at, via, language)
    return comments.with_words({**comment, "_id": id, "parent": parent, "status": codes.WAITING})


def author_of(comment: Comment) -> Author:
    """The author as the comment has them. Raises Conflict for one without an author."""
    if comment["author"] is None:
        raise Conflict("consultation.comment_removed")
    return {
        "account": comment["author"],
        "names": comment["names"] or "",
        "organization": comment["organization"],
        "country": comment["country"],
        "stakeholder_type": comment["stakeholder_type"],
    }


def refused(comment: Comment, by: str, reason: str, at: datetime) -> Comment:
    """The comment as a moderator refuses it; a repeat replaces the reason."""
    return {
        **comment,
        "status": codes.REFUSED,
        "moderation": {"by": by, "reason": reason, "at": at},
        "ends_at": at + KEPT,
    }

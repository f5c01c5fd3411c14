"""What a reader sees of discussions and comments: anonymous readers less than members, members less than officers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wsis_shared import languages, revisions
from wsis_shared.context import Context
from wsis_shared.sentences import Sentences

from wsis_consultation.discussions.rules import comments

Row = dict[str, Any]
OFFICER = "officer"


@dataclass(frozen=True)
class Viewer:
    """Who reads, in which language, and when."""

    account: str | None
    officer: bool
    locale: str
    moment: datetime

    @classmethod
    def of(cls, ctx: Context) -> Viewer:
        """The actor of a request."""
        return cls(ctx.actor.id, ctx.actor.has(OFFICER), ctx.locale, ctx.received_at)


class Presenter:
    """Makes the responses."""

    def __init__(self, say: Sentences) -> None:
        self._say = say

    def community(self, row: Row, viewer: Viewer) -> Row:
        """A community, in the reader's language."""
        return {
            "code": row["code"], "order": row["order"], "title": languages.in_language(row["title"], viewer.locale),
            "description": languages.in_language(row["description"], viewer.locale) if row["description"] else None,
            "titles": row["title"], "revision": revisions.of(row),
        }  # fmt: skip

    def discussion_row(self, row: Row) -> Row:
        """A discussion in a list."""
        return {**row, "id": row["_id"]}

    def discussion(self, row: Row, viewer: Viewer, follow: str | None = None) -> Row:
        """A discussion with its opening text."""
        response = {
            **self.discussion_row(row),
            "revision": revisions.of(row),
            "feed": f"/v1/consultations/{row['edition']}/discussions/{row['_id']}/feed",
        }
        return {**response, "markdown": row["source"], "follow": follow} if viewer.account is not None else response

    def name(self, row: Mapping[str, Any], locale: str) -> str:
        """The name to display of a comment's author."""
        return row["names"] or self._say("former_participant", locale)

    def comment(self, row: Row, viewer: Viewer, *, is_open: bool) -> Row:
        """A comment. One that is hidden shows its text to its author and to officers only."""
        own = viewer.account is not None and row["author"] == viewer.account
        published = row["status"] == comments.PUBLISHED
        visible = published or (row["status"] == comments.HIDDEN and (own or viewer.officer))
        response: Row = {
            "number": row["n"], "thread": row["thread"], "parent": row["parent"], "depth": row["depth"],
            "status": row["status"], "language": row["language"], "html": row["html"] if visible else "",
            "author": self.name(row, viewer.locale) if visible else None, "posted_at": row["posted_at"],
        }  # fmt: skip
        if viewer.account is None:
            return response
        response |= {
            "edited_at": row["edited_at"], "own": own, "can_reply": is_open and published,
            "editable": is_open and comments.is_editable(row, viewer.account, viewer.moment),
        }  # fmt: skip
        if visible:
            response |= {name: row[name] for name in ("organization", "country", "stakeholder_type", "via")}
            response["markdown"] = row["source"]
        if row["moderation"] is not None and (own or viewer.officer):
            response["moderation"] = _moderation(row["moderation"], viewer)
        return {**response, "report_count": row["report_count"]} if viewer.officer else response

    def reported(self, row: Row, viewer: Viewer) -> Row:
        """A comment in the officers' list of reports."""
        return {
            **row, "number": row["n"], "author": self.name(row, viewer.locale), "account": row["author"],
            "markdown": row["source"],
        }  # fmt: skip


def _moderation(decision: Row, viewer: Viewer) -> Row:
    return decision if viewer.officer else {name: decision[name] for name in ("reason", "at")}

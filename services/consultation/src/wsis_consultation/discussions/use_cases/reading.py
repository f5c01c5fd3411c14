"""What readers see of discussions and comments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wsis_shared import languages, revisions
from wsis_shared.atom import MAX_ENTRIES
from wsis_shared.context import Context
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc
from wsis_shared.sentences import Sentences

from wsis_consultation.discussions.rules import comments, discussions
from wsis_consultation.discussions.rules.comment_feed import feed_of
from wsis_consultation.discussions.store import Comments, Discussions

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

    def community(self, row: discussions.Community, viewer: Viewer) -> JsonObject:
        """A community, in the reader's language."""
        return {
            "code": row["code"],
            "order": row["order"],
            "title": languages.in_language(row["title"], viewer.locale),
            "description": languages.in_language(row["description"], viewer.locale) if row["description"] else None,
            "titles": row["title"],
            "revision": revisions.of(row),
        }

    def discussion_row(self, row: discussions.Discussion) -> JsonObject:
        """A discussion in a list."""
        return {**row, "id": row["_id"]}

    def discussion(self, row: discussions.Discussion, viewer: Viewer, follow: str | None = None) -> JsonObject:
        """A discussion with its opening text."""
        response = {
            **self.discussion_row(row),
            "revision": revisions.of(row),
            "feed": f"/v1/consultations/{row['edition']}/discussions/{row['_id']}/feed",
        }
        return {**response, "markdown": row["source"], "follow": follow} if viewer.account is not None else response

    def name(self, row: comments.Comment, locale: str) -> str:
        """The name to display of a comment's author."""
        return row["names"] or self._say("former_participant", locale)

    def comment(self, row: comments.Comment, viewer: Viewer, *, is_open: bool) -> JsonObject:
        """A comment. One that is hidden shows its text to its author and to officers only."""
        own = viewer.account is not None and row["author"] == viewer.account
        published = row["status"] == comments.PUBLISHED
        visible = published or (row["status"] == comments.HIDDEN and (own or viewer.officer))
        response: dict[str, object] = {
            "number": row["n"],
            "thread": row["thread"],
            "parent": row["parent"],
            "depth": row["depth"],
            "status": row["status"],
            "language": row["language"],
            "html": row["html"] if visible else "",
            "author": self.name(row, viewer.locale) if visible else None,
            "posted_at": row["posted_at"],
        }
        if viewer.account is None:
            return response
        response |= {
            "edited_at": row["edited_at"],
            "own": own,
            "can_reply": is_open and published,
            "editable": is_open and comments.is_editable(row, viewer.account, viewer.moment),
        }
        if visible:
            response |= {
                "organization": row["organization"],
                "country": row["country"],
                "stakeholder_type": row["stakeholder_type"],
                "via": row["via"],
                "markdown": row["source"],
            }
        if row["moderation"] is not None and (own or viewer.officer):
            response["moderation"] = _moderation(row["moderation"], viewer)
        return {**response, "report_count": row["report_count"]} if viewer.officer else response

    def reported(self, row: comments.Comment, viewer: Viewer) -> JsonObject:
        """A comment in the officers' list of reports."""
        return {
            **row,
            "number": row["n"],
            "author": self.name(row, viewer.locale),
            "account": row["author"],
            "markdown": row["source"],
        }


def _moderation(decision: comments.Moderation, viewer: Viewer) -> JsonObject:
    return decision if viewer.officer else {"reason": decision["reason"], "at": decision["at"]}


NEWEST = "newest"


class ReadingCases:
    """What readers do. `public_url` is the start of the addresses in the feed."""

    def __init__(
        self, discussions: Discussions, comments: Comments, presenter: Presenter, say: Sentences, public_url: str
    ) -> None:
        self._discussions, self._comments, self._presenter = discussions, comments, presenter
        self._say, self._public_url = say, public_url

    @rpc
    def list_comments(
        self,
        ctx: Context,
        edition: str,
        discussion: str,
        after: int | None = None,
        limit: int = 50,
        order: str = "newest",
    ) -> JsonObject:
        """A page of comments in the order of their numbers. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        page = comments.window(found["comments"], after, limit, newest=order == NEWEST)
        rows = self._comments.window(discussion, page.low, page.high)
        return {"items": self._to_responses(ctx, found, rows[::-1] if order == NEWEST else rows), "next": page.next}

    @rpc
    def list_threads(
        self,
        ctx: Context,
        edition: str,
        discussion: str,
        after: int | None = None,
        limit: int = 20,
        order: str = "newest",
    ) -> JsonObject:
        """A page of threads with their first replies. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        page = comments.window(found["threads"], after, limit, newest=order == NEWEST)
        threads = self._comments.threads(discussion, page.low, page.high)
        items = [self._thread(ctx, found, rows) for rows in (threads[::-1] if order == NEWEST else threads)]
        return {"items": items, "next": page.next}

    def _thread(self, ctx: Context, discussion: discussions.Discussion, rows: list[comments.Comment]) -> JsonObject:
        root, *replies = self._to_responses(ctx, discussion, rows)
        return {**root, "replies": rows[0]["replies"], "first_replies": replies}

    @rpc
    def list_replies(
        self, ctx: Context, edition: str, discussion: str, number: str, after: int | None = None, limit: int = 50
    ) -> JsonObject:
        """A page of the replies of a thread, the first one first. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        root = self._comments.find(discussion, comments.number_of(number))
        page = comments.window(root["replies"], after, limit, newest=False)
        rows = self._comments.replies(discussion, root["n"], page.low, page.high)
        return {"items": self._to_responses(ctx, found, rows), "next": page.next}

    @rpc
    def read_comment(self, ctx: Context, edition: str, discussion: str, number: str) -> JsonObject:
        """One comment. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        return self._to_responses(ctx, found, [self._comments.find(discussion, comments.number_of(number))])[0]

    @rpc
    def read_discussion_feed(self, ctx: Context, edition: str, discussion: str) -> JsonObject:
        """The Atom feed: what is hidden or deleted now is not in it. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        page = comments.window(found["comments"], None, MAX_ENTRIES, newest=True)
        rows = self._comments.window(discussion, page.low, page.high)
        community = self._discussions.community(edition, found["community"])
        texts = {
            "subtitle": self._say("feed_subtitle", ctx.locale, edition=edition),
            "former_participant": self._say("former_participant", ctx.locale),
            "community": languages.in_language(community["title"], ctx.locale),
        }
        url = f"{self._public_url}/v1/consultations/{edition}/discussions/{discussion}"
        text = feed_of(found, [row for row in rows if row["status"] == comments.PUBLISHED], texts, url)
        return {"text": text, "filename": f"{discussion}.atom"}

    def _to_responses(
        self, ctx: Context, discussion: discussions.Discussion, rows: list[comments.Comment]
    ) -> list[JsonObject]:
        viewer, is_open = Viewer.of(ctx), discussion["state"] == discussions.OPEN
        return [self._presenter.comment(row, viewer, is_open=is_open) for row in rows]

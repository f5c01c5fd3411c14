"""Comments as readers get them: flat, by thread, as a feed. Each page takes the same few store commands."""

from __future__ import annotations

from typing import Any

from wsis_shared import languages
from wsis_shared.context import Context
from wsis_shared.operations import rpc
from wsis_shared.sentences import Sentences

from wsis_consultation.discussions.rules import comments as rules
from wsis_consultation.discussions.rules import discussions
from wsis_consultation.discussions.rules.comment_feed import FEED_ENTRIES, atom
from wsis_consultation.discussions.store import Comments, Discussions
from wsis_consultation.discussions.use_cases.presenters import Presenter, Viewer

Row = dict[str, Any]
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
    ) -> Row:
        """A page of comments in the order of their numbers. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        page = rules.window(found["comments"], after, limit, newest=order == NEWEST)
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
    ) -> Row:
        """A page of threads with their first replies. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        page = rules.window(found["threads"], after, limit, newest=order == NEWEST)
        threads = self._comments.threads(discussion, page.low, page.high)
        items = [self._thread(ctx, found, rows) for rows in (threads[::-1] if order == NEWEST else threads)]
        return {"items": items, "next": page.next}

    def _thread(self, ctx: Context, discussion: Row, rows: list[Row]) -> Row:
        root, *replies = self._to_responses(ctx, discussion, rows)
        return {**root, "replies": rows[0]["replies"], "first_replies": replies}

    @rpc
    def list_replies(
        self, ctx: Context, edition: str, discussion: str, number: str, after: int | None = None, limit: int = 50
    ) -> Row:
        """A page of the replies of a thread, the first one first. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        root = self._comments.find(discussion, rules.number_of(number))
        page = rules.window(root["replies"], after, limit, newest=False)
        rows = self._comments.replies(discussion, root["n"], page.low, page.high)
        return {"items": self._to_responses(ctx, found, rows), "next": page.next}

    @rpc
    def read_comment(self, ctx: Context, edition: str, discussion: str, number: str) -> Row:
        """One comment. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        return self._to_responses(ctx, found, [self._comments.find(discussion, rules.number_of(number))])[0]

    @rpc
    def read_discussion_feed(self, ctx: Context, edition: str, discussion: str) -> Row:
        """The Atom feed: what is hidden or deleted now is not in it. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        page = rules.window(found["comments"], None, FEED_ENTRIES, newest=True)
        rows = self._comments.window(discussion, page.low, page.high)
        community = self._discussions.community(edition, found["community"])
        texts = {
            "subtitle": self._say("feed_subtitle", ctx.locale, edition=edition),
            "former_participant": self._say("former_participant", ctx.locale),
            "community": languages.in_language(community["title"], ctx.locale),
        }
        url = f"{self._public_url}/v1/consultations/{edition}/discussions/{discussion}"
        text = atom(found, [row for row in rows if row["status"] == rules.PUBLISHED], texts, url)
        return {"text": text, "filename": f"{discussion}.atom"}

    def _to_responses(self, ctx: Context, discussion: Row, rows: list[Row]) -> list[Row]:
        viewer, is_open = Viewer.of(ctx), discussion["state"] == discussions.OPEN
        return [self._presenter.comment(row, viewer, is_open=is_open) for row in rows]

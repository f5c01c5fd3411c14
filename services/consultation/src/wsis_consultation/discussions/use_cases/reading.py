"""What readers see of discussions and comments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from wsis_shared import languages, revisions
from wsis_shared.atom import MAX_ENTRIES
from wsis_shared.context import Context
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc
from wsis_shared.pages import page_url
from wsis_shared.sentences import Sentences

from wsis_consultation.discussions.rules import comment_words, comments, discussions
from wsis_consultation.discussions.rules.comment_feed import feed_of
from wsis_consultation.discussions.store import Comments, Discussions, Followers
from wsis_consultation.editions.store import Editions


class Presenter:
    """Makes the responses."""

    def __init__(self, say: Sentences) -> None:
        self._say = say

    def community(self, row: discussions.Community, locale: str) -> JsonObject:
        """A community, in the reader's language."""
        return {
            "code": row["code"],
            "order": row["order"],
            "title": languages.in_language(row["title"], locale),
            "description": languages.in_language(row["description"], locale) if row["description"] else None,
            "titles": row["title"],
            "descriptions": row["description"],
            "revision": revisions.of(row),
        }

    def discussion_row(self, row: discussions.Discussion) -> JsonObject:
        """A discussion in a list."""
        return {**row, "id": row["_id"], "approval": discussions.needs_approval(row)}

    def discussion(self, row: discussions.Discussion, locale: str) -> JsonObject:
        """A discussion with its opening text."""
        files = discussions.documents(row)
        return {
            **self.discussion_row(row),
            "markdown": row["source"],
            "revision": revisions.of(row),
            "feed": f"/v1/consultations/{row['edition']}/discussions/{row['_id']}/feed",
            "documents": [{**each, "title": languages.in_language(each["title"], locale)} for each in files],
        }

    def name(self, row: comments.Comment, locale: str) -> str:
        """The name to display of a comment's author: an announcement is the secretariat's."""
        if comments.kind_of(row) == comments.ANNOUNCEMENT:
            return self._say("secretariat", locale)
        return row["names"] or self._say("former_participant", locale)

    def comment(self, row: comments.Comment, locale: str, *, is_open: bool) -> JsonObject:
        """A comment as everybody reads it. One that is hidden or deleted keeps its number."""
        published = row["status"] == comments.PUBLISHED
        return {
            "number": row["n"],
            "thread": row["thread"],
            "parent": row["parent"],
            "depth": row["depth"],
            "kind": comments.kind_of(row),
            "status": row["status"],
            "language": row["language"],
            "html": row["html"] if published else "",
            "author": self.name(row, locale) if published else None,
            **comments.affiliation(row),
            "posted_at": row["posted_at"],
            "edited_at": row["edited_at"],
            "via": row["via"],
            "can_reply": is_open and published,
        }

    def own(self, row: comments.Comment, ctx: Context, *, is_open: bool) -> JsonObject:
        """A comment as its author reads it: not who decided about it."""
        decision = row["moderation"]
        return {
            **self._whole(row, ctx.locale, is_open=is_open),
            "editable": is_open and comments.is_editable(row, ctx.actor.id, ctx.received_at),
            "moderation": {"reason": decision["reason"], "at": decision["at"]} if decision else None,
        }

    def moderated(self, row: comments.Comment, locale: str, *, is_open: bool) -> JsonObject:
        """A comment as officers read it."""
        return {
            **self._whole(row, locale, is_open=is_open),
            "moderation": row["moderation"],
            "report_count": row["report_count"],
        }

    def _whole(self, row: comments.Comment, locale: str, *, is_open: bool) -> JsonObject:
        """With its text also while it is hidden; a deleted one has none."""
        author = None if row["status"] == comments.DELETED else self.name(row, locale)
        shown = self.comment(row, locale, is_open=is_open)
        return {**shown, "html": row["html"], "author": author, "markdown": row["source"]}

    def waiting(self, row: comments.Comment, locale: str) -> JsonObject:
        """A comment that waits or was refused, as moderators read it."""
        return {
            **self._whole(row, locale, is_open=True),
            "id": row["_id"],
            "discussion": row["discussion"],
            "moderation": row["moderation"],
        }

    def own_waiting(self, row: comments.Comment, locale: str) -> JsonObject:
        """The same as its author reads it."""
        decision = row["moderation"]
        shown = {"reason": decision["reason"], "at": decision["at"]} if decision else None
        return {**self.waiting(row, locale), "moderation": shown}

    def reported(self, row: comments.Comment, locale: str) -> JsonObject:
        """A comment in the officers' list of reports."""
        return {
            **row,
            "number": row["n"],
            "author": self.name(row, locale),
            "account": row["author"],
            "markdown": row["source"],
        }


NEWEST = "newest"


class ReadingCases:
    """What readers do. `public_url` is the start of the addresses in the feed; `reply_to(discussion, account)` the
    address at which the account comments by mail, None where it does not."""

    def __init__(
        self,
        editions: Editions,
        discussions: Discussions,
        comments: Comments,
        followers: Followers,
        presenter: Presenter,
        say: Sentences,
        public_url: str,
        *,
        reply_to: Callable[[str, str], str | None],
    ) -> None:
        self._editions, self._discussions, self._comments = editions, discussions, comments
        self._presenter = presenter
        self._followers, self._say, self._public_url = followers, say, public_url
        self._reply_to = reply_to

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
    def list_own_comments(
        self, ctx: Context, edition: str, discussion: str, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """A page of the caller's comments, the newest first, how they follow the discussion, and their address of it
        while it is open. Raises NotFound."""
        found, account = self._discussions.discussion(edition, discussion), str(ctx.actor.id)
        is_open = found["state"] == discussions.OPEN
        page = self._comments.own(discussion, account, after, limit)
        rows = page.response(lambda row: self._presenter.own(row, ctx, is_open=is_open))
        return {
            **rows,
            "follow": self._followers.mode(discussion, account),
            "reply_address": self._reply_to(discussion, account) if is_open else None,
        }

    @rpc
    def read_own_comment(self, ctx: Context, edition: str, discussion: str, number: str) -> JsonObject:
        """One comment of the caller's, as in the list of them. Raises NotFound, Forbidden."""
        found = self._discussions.discussion(edition, discussion)
        comment = self._comments.find(discussion, comments.number_of(number))
        comments.require_author(comment, ctx.actor.id)
        return self._presenter.own(comment, ctx, is_open=found["state"] == discussions.OPEN)

    @rpc
    def read_comment(self, ctx: Context, edition: str, discussion: str, number: str) -> JsonObject:
        """One comment. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        return self._to_responses(ctx, found, [self._comments.find(discussion, comments.number_of(number))])[0]

    @rpc
    def search_comments(
        self,
        ctx: Context,
        edition: str,
        text: str | None = None,
        language: str | None = None,
        discussion: str | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> JsonObject:
        """Comments of all discussions that have all words, the newest first. Raises NotFound."""
        self._editions.find(edition)
        words = [
            *comment_words.terms_of(text or ""),
            *([comment_words.in_discussion(discussion)] if discussion else ()),
            *([comment_words.in_language(language)] if language else ()),
        ]
        page = self._comments.found(edition, words or [comment_words.ALL], after, limit)
        about = self._discussions.named({row["discussion"] for row in page.rows})

        def shown(row: comments.Comment) -> JsonObject:
            found = about[row["discussion"]]
            made = self._presenter.comment(row, ctx.locale, is_open=found["state"] == discussions.OPEN)
            return {**made, "discussion": found["_id"], "title": found["title"], "title_language": found["language"]}

        return page.response(shown)

    @rpc
    def list_announcements(
        self, ctx: Context, edition: str, discussion: str, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """Announcements of a discussion, the newest first. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        page = self._comments.found(edition, [comment_words.announced_in(discussion)], after, limit)
        is_open = found["state"] == discussions.OPEN
        return page.response(lambda row: self._presenter.comment(row, ctx.locale, is_open=is_open))

    @rpc
    def read_discussion_feed(self, ctx: Context, edition: str, discussion: str) -> JsonObject:
        """The Atom feed: what is hidden or deleted now is not in it. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        page = comments.window(found["comments"], None, MAX_ENTRIES, newest=True)
        rows = self._comments.window(discussion, page.low, page.high)
        community = self._discussions.community(edition, found["community"])
        texts = {
            "subtitle": self._say("feed_subtitle", ctx.locale, edition=edition),
            "community": languages.in_language(community["title"], ctx.locale),
        }
        place = f"consultations/{edition}/discussions/{discussion}"
        url, read_at = f"{self._public_url}/v1/{place}", page_url(f"/{place}", ctx.locale)
        shown = [row for row in rows if row["status"] == comments.PUBLISHED]
        name_of = partial(self._presenter.name, locale=ctx.locale)
        text = feed_of(found, shown, texts, url, read_at, name_of)
        return {"text": text, "filename": f"{discussion}.atom"}

    def _to_responses(
        self, ctx: Context, discussion: discussions.Discussion, rows: list[comments.Comment]
    ) -> list[JsonObject]:
        is_open = discussion["state"] == discussions.OPEN
        return [self._presenter.comment(row, ctx.locale, is_open=is_open) for row in rows]

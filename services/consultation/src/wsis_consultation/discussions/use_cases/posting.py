"""Comments: posted, edited, deleted, reported and moderated."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc

from wsis_consultation.discussions.events import COMMENT_CHANGED, COMMENT_MODERATED, COMMENT_POSTED
from wsis_consultation.discussions.rules import comments, discussions, waiting_comments
from wsis_consultation.discussions.rules.comment_html import to_html
from wsis_consultation.discussions.store import Comments, Discussions, WaitingComments
from wsis_consultation.discussions.use_cases.reading import Presenter
from wsis_consultation.editions.store import Editions

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


class Draft(NamedTuple):
    """What becomes a comment."""

    edition: str
    discussion: str
    author: comments.Author
    text: str
    via: str
    parent: int | None
    message_key: str | None
    language: str | None
    at: datetime
    kind: str = comments.COMMENT
    approved: bool = False


class PostingCases:
    """What authors do. `accounts` is a client of the service that knows who they are."""

    def __init__(
        self,
        discussions: Discussions,
        comments: Comments,
        waiting: WaitingComments,
        presenter: Presenter,
        accounts: ServiceProxy,
    ) -> None:
        self._discussions, self._comments, self._waiting = discussions, comments, waiting
        self._presenter, self._accounts = presenter, accounts

    @rpc(writes=True)
    def post_comment(self, ctx: Context, edition: str, discussion: str, body: Input) -> JsonObject:
        """Comment on the web; number 0 where it waits for an approval. Raises NotFound, Conflict, Invalid, TooMany,
        Unavailable."""
        author = self._accounts.profile(account=ctx.actor.id)

        def post() -> comments.Comment:
            count = self._comments.count_of_day(str(ctx.actor.id), ctx.received_at)
            comments.require_left(count, ctx.received_at)
            return self.post(
                edition,
                discussion,
                author,
                body["text"],
                parent=body["parent"],
                language=body.get("language"),
                at=ctx.received_at,
            )

        posted = in_transaction(post)
        return self._presenter.own(posted, ctx, is_open=True)

    @rpc(writes=True)
    def announce(self, ctx: Context, edition: str, discussion: str, body: Input) -> JsonObject:
        """Post an announcement, which waits for nobody. Raises NotFound, Conflict, Invalid, Unavailable."""
        author = self._accounts.profile(account=ctx.actor.id)
        text = comments.checked(body["text"])
        draft = Draft(
            edition,
            discussion,
            author,
            text,
            "web",
            None,
            None,
            body["language"],
            ctx.received_at,
            comments.ANNOUNCEMENT,
        )

        def post() -> comments.Comment:
            posted = self.publish(draft)
            entry = audit.entry("consultation.announced", f"comment/{posted['_id']}", after={"text": text})
            self._comments.store_events(posted["version"], entry)
            return posted

        return self._presenter.own(in_transaction(post), ctx, is_open=True)

    @rpc
    def preview_comment(self, edition: str, discussion: str, body: Input) -> JsonObject:
        """The text as HTML. Raises NotFound."""
        self._discussions.discussion(edition, discussion)
        return {"html": to_html(body["text"])}

    def post(
        self,
        edition: str,
        discussion: str,
        author: comments.Author,
        text: str,
        *,
        via: str = "web",
        parent: int | None = None,
        message_id: str | None = None,
        language: str | None = None,
        at: datetime,
    ) -> comments.Comment:
        """Post a comment, in the open transaction or in one of its own, and return it; in a discussion that asks for
        approval it waits, with the number 0.

        `via` is "web" or "mail"; `message_id` names the mail: a second comment of the same mail is the first one.
        Raises NotFound (edition, discussion, parent), Conflict (closed, parent or the first comment of its thread
        removed), Invalid (`text`).
        """
        checked = comments.checked(text)
        key = f"{discussion}|{message_id}" if message_id else None
        draft = Draft(edition, discussion, author, checked, via, parent, key, language, at)
        return in_transaction(lambda: self._hold(draft) or self.publish(draft))

    def _hold(self, draft: Draft) -> comments.Comment | None:
        """The comment that waits; None in a discussion that asks for no approval."""
        found = self._discussions.discussion(draft.edition, draft.discussion)
        if not discussions.needs_approval(found):
            return None
        if draft.message_key and (known := self._known(draft.message_key)):
            return known
        discussions.require_open(found)
        if draft.parent is not None:
            comments.require_published(self._comments.find(draft.discussion, draft.parent))
        comment = waiting_comments.waiting(
            found, uuid4().hex, draft.parent, draft.author, draft.text, draft.at, draft.via, draft.language
        )
        if draft.message_key is not None:
            comment["message_key"] = draft.message_key
        return self._waiting.hold(comment)

    def _known(self, message_key: str) -> comments.Comment | None:
        return self._comments.of_message(message_key) or self._waiting.of_message(message_key)

    def publish(self, draft: Draft) -> comments.Comment:
        """Post a comment that needs no approval, or has it, in the open transaction. Raises NotFound, Conflict."""
        edition, discussion, author, text, via, parent, message_key, language, at, kind, approved = draft
        if message_key is not None and (known := self._comments.of_message(message_key)) is not None:
            return known
        counted = self._discussions.count_comment(edition, discussion, at, starts_thread=parent is None)
        parent_comment = root = None
        if parent is not None:
            parent_comment = self._comments.find(discussion, parent)
            root = self._comments.count_reply(discussion, parent_comment["thread"])
            comments.require_replies(parent_comment, root)
        comment = comments.written(counted, root, parent_comment, author, text, at, via, language)
        if approved:
            comment["approved_at"] = at
        if kind == comments.ANNOUNCEMENT:
            comment = comments.announced(comment)
        if message_key is not None:
            comment["message_key"] = message_key
        event = new_event(
            COMMENT_POSTED, subject=comment["_id"], language=comment["language"], at=at, **comments.place(comment)
        )
        return self._comments.save("comments", comment, event)

    @rpc(writes=True)
    def edit_comment(self, ctx: Context, edition: str, discussion: str, number: str, body: Input) -> JsonObject:
        """Another text; what it said before is kept. Raises NotFound, Forbidden, Conflict."""
        found = self._discussions.discussion(edition, discussion)
        comment = self._comments.find(discussion, comments.number_of(number))
        comments.require_author(comment, ctx.actor.id)
        discussions.require_open(found)
        if body["text"] == comment["source"]:
            return self._presenter.own(comment, ctx, is_open=True)
        edited = comments.edited(comment, ctx.actor.id, body["text"], ctx.received_at)
        self._comments.keep_version(comment)
        saved = self._comments.save("comments", edited, changed(comment, "edited"))
        return self._presenter.own(saved, ctx, is_open=True)

    @rpc(writes=True)
    def delete_comment(self, ctx: Context, edition: str, discussion: str, number: str) -> JsonObject:
        """Remove one's text; the number stays. Raises NotFound, Forbidden, Conflict."""
        found = self._discussions.discussion(edition, discussion)
        comment = self._comments.find(discussion, comments.number_of(number))
        tombstone = comments.deleted(comment, ctx.actor.id, ctx.received_at)
        self._comments.drop_versions(comment["_id"])
        saved = self._comments.save("comments", tombstone, changed(comment, "deleted"))
        return self._presenter.own(saved, ctx, is_open=found["state"] == discussions.OPEN)


def changed(comment: comments.Comment, change: str) -> PendingEvent:
    """The event of a changed comment."""
    return new_event(COMMENT_CHANGED, subject=comment["_id"], change=change, **comments.place(comment))


class ModerationCases:
    """What readers report and officers decide."""

    def __init__(self, editions: Editions, discussions: Discussions, comments: Comments, presenter: Presenter) -> None:
        self._editions, self._discussions, self._comments = editions, discussions, comments
        self._presenter = presenter

    @rpc(writes=True)
    def report_comment(self, ctx: Context, edition: str, discussion: str, number: str, body: Input) -> None:
        """Report a comment; the second report of an account changes nothing. Raises NotFound, Conflict."""
        _, comment = self._find(edition, discussion, number)
        comments.require_published(comment)
        account = str(ctx.actor.id)
        if self._comments.add_report(comment["_id"], account, body["reason"], body["note"], ctx.received_at):
            self._comments.save("comments", comments.reported(comment, body["reason"], ctx.received_at))

    @rpc
    def list_reported_comments(
        self, ctx: Context, edition: str, state: str = "open", limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """Reported comments. Raises NotFound."""
        self._editions.find(edition)
        page = self._comments.reported({"edition": edition}, state, after, limit)
        return page.response(lambda row: self._presenter.reported(row, ctx.locale))

    @rpc
    def list_reported_in_discussion(
        self,
        ctx: Context,
        edition: str,
        discussion: str,
        state: str = "open",
        limit: int = 20,
        after: str | None = None,
    ) -> JsonObject:
        """Reported comments of one discussion. Raises NotFound."""
        self._discussions.discussion(edition, discussion)
        page = self._comments.reported({"discussion": discussion}, state, after, limit)
        return page.response(lambda row: self._presenter.reported(row, ctx.locale))

    @rpc
    def list_comment_reports(
        self, edition: str, discussion: str, number: str, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """The reports on a comment. Raises NotFound."""
        _, comment = self._find(edition, discussion, number)
        return self._comments.reports(comment["_id"], after, limit).response()

    @rpc
    def list_comment_versions(
        self, edition: str, discussion: str, number: str, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """What a comment said before. Raises NotFound."""
        _, comment = self._find(edition, discussion, number)
        page = self._comments.versions(comment["_id"], after, limit)
        return page.response(lambda row: {**row, "markdown": row["source"]})

    @rpc
    def read_moderation(self, ctx: Context, edition: str, discussion: str, number: str) -> JsonObject:
        """A comment, hidden or not, with what was decided about it. Raises NotFound."""
        found, comment = self._find(edition, discussion, number)
        return self._presenter.moderated(comment, ctx.locale, is_open=found["state"] == discussions.OPEN)

    @rpc(writes=True)
    def moderate_comment(self, ctx: Context, edition: str, discussion: str, number: str, body: Input) -> JsonObject:
        """Hide or restore a comment. To restore one that is published handles its reports and keeps it.
        Raises NotFound, Conflict."""
        found, comment = self._find(edition, discussion, number)
        status = body["status"]
        decided = comments.moderated(comment, status, str(ctx.actor.id), body["reason"], ctx.received_at)
        entry = audit.entry(
            f"consultation.comment_{'hidden' if status == comments.HIDDEN else 'kept'}",
            f"comment/{comment['_id']}",
            {"status": comment["status"]},
            {"status": status},
            body["reason"],
        )
        pending = self._events(comment, status) if status != comment["status"] else ()
        saved = self._comments.save("comments", decided, entry, *pending)
        return self._presenter.moderated(saved, ctx.locale, is_open=found["state"] == discussions.OPEN)

    def _events(self, comment: comments.Comment, status: str) -> tuple[PendingEvent, ...]:
        event = changed(comment, "hidden" if status == comments.HIDDEN else "restored")
        if comment["author"] is None:
            return (event,)
        mail = new_event(
            COMMENT_MODERATED,
            subject=comment["_id"],
            account=comment["author"],
            status=status,
            **comments.place(comment),
        )
        return event, mail

    def _find(self, edition: str, discussion: str, number: str) -> tuple[discussions.Discussion, comments.Comment]:
        found = self._discussions.discussion(edition, discussion)
        return found, self._comments.find(discussion, comments.number_of(number))

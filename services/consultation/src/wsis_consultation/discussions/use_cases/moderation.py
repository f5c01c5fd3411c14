"""Reports of readers, decisions of officers."""

from __future__ import annotations

from typing import Any

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.operations import rpc

from wsis_consultation.discussions.events import COMMENT_MODERATED
from wsis_consultation.discussions.rules import comments as rules
from wsis_consultation.discussions.rules import discussions
from wsis_consultation.discussions.store import Comments, Discussions
from wsis_consultation.discussions.use_cases.posting import changed
from wsis_consultation.discussions.use_cases.presenters import Presenter, Viewer
from wsis_consultation.editions.store.editions import Editions

Row = dict[str, Any]


class ModerationCases:
    """What readers report and officers decide."""

    def __init__(self, editions: Editions, discussions: Discussions, comments: Comments, presenter: Presenter) -> None:
        self._editions, self._discussions, self._comments = editions, discussions, comments
        self._presenter = presenter

    @rpc(writes=True)
    def report_comment(self, ctx: Context, edition: str, discussion: str, number: str, body: Row) -> None:
        """Report a comment; the second report of an account changes nothing. Raises NotFound, Conflict."""
        _, comment = self._find(edition, discussion, number)
        rules.require_published(comment)
        account = str(ctx.actor.id)
        if self._comments.add_report(comment["_id"], account, body["reason"], body["note"], ctx.received_at):
            self._comments.save("comments", rules.reported(comment, body["reason"], ctx.received_at))

    @rpc
    def list_reported_comments(
        self, ctx: Context, edition: str, state: str = "open", limit: int = 20, after: str | None = None
    ) -> Row:
        """Reported comments. Raises NotFound."""
        self._editions.find(edition)
        viewer = Viewer.of(ctx)
        page = self._comments.reported(edition, state, after, limit)
        return page.response(lambda row: self._presenter.reported(row, viewer))

    @rpc
    def list_comment_reports(
        self, edition: str, discussion: str, number: str, limit: int = 20, after: str | None = None
    ) -> Row:
        """The reports on a comment. Raises NotFound."""
        _, comment = self._find(edition, discussion, number)
        return self._comments.reports(comment["_id"], after, limit).response()

    @rpc
    def list_comment_versions(
        self, edition: str, discussion: str, number: str, limit: int = 20, after: str | None = None
    ) -> Row:
        """What a comment said before. Raises NotFound."""
        _, comment = self._find(edition, discussion, number)
        page = self._comments.versions(comment["_id"], after, limit)
        return page.response(lambda row: {**row, "markdown": row["source"]})

    @rpc(writes=True)
    def moderate_comment(self, ctx: Context, edition: str, discussion: str, number: str, body: Row) -> Row:
        """Hide or restore a comment. To restore one that is published handles its reports and keeps it.
        Raises NotFound, Conflict."""
        found, comment = self._find(edition, discussion, number)
        status = body["status"]
        decided = rules.moderated(comment, status, str(ctx.actor.id), body["reason"], ctx.received_at)
        entry = audit.entry(
            f"consultation.comment_{'hidden' if status == rules.HIDDEN else 'kept'}", f"comment/{comment['_id']}",
            {"status": comment["status"]}, {"status": status}, body["reason"],
        )  # fmt: skip
        pending = self._events(comment, status) if status != comment["status"] else ()
        saved = self._comments.save("comments", decided, entry, *pending)
        return self._presenter.comment(saved, Viewer.of(ctx), is_open=found["state"] == discussions.OPEN)

    def _events(self, comment: Row, status: str) -> tuple[PendingEvent, ...]:
        event = changed(comment, "hidden" if status == rules.HIDDEN else "restored")
        if comment["author"] is None:
            return (event,)
        mail = new_event(
            COMMENT_MODERATED, subject=comment["_id"], account=comment["author"], status=status, **rules.place(comment)
        )  # fmt: skip
        return event, mail

    def _find(self, edition: str, discussion: str, number: str) -> tuple[Row, Row]:
        found = self._discussions.discussion(edition, discussion)
        return found, self._comments.find(discussion, rules.number_of(number))

"""Comments of discussions that ask for approval: they wait, and a moderator approves or refuses them."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.discussions.events import COMMENT_DECIDED
from wsis_consultation.discussions.rules import codes, comments, waiting_comments
from wsis_consultation.discussions.store import Comments, Discussions, WaitingComments
from wsis_consultation.discussions.use_cases.posting import Draft, PostingCases
from wsis_consultation.discussions.use_cases.reading import Presenter

APPROVED = "approved"


class ApprovingCases:
    """What moderators decide, and authors see of it."""

    def __init__(
        self,
        discussions: Discussions,
        comments: Comments,
        waiting: WaitingComments,
        posting: PostingCases,
        presenter: Presenter,
    ) -> None:
        self._discussions, self._comments, self._waiting = discussions, comments, waiting
        self._posting, self._presenter = posting, presenter

    @rpc
    def list_waiting_comments(
        self,
        ctx: Context,
        edition: str,
        discussion: str,
        status: str = codes.WAITING,
        limit: int = 20,
        after: str | None = None,
    ) -> JsonObject:
        """Comments that wait, or were refused, the first one first. Raises NotFound."""
        self._discussions.discussion(edition, discussion)
        page = self._waiting.page(discussion, status, after, limit)
        return page.response(lambda row: self._presenter.waiting(row, ctx.locale))

    @rpc
    def read_waiting_comment(self, ctx: Context, edition: str, discussion: str, comment: str) -> JsonObject:
        """One of them. Raises NotFound."""
        self._discussions.discussion(edition, discussion)
        return self._presenter.waiting(self._waiting.find(discussion, comment), ctx.locale)

    @rpc
    def list_own_waiting_comments(
        self, ctx: Context, edition: str, discussion: str, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """The caller's own, the newest first; not who decided. Raises NotFound."""
        self._discussions.discussion(edition, discussion)
        page = self._waiting.own(discussion, str(ctx.actor.id), after, limit)
        return page.response(lambda row: self._presenter.own_waiting(row, ctx.locale))

    @rpc(writes=True)
    def take_back_comment(self, ctx: Context, edition: str, discussion: str, comment: str) -> None:
        """Remove one's own comment before anybody has read it. Raises NotFound, Forbidden."""
        self._discussions.discussion(edition, discussion)
        found = self._waiting.find(discussion, comment)
        comments.require_author(found, ctx.actor.id)
        self._waiting.remove(found)

    @rpc(writes=True)
    def decide_comment(self, ctx: Context, edition: str, discussion: str, comment: str, body: Input) -> JsonObject:
        """Approve a comment, which is posted now, or refuse it with a reason; its author is told. Raises NotFound, and
        Conflict where the discussion is closed or what it replies to is gone."""
        self._discussions.discussion(edition, discussion)
        found, reason = self._waiting.find(discussion, comment), body["reason"]
        entry = audit.entry(
            f"consultation.comment_{body['decision']}",
            f"comment/{comment}",
            {"status": found["status"]},
            {"status": body["decision"]},
            reason or None,
        )
        if body["decision"] == APPROVED:
            posted = self._posting.publish(_draft(found, ctx))
            self._waiting.remove(found, entry, *_told(found, APPROVED, posted["n"]))
            return {"decision": APPROVED, "number": posted["n"]}
        told = _told(found, codes.REFUSED, 0)
        self._waiting.refuse(waiting_comments.refused(found, str(ctx.actor.id), reason, ctx.received_at), entry, *told)
        return {"decision": codes.REFUSED, "number": 0}

    @rpc
    def explain_decision(self, data: Input, account: str) -> JsonObject:
        """What the author of a comment is told of a decision. Raises NotFound."""
        discussion = self._discussions.discussion(data["edition"], data["discussion"])
        approved = data["decision"] == APPROVED
        if approved:
            comment = self._comments.find(data["discussion"], data["n"])
        else:
            comment = self._waiting.find(data["discussion"], data["comment"])
        decision = comment["moderation"]
        if comment["status"] != (comments.PUBLISHED if approved else codes.REFUSED):
            raise NotFound("consultation.nothing_to_mail")
        return {
            "title": discussion["title"],
            "text": comment["source"],
            "reason": decision["reason"] if decision else "",
        }


def _draft(comment: comments.Comment, ctx: Context) -> Draft:
    return Draft(
        comment["edition"],
        comment["discussion"],
        waiting_comments.author_of(comment),
        comment["source"],
        comment["via"],
        comment["parent"],
        comment.get("message_key"),
        comment["language"],
        ctx.received_at,
        approved=True,
    )


def _told(comment: comments.Comment, decision: str, number: int) -> tuple[PendingEvent, ...]:
    """The mail to the author; none to who has left."""
    if comment["author"] is None:
        return ()
    return (
        new_event(
            COMMENT_DECIDED,
            subject=comment["_id"],
            account=comment["author"],
            comment=comment["_id"],
            decision=decision,
            edition=comment["edition"],
            discussion=comment["discussion"],
            n=number,
        ),
    )

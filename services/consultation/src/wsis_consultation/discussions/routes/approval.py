"""Routes of comments that wait for an approval."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.schemas import PageQuery

from wsis_consultation.discussions.routes.discussions import DISCUSSION, MODERATE, NO_DISCUSSION, TAKE_PART
from wsis_consultation.discussions.schemas import approval

_ALL, _OWN = f"{DISCUSSION}/waiting-comments", f"{DISCUSSION}/mine-waiting"
_NO_COMMENT = "consultation.comment_unknown"

ROUTES = (
    Route(
        "GET",
        _ALL,
        handler="list_waiting_comments",
        summary="Comments that wait for an approval, the first one first",
        description="Of a discussion that asks for approval: comments of the web and by mail. They have no number yet. "
        "Refused ones stay for 90 days.",
        query=approval.WaitingQuery,
        response=approval.WaitingPage,
        permission=MODERATE,
        error_codes=(NO_DISCUSSION,),
    ),
    Route(
        "GET",
        f"{_ALL}/{{comment}}",
        handler="read_waiting_comment",
        summary="A comment that waits for an approval",
        response=approval.WaitingComment,
        permission=MODERATE,
        error_codes=(NO_DISCUSSION, _NO_COMMENT),
    ),
    Route(
        "POST",
        f"{_ALL}/{{comment}}/decision",
        handler="decide_comment",
        summary="Approve a comment, or refuse it with a reason",
        description="An approved one is posted now: it gets its number, followers get their mail. The author is "
        "told in either case; the decision is audited. A refused comment can still be approved.",
        body=approval.ApprovalBody,
        response=approval.CommentDecision,
        permission=MODERATE,
        error_codes=(NO_DISCUSSION, _NO_COMMENT, "consultation.discussion_closed", "consultation.comment_removed"),
    ),
    Route(
        "GET",
        _OWN,
        handler="list_own_waiting_comments",
        summary="My comments that wait for an approval",
        description="The newest first; refused ones with the reason.",
        query=PageQuery,
        response=approval.WaitingPage,
        permission=TAKE_PART,
        error_codes=(NO_DISCUSSION,),
    ),
    Route(
        "DELETE",
        f"{_OWN}/{{comment}}",
        handler="take_back_comment",
        summary="Take back a comment that waits for an approval",
        status=204,
        permission=TAKE_PART,
        error_codes=(NO_DISCUSSION, _NO_COMMENT, "consultation.not_the_author"),
    ),
)

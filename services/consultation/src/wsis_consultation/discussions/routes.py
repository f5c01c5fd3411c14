"""Routes of online discussions: communities, comments, moderation, feeds, followers."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.schemas import PageQuery
from wsis_shared.streams import Stream

from wsis_consultation.discussions import schemas

_EDITION = "/v1/consultations/{edition}"
_DISCUSSION = f"{_EDITION}/discussions/{{discussion}}"
_COMMENT = f"{_DISCUSSION}/comments/{{number}}"
_TAKE_PART, _READ, _MANAGE = "consultation:take_part", "consultation:read", "consultation:manage"
_NO_EDITION = "consultation.edition_unknown"
_NO_DISCUSSION, _CLOSED = "consultation.discussion_unknown", "consultation.discussion_closed"
_NO_COMMENT, _REMOVED = "consultation.comment_unknown", "consultation.comment_removed"
_NOT_AUTHOR = "consultation.not_the_author"
_LIVE = Stream(events=("consultation.comment_posted", "consultation.comment_changed"), subject="discussion")

ROUTES = (
    # -- communities and discussions -----------------------------------------------------------------------------------
    Route(
        "GET", f"{_EDITION}/communities", handler="list_communities", summary="Communities of a consultation",
        response=schemas.Communities, permission=PUBLIC, error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST", f"{_EDITION}/communities", handler="create_community", summary="Create a community", status=201,
        description="Its code stands in addresses and stays.", body=schemas.NewCommunity, response=schemas.Community,
        permission=_MANAGE, error_codes=(_NO_EDITION, "consultation.community_exists"),
    ),
    Route(
        "GET", f"{_EDITION}/communities/{{community}}", handler="read_community", summary="A community",
        response=schemas.Community, permission=PUBLIC, versioned=True, error_codes=("consultation.community_unknown",),
    ),
    Route(
        "PUT", f"{_EDITION}/communities/{{community}}", handler="change_community", summary="Change a community",
        body=schemas.CommunityBody, response=schemas.Community, permission=_MANAGE, if_match=True,
        error_codes=("consultation.community_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/discussions", handler="list_discussions", summary="Discussions, the newest first",
        query=schemas.DiscussionQuery, response=schemas.DiscussionPage, permission=PUBLIC, export="discussions",
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST", f"{_EDITION}/discussions", handler="open_discussion", summary="Open a discussion", status=201,
        body=schemas.DiscussionBody, response=schemas.Discussion, permission=_MANAGE,
        error_codes=(_NO_EDITION, "consultation.community_unknown"),
    ),
    Route(
        "GET", _DISCUSSION, handler="read_discussion", summary="A discussion with its opening text",
        response=schemas.Discussion, permission=PUBLIC, error_codes=(_NO_DISCUSSION,), versioned=True,
    ),
    Route(
        "PUT", _DISCUSSION, handler="change_discussion", summary="Change title and opening text of a discussion",
        body=schemas.DiscussionBody, response=schemas.Discussion, permission=_MANAGE, if_match=True,
        error_codes=(_NO_DISCUSSION, "consultation.community_unknown"),
    ),
    Route(
        "PUT", f"{_DISCUSSION}/state", handler="set_discussion_state", summary="Close a discussion, or open it again",
        description="A closed discussion stays readable; nobody can comment, edit or reply by mail.",
        body=schemas.StateBody, response=schemas.Discussion, permission=_MANAGE, error_codes=(_NO_DISCUSSION,),
    ),
    Route(
        "GET", f"{_DISCUSSION}/feed", handler="read_discussion_feed", summary="Atom feed of a discussion",
        description="The newest 50 comments. One that is hidden or deleted is in it no more.", permission=PUBLIC,
        media="application/atom+xml", error_codes=(_NO_DISCUSSION,),
    ),
    # -- comments ------------------------------------------------------------------------------------------------------
    Route(
        "GET", f"{_DISCUSSION}/comments", handler="list_comments", summary="Comments, flat",
        description="Anonymous readers get text, name and date. Comments that are hidden or deleted keep their number.",
        query=schemas.CommentQuery, response=schemas.Comments, permission=PUBLIC, error_codes=(_NO_DISCUSSION,),
        export="comments", stream=_LIVE,
    ),
    Route(
        "GET", f"{_DISCUSSION}/threads", handler="list_threads", summary="Comments by thread",
        description="Each thread with its first five replies; the others are read thread by thread.",
        query=schemas.ThreadQuery, response=schemas.Threads, permission=PUBLIC, error_codes=(_NO_DISCUSSION,),
    ),
    Route(
        "GET", f"{_DISCUSSION}/threads/{{number}}/replies", handler="list_replies", summary="Replies of a thread",
        query=schemas.ReplyQuery, response=schemas.Comments, permission=PUBLIC,
        error_codes=(_NO_DISCUSSION, _NO_COMMENT),
    ),
    Route(
        "POST", f"{_DISCUSSION}/comments", handler="post_comment", summary="Comment, or reply to a comment", status=201,
        body=schemas.NewComment, response=schemas.Comment, permission=_TAKE_PART, limit="comment",
        error_codes=(_NO_DISCUSSION, _CLOSED, _NO_COMMENT, _REMOVED, "consultation.too_many_comments"),
    ),
    Route(
        "GET", _COMMENT, handler="read_comment", summary="A comment", response=schemas.Comment, permission=PUBLIC,
        error_codes=(_NO_DISCUSSION, _NO_COMMENT),
    ),
    Route(
        "PUT", _COMMENT, handler="edit_comment", summary="Edit one's own comment",
        description="For 15 minutes. What it said before is kept for the secretariat.", body=schemas.CommentBody,
        response=schemas.Comment, permission=_TAKE_PART, limit="comment",
        error_codes=(_NO_COMMENT, _NOT_AUTHOR, _REMOVED, _CLOSED, "consultation.edit_window_over"),
    ),
    Route(
        "DELETE", _COMMENT, handler="delete_comment", summary="Delete one's own comment",
        description="Its text is removed for good; its number and the replies stay.", response=schemas.Comment,
        permission=_TAKE_PART, error_codes=(_NO_COMMENT, _NOT_AUTHOR, _REMOVED),
    ),
    # -- moderation ----------------------------------------------------------------------------------------------------
    Route(
        "PUT", f"{_COMMENT}/report", handler="report_comment", summary="Report a comment to the secretariat",
        description="One report per account: a repeat changes nothing. Reports alone hide nothing.",
        body=schemas.ReportBody, status=204, permission=_TAKE_PART, limit="comment",
        error_codes=(_NO_COMMENT, _REMOVED),
    ),
    Route(
        "GET", f"{_EDITION}/reported-comments", handler="list_reported_comments",
        summary="Reported comments, the last reported first", query=schemas.ReportedQuery,
        response=schemas.ReportedPage, permission=_READ, export="reported-comments", error_codes=(_NO_EDITION,),
    ),
    Route(
        "GET", f"{_COMMENT}/reports", handler="list_comment_reports", summary="Reports on a comment",
        query=PageQuery, response=schemas.ReportPage, permission=_READ, error_codes=(_NO_COMMENT,),
    ),
    Route(
        "GET", f"{_COMMENT}/versions", handler="list_comment_versions", summary="What a comment said before",
        query=PageQuery, response=schemas.VersionPage, permission=_READ, error_codes=(_NO_COMMENT,),
    ),
    Route(
        "PUT", f"{_COMMENT}/moderation", handler="moderate_comment", summary="Hide a comment, or restore it",
        description="Open reports are handled by it. Its author gets the reason by mail; the decision is audited.",
        body=schemas.ModerationBody, response=schemas.Comment, permission=_MANAGE, error_codes=(_NO_COMMENT, _REMOVED),
    ),
    Route(
        "POST", f"{_EDITION}/comments-rendering", handler="start_render_comments",
        summary="Render all comments once more", mode=Mode.JOB, response=schemas.Rendered, permission=_MANAGE,
        description="After a release that shows Markdown otherwise. What people wrote stays as it is.",
        limit="heavy", error_codes=(_NO_EDITION,),
    ),
    # -- following -----------------------------------------------------------------------------------------------------
    Route(
        "PUT", f"{_DISCUSSION}/follow", handler="follow_discussion", summary="Follow a discussion by mail",
        description="Each comment at once, a digest once a day, or off.", body=schemas.FollowBody,
        response=schemas.Follow, permission=_TAKE_PART, error_codes=(_NO_DISCUSSION,),
    ),
    Route(
        "GET", f"{_EDITION}/follows", handler="list_follows", summary="Discussions that one follows",
        response=schemas.Follows, permission=_TAKE_PART, error_codes=(_NO_EDITION,),
    ),
)  # fmt: skip
JOBS = (
    JobKind(
        "render_comments", "Renders all comments of an edition once more", permission=_MANAGE,
        result=schemas.Rendered,
    ),
)  # fmt: skip

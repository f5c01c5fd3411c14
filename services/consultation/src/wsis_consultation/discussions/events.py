"""Events of discussions: comments, their moderation, mails to followers."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import Locale, ResponseSchema, Utc


class _OfDiscussion(ResponseSchema):
    edition = fields.String(required=True)
    discussion = fields.String(required=True)


class DiscussionChanged(_OfDiscussion):
    """A discussion was opened, closed or opened again."""

    community = fields.String(required=True)
    language = Locale(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("open", "closed")))


class CommunityChanged(ResponseSchema):
    """A community was created, or has other texts."""

    edition = fields.String(required=True)
    community = fields.String(required=True)


class CommentPosted(_OfDiscussion):
    """A comment; who wrote it and what it says is read by its number."""

    n = fields.Integer(required=True)
    language = Locale(required=True)
    at = Utc(required=True)


class CommentChanged(_OfDiscussion):
    """A comment was edited, deleted, hidden or restored."""

    n = fields.Integer(required=True)
    change = fields.String(required=True, validate=validate.OneOf(("edited", "deleted", "hidden", "restored")))


class CommentModerated(_OfDiscussion):
    """The author of a comment is told of a decision."""

    account = fields.String(required=True)
    n = fields.Integer(required=True)
    status = fields.String(required=True)


class CommentDecided(_OfDiscussion):
    """The author of a comment that waited is told; `n` is its number, 0 where it was refused."""

    account = fields.String(required=True)
    comment = fields.String(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(("approved", "refused")))
    n = fields.Integer(required=True)


class CommentNotice(_OfDiscussion):
    """A batch of followers is told of a comment."""

    accounts = fields.List(fields.String(), required=True)
    n = fields.Integer(required=True)


class DiscussionNotice(_OfDiscussion):
    """A batch of those who follow a community is told of a new discussion."""

    accounts = fields.List(fields.String(), required=True)


class DigestDue(ResponseSchema):
    """A batch of followers gets the digest of a day."""

    accounts = fields.List(fields.String(), required=True)
    edition = fields.String(required=True)
    digest = fields.String(required=True)


_OF = {"edition": "2017", "discussion": "2017-12"}

COMMUNITY_CHANGED = EventType(
    "community_changed",
    "A community was created or changed",
    CommunityChanged,
    {"edition": "2017", "community": "youth"},
)
DISCUSSION_CHANGED = EventType(
    "discussion_changed",
    "A discussion was opened or closed",
    DiscussionChanged,
    {**_OF, "community": "youth", "language": "fr", "state": "open"},
    public=True,
    facets={"languages": "language"},
)
COMMENT_POSTED = EventType(
    "comment_posted",
    "A comment was posted in a discussion",
    CommentPosted,
    {**_OF, "n": 345, "language": "fr", "at": "2016-12-01T12:00:00Z"},
    public=True,
    facets={"languages": "language"},
)
COMMENT_CHANGED = EventType(
    "comment_changed",
    "A comment was edited, deleted, hidden or restored",
    CommentChanged,
    {**_OF, "n": 345, "change": "hidden"},
    public=True,
)
COMMENT_MODERATED = EventType(
    "comment_moderated",
    "The author of a comment is told of a decision of the secretariat",
    CommentModerated,
    {**_OF, "account": "3f2a", "n": 345, "status": "hidden"},
    notifications=(EmailNotification("comment_moderated", context_provider="explain_moderation"),),
)
COMMENT_DECIDED = EventType(
    "comment_decided",
    "The author of a comment that waited for an approval is told of the decision",
    CommentDecided,
    {**_OF, "account": "3f2a", "comment": "9c1e", "decision": "refused", "n": 0},
    notifications=(EmailNotification("comment_decided", context_provider="explain_decision"),),
)
COMMENT_NOTICE = EventType(
    "comment_notice",
    "Followers of a discussion are told of a comment",
    CommentNotice,
    {**_OF, "accounts": ["3f2a", "77b1"], "n": 345},
    notifications=(
        EmailNotification("comment_notice", to="accounts", context_provider="write_comment_notice", kind="discussions"),
    ),
)
DISCUSSION_NOTICE = EventType(
    "discussion_notice",
    "Followers of a community are told of a new discussion",
    DiscussionNotice,
    {**_OF, "accounts": ["3f2a", "77b1"]},
    notifications=(
        EmailNotification(
            "discussion_notice", to="accounts", context_provider="write_discussion_notice", kind="discussions"
        ),
    ),
)
DIGEST_DUE = EventType(
    "comments_digest_due",
    "Followers of discussions get the digest of a day",
    DigestDue,
    {"accounts": ["3f2a", "77b1"], "edition": "2017", "digest": "2017-2016-12-01"},
    notifications=(
        EmailNotification(
            "comments_digest", to="accounts", context_provider="write_comments_digest", kind="discussions"
        ),
    ),
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("consultation", "comment_posted", reads=("edition", "discussion", "n"), handler="mail_followers"),
    EventDependency(
        "consultation", "comment_posted", reads=("edition", "discussion", "n"), handler="remember_commenter"
    ),
)

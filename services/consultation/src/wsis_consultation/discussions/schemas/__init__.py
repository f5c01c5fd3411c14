"""Communities, discussions, comments and their moderation."""

from __future__ import annotations

from typing import Unpack

from marshmallow import fields, validate
from wsis_shared.field_options import FieldOptions
from wsis_shared.schemas import (
    ONE_LANGUAGE,
    Country,
    Locale,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    page_of,
)

from wsis_consultation.discussions.rules.codes import REASONS, STATES, STATUSES
from wsis_consultation.meetings.schemas.arrangements import Document

MAX_DISCUSSIONS = 100  # closed or opened in one act
_LIMIT = {"description": "Rows, at most 100"}


class Code(fields.String):
    """A code that stands in addresses."""

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        pattern = validate.Regexp(r"\A[a-z][a-z0-9_]{1,39}\Z", error="2 to 40 lower case letters, digits and _.")
        super().__init__(validate=pattern, **options)


# -- requests ----------------------------------------------------------------------------------------------------------


class CommunityBody(RequestSchema):
    """A change of the texts of a community."""

    title = Localised(change=True, max_length=120, required=True, validate=ONE_LANGUAGE)
    description = Localised(change=True, max_length=2000, load_default=dict)
    order = fields.Integer(load_default=0, strict=True, validate=validate.Range(min=0, max=1000))


class NewCommunity(CommunityBody):
    """A new community."""

    title = Localised(max_length=120, required=True, validate=ONE_LANGUAGE)
    description = Localised(max_length=2000, load_default=dict)
    code = Code(required=True)


class DiscussionBody(RequestSchema):
    """A discussion in one language."""

    community = Code(required=True)
    language = Locale(required=True)
    title = Text(max_length=200, required=True)
    text = Text(max_length=10_000, many_lines=True, required=True, metadata={"description": "Markdown"})
    approval = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={"description": "Whether comments wait for a moderator; null leaves it as it is"},
    )


class StateBody(RequestSchema):
    """Open or close a discussion."""

    state = fields.String(required=True, validate=validate.OneOf(STATES))
    reason = Text(max_length=1000, many_lines=True, required=True)


class StatesBody(StateBody):
    """Open or close discussions in one act."""

    discussions = fields.List(
        Text(max_length=40, required=True), required=True, validate=validate.Length(min=1, max=MAX_DISCUSSIONS)
    )


class CommentBody(RequestSchema):
    """The text of a comment."""

    text = Text(max_length=10_000, many_lines=True, required=True, metadata={"description": "Markdown"})


class NewComment(CommentBody):
    """A comment, or a reply to one."""

    parent = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1, max=10**9),
        metadata={"description": "Number of the comment that this one replies to"},
    )
    language = Locale(
        load_default=None, allow_none=True, metadata={"description": "Of the text; by default that of the discussion"}
    )


class ReportBody(RequestSchema):
    """Why a reader reports a comment."""

    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    note = Text(max_length=1000, many_lines=True, load_default=None, allow_none=True)


class ModerationBody(RequestSchema):
    """What an officer decides about a comment, and why."""

    status = fields.String(required=True, validate=validate.OneOf(("hidden", "published")))
    reason = Text(max_length=1000, many_lines=True, required=True)


class DiscussionQuery(PageQuery):
    """Filters of the list of discussions."""

    community = Code(load_default=None)
    language = Locale(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class _Numbered(RequestSchema):
    after = fields.Integer(
        load_default=None,
        validate=validate.Range(min=0, max=10**9),
        metadata={"description": "The number in the former page's `next`"},
    )


class CommentQuery(_Numbered):
    """Which comments, and in which order."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=100), metadata=_LIMIT)
    order = fields.String(load_default="newest", validate=validate.OneOf(("newest", "oldest")))


class ThreadQuery(CommentQuery):
    """Which threads, and in which order."""

    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=50), metadata={"description": "Threads"})


class ReplyQuery(_Numbered):
    """Which replies of a thread."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=100), metadata=_LIMIT)


class ReportedQuery(PageQuery):
    """Which reported comments."""

    state = fields.String(load_default="open", validate=validate.OneOf(("open", "handled")))


# -- responses ---------------------------------------------------------------------------------------------------------


class Community(ResponseSchema):
    """A community of an edition."""

    code = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the reader's language"})
    description = fields.String(allow_none=True)
    order = fields.Integer(required=True)
    titles = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "By language"})
    descriptions = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "By language"})


class Communities(ResponseSchema):
    """The communities of an edition."""

    items = fields.List(fields.Nested(Community), required=True)


class DiscussionRow(ResponseSchema):
    """A discussion in a list."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    community = fields.String(required=True)
    language = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    opened_at = Utc(required=True)
    closed_at = Utc(allow_none=True)
    comments = fields.Integer(required=True)
    threads = fields.Integer(required=True)
    last_comment_at = Utc(allow_none=True)
    approval = fields.Boolean(metadata={"description": "Whether comments wait for a moderator"})


class DiscussionStates(ResponseSchema):
    """The discussions that were named, as they are now."""

    items = fields.List(fields.Nested(DiscussionRow), required=True)


class Discussion(DiscussionRow):
    """A discussion with its opening text."""

    html = fields.String(required=True)
    markdown = fields.String(required=True)
    feed = fields.String(required=True, metadata={"description": "Path of the Atom feed"})
    documents = fields.List(fields.Nested(Document), metadata={"description": "Files of the secretariat"})


class Moderation(ResponseSchema):
    """What an officer decided."""

    by = fields.String()
    reason = fields.String(required=True)
    at = Utc(required=True)


class Comment(ResponseSchema):
    """A comment. One that is hidden or deleted has its number and no text."""

    number = fields.Integer(required=True)
    thread = fields.Integer(required=True, metadata={"description": "Number of the first comment of the thread"})
    parent = fields.Integer(allow_none=True, required=True)
    depth = fields.Integer(required=True, metadata={"description": "1 to 3"})
    kind = fields.String(metadata={"description": "comment, or announcement: of the secretariat"})
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    language = fields.String(required=True)
    html = fields.String(required=True)
    author = fields.String(allow_none=True, required=True, metadata={"description": "Name to display"})
    organization = fields.String(allow_none=True, metadata={"description": "For which the author speaks"})
    country = Country(allow_none=True, metadata={"description": "Of who speaks for an organization"})
    stakeholder_type = fields.String(allow_none=True, metadata={"description": "Of who speaks for an organization"})
    posted_at = Utc(required=True)
    edited_at = Utc(allow_none=True)
    via = fields.String(metadata={"description": "web or mail"})
    can_reply = fields.Boolean()


class Preview(ResponseSchema):
    """A text as it would be shown."""

    html = fields.String(required=True)


class WholeComment(Comment):
    """With what was written, also while it is hidden, and why it is hidden."""

    markdown = fields.String()
    moderation = fields.Nested(Moderation, allow_none=True)


class OwnComment(WholeComment):
    """A comment of the reader's."""

    editable = fields.Boolean(metadata={"description": "May the author still edit it?"})


class ModeratedComment(WholeComment):
    """A comment as officers see it."""

    report_count = fields.Integer()


class Comments(ResponseSchema):
    """A page of comments; `next` is the `after` of the following page."""

    items = fields.List(fields.Nested(Comment), required=True)
    next = fields.Integer(allow_none=True, required=True)


class OwnComments(page_of(OwnComment, "OwnCommentRows")):  # type: ignore[misc]  # the base is made at run time
    """A page of the reader's comments, and how they follow the discussion."""

    follow = fields.String(required=True, metadata={"description": "immediate, daily or off"})
    reply_address = fields.String(
        allow_none=True,
        metadata={
            "description": "One's own: a mail to it is a comment in this discussion. Null while replies by mail are off"
        },
    )


class Thread(Comment):
    """The first comment of a thread, and its first replies."""

    replies = fields.Integer(required=True, metadata={"description": "How many"})
    first_replies = fields.List(fields.Nested(Comment), required=True)


class Threads(ResponseSchema):
    """A page of threads; `next` is the `after` of the following page."""

    items = fields.List(fields.Nested(Thread), required=True)
    next = fields.Integer(allow_none=True, required=True)


class Version(ResponseSchema):
    """What a comment said before."""

    number = fields.Integer(required=True)
    markdown = fields.String(required=True)
    html = fields.String(required=True)
    at = Utc(required=True)


class Report(ResponseSchema):
    """What a reader reports."""

    account = fields.String(required=True)
    reason = fields.String(required=True)
    note = fields.String(allow_none=True)
    at = Utc(required=True)


class ReportedComment(ResponseSchema):
    """A reported comment in the officers' list."""

    discussion = fields.String(required=True)
    number = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    language = fields.String(required=True)
    author = fields.String(allow_none=True)
    account = fields.String(allow_none=True)
    markdown = fields.String(required=True)
    posted_at = Utc(required=True)
    reported_at = Utc(required=True)
    report_count = fields.Integer(required=True)
    report_reasons = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    moderation = fields.Nested(Moderation, allow_none=True)


class Rendered(ResponseSchema):
    """How many comments were rendered once more."""

    rendered = fields.Integer(required=True)


DiscussionPage = page_of(DiscussionRow, "DiscussionPage")
VersionPage = page_of(Version, "CommentVersionPage")
ReportPage = page_of(Report, "CommentReportPage")
ReportedPage = page_of(ReportedComment, "ReportedCommentPage")

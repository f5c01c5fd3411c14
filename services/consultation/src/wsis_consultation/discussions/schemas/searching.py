"""Comments that are searched, and announcements."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import Locale, PageQuery, Text, page_of

from wsis_consultation.discussions.schemas import Comment, CommentBody


class SearchQuery(PageQuery):
    """Which comments of an edition; all must fit."""

    text = Text(load_default=None, max_length=200, metadata={"description": "Words, in any language"})
    language = Locale(load_default=None)
    discussion = Text(load_default=None, max_length=40, metadata={"description": "Id of a discussion"})


class FoundComment(Comment):
    """A comment that a search has found, with its discussion."""

    discussion = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "Of the discussion"})
    title_language = fields.String(required=True)


class AnnouncementBody(CommentBody):
    """What the secretariat announces."""

    language = Locale(required=True)


AnnouncementPage = page_of(Comment, "AnnouncementPage")
FoundPage = page_of(FoundComment, "FoundCommentPage")

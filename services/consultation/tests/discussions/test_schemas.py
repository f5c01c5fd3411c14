from __future__ import annotations

from typing import Any

import pytest

from wsis_consultation.discussions import schemas


@pytest.mark.parametrize(
    ("schema", "body", "field"),
    [
        (schemas.NewComment, {"text": "a", "parent": 0}, "parent"),
        (schemas.NewComment, {"text": "a", "parent": "1"}, "parent"),
        (schemas.NewComment, {"text": "a", "html": "<b>"}, "html"),
        (schemas.NewComment, {"text": ["a"]}, "text"),
        (schemas.DiscussionBody, {"community": "Youth!", "language": "fr", "title": "T", "text": "x"}, "community"),
        (schemas.DiscussionBody, {"community": "youth", "language": "de", "title": "T", "text": "x"}, "language"),
        (schemas.DiscussionBody, {"community": "youth", "language": "fr", "title": "a\nb", "text": "x"}, "title"),
        (schemas.NewCommunity, {"code": "youth", "title": {}}, "title"),
        (schemas.NewCommunity, {"code": "youth", "title": {"de": "Jugend"}}, "title"),
        (schemas.ModerationBody, {"status": "hidden"}, "reason"),
        (schemas.ModerationBody, {"status": "deleted", "reason": "x"}, "status"),
        (schemas.ReportBody, {"reason": "boring"}, "reason"),
        (schemas.FollowBody, {"mode": "weekly"}, "mode"),
        (schemas.CommentQuery, {"after": "-1"}, "after"),
        (schemas.CommentQuery, {"limit": "101"}, "limit"),
        (schemas.CommentQuery, {"order": "best"}, "order"),
    ],
)
def test_each_error_names_its_field(schema: Any, body: dict[str, Any], field: str) -> None:
    assert list(schema().validate(body)) == [field]

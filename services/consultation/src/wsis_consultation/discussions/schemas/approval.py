"""Comments that wait for an approval."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import PageQuery, RequestSchema, ResponseSchema, Text, page_of

from wsis_consultation.discussions.rules.codes import REFUSED, WAITING
from wsis_consultation.discussions.schemas import WholeComment


class WaitingQuery(PageQuery):
    """Which of them."""

    status = fields.String(load_default=WAITING, validate=validate.OneOf((WAITING, REFUSED)))


class ApprovalBody(RequestSchema):
    """What a moderator decides."""

    decision = fields.String(required=True, validate=validate.OneOf(("approved", REFUSED)))
    reason = Text(
        max_length=1000,
        many_lines=True,
        load_default="",
        metadata={"description": "For the author; a refusal needs one"},
    )

    @validates_schema
    def refusal_has_reason(self, data: Input, **_: object) -> None:
        """An author learns why."""
        if data.get("decision") == REFUSED and not data.get("reason"):
            raise ValidationError("Say why.", "reason")


class WaitingComment(WholeComment):
    """A comment that waits, or was refused: it has no number yet."""

    id = fields.String(required=True)
    discussion = fields.String(required=True)


class CommentDecision(ResponseSchema):
    """What became of a comment."""

    decision = fields.String(required=True, metadata={"description": "approved or refused"})
    number = fields.Integer(required=True, metadata={"description": "Of the comment that was posted, else 0"})


WaitingPage = page_of(WaitingComment, "WaitingCommentPage")

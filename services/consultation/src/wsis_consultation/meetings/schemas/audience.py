"""Written questions and shows of hands: what comes in and what goes out."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import Locale, PageQuery, RequestSchema, ResponseSchema, Text, Utc, page_of, reason

from wsis_consultation.meetings.rules import audience

_ITEM = {"description": "Number of the item on the agenda, from 1"}


def agenda_item(*, required: bool = False) -> fields.Integer:
    """The number of an item, or null."""
    limits = validate.Range(min=1, max=50)
    if required:
        return fields.Integer(required=True, allow_none=True, strict=True, validate=limits, metadata=_ITEM)
    return fields.Integer(load_default=None, allow_none=True, strict=True, validate=limits, metadata=_ITEM)


class QuestionBody(RequestSchema):
    """A written question to the meeting."""

    text = Text(required=True, max_length=1000, many_lines=True)
    language = Locale(required=True, metadata={"description": "In which it is written"})
    agenda_item = agenda_item()


class QuestionHandling(RequestSchema):
    """What becomes of a question: answered in writing, taken up in the meeting, or removed with a reason."""

    state = fields.String(required=True, validate=validate.OneOf(audience.STATES[1:]))
    answer = Text(load_default=None, allow_none=True, max_length=2000, many_lines=True)
    reason = reason(required=False)

    @validates_schema
    def whole(self, data: Input, **_: object) -> None:
        """An answer has a text, a removal a reason."""
        if data["state"] == audience.ANSWERED and data["answer"] is None:
            raise ValidationError("Write the answer.", "answer")
        if data["state"] == audience.REMOVED and data["reason"] is None:
            raise ValidationError("Name the reason.", "reason")


class QuestionsQuery(PageQuery):
    """Filters of the list."""

    state = fields.String(load_default=None, validate=validate.OneOf(audience.STATES))


class Question(ResponseSchema):
    """A written question as everybody sees it: name and organization only with the participant's consent."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    text = fields.String(required=True)
    language = fields.String(required=True)
    agenda_item = fields.Integer(allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(audience.STATES))
    asked_at = Utc(required=True)
    answer = fields.String(allow_none=True)
    handled_at = Utc(allow_none=True)
    name = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)


class QuestionRow(Question):
    """A written question as the chair sees it."""

    participant = fields.String(required=True)
    full_name = fields.String(allow_none=True)


QuestionPage = page_of(QuestionRow, "QuestionPage")


class ShowOfHandsBody(RequestSchema):
    """What the chair asks."""

    text = Text(required=True, max_length=500, many_lines=True)
    language = Locale(required=True, metadata={"description": "In which it is written"})
    kind = fields.String(
        required=True,
        validate=validate.OneOf(audience.KINDS),
        metadata={"description": "yes_no: yes, no or abstain; raised: a raised hand"},
    )


class HandAnswer(RequestSchema):
    """The answer of a participant, which nobody's name is recorded with."""

    answer = fields.String(required=True, validate=validate.OneOf(sum(audience.ANSWERS.values(), ())))


class HandCount(ResponseSchema):
    """How many gave an answer."""

    answer = fields.String(required=True)
    count = fields.Integer(required=True)


class ShowOfHands(ResponseSchema):
    """A show of hands, which is no vote."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    text = fields.String(required=True)
    language = fields.String(required=True)
    answers = fields.List(fields.String(), required=True)
    asked_at = Utc(required=True)
    closed_at = Utc(allow_none=True, metadata={"description": "null: it is open"})
    answered = fields.Integer(required=True, metadata={"description": "How many have answered"})
    counts = fields.List(fields.Nested(HandCount), required=True, metadata={"description": "Empty while it is open"})


class CurrentItem(RequestSchema):
    """The item of the agenda that the meeting deals with; null: none in particular."""

    agenda_item = agenda_item(required=True)


class CurrentItemSet(ResponseSchema):
    """The item of the agenda that the meeting deals with."""

    agenda_item = fields.Integer(allow_none=True)

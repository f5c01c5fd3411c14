"""Past winners, the question to the submitter, evidence and decisions."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import Country, Locale, RequestSchema, ResponseSchema, Text, Utc, page_of, reason

from wsis_prizes.editions.schemas import Year
from wsis_prizes.projects.rules.reasons import STANDARD


class PastWinner(ResponseSchema):
    """A winner of a former edition."""

    edition = fields.String()
    title = fields.String()
    language = fields.String(allow_none=True, metadata={"description": "Of the title; null where it is not known"})
    organization = fields.String()
    country = fields.String()


PastWinnerPage = page_of(PastWinner, "PastWinnerPage")


class NewPastWinner(RequestSchema):
    """A row of the import."""

    edition = Year(required=True)
    title = Text(required=True, max_length=300)
    language = Locale(load_default=None, allow_none=True)
    organization = Text(required=True, max_length=300)
    country = Country(required=True)


class PastWinnerImport(RequestSchema):
    """Rows to import; those that are there are left alone."""

    items = fields.List(fields.Nested(NewPastWinner), required=True, validate=validate.Length(min=1, max=500))


class Imported(ResponseSchema):
    """How many rows were new."""

    added = fields.Integer()
    known = fields.Integer()


class ClarificationAnswer(RequestSchema):
    """The submitter's answer."""

    answer = Text(required=True, max_length=10_000, many_lines=True)


class ClarificationQuestion(RequestSchema):
    """The one question, and until when it can be answered."""

    question = Text(required=True, max_length=5000, many_lines=True)
    until = Utc(required=True)


class Evidence(ResponseSchema):
    """One thing that speaks against a project."""

    kind = fields.String(
        metadata={"description": "past_winner, duplicate, same_entity, incomplete, not_completed, outside_matrix"}
    )
    detail = fields.String()
    likeness = fields.Integer(allow_none=True, metadata={"description": "0 to 100"})
    edition = fields.String(allow_none=True)
    project = fields.String(allow_none=True)
    number = fields.Integer(allow_none=True)
    title = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)
    fields_ = fields.Dict(data_key="fields", attribute="fields", allow_none=True)


class StandardReason(ResponseSchema):
    """A text for a decision, for one that rules in or for one that rules out."""

    code = fields.String()
    eligible = fields.Boolean()
    title = fields.String(metadata={"description": "In the reader's language"})


class Eligibility(ResponseSchema):
    """The evidence, and the decision if one was made."""

    project = fields.String()
    state = fields.String()
    evidence = fields.List(fields.Nested(Evidence))
    eligible = fields.Boolean(allow_none=True)
    reason = fields.String(allow_none=True)
    standard = fields.String(allow_none=True, metadata={"description": "Code of the standard reason"})
    decided_at = Utc(allow_none=True)
    standards = fields.List(fields.Nested(StandardReason), metadata={"description": "Standard reasons to choose from"})


class EligibilityDecision(RequestSchema):
    """An officer's decision: with a standard reason, which the submitter reads in their language, or words of one's
    own, which come before it."""

    eligible = fields.Boolean(required=True)
    standard = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf([*STANDARD[True], *STANDARD[False]])
    )
    reason = reason(required=False)

    @validates_schema
    def with_a_reason(self, data: Input, **_: object) -> None:
        """A standard reason is one for this decision; without one, words are needed."""
        if data["standard"] is None and data["reason"] is None:
            raise ValidationError({"reason": ["Missing data for required field."]})
        if data["standard"] is not None and data["standard"] not in STANDARD[data["eligible"]]:
            raise ValidationError({"standard": ["Not a reason for this decision."]})

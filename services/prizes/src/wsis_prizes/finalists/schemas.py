"""Finalists and decisions as the Expert Group sees them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ActionLine, Id, RequestSchema, ResponseSchema, Text, Utc, page_of, reason

from wsis_prizes.projects.schemas import SdgLinkShown


class Settlement(RequestSchema):
    """The tied projects of a category that the Expert Group names."""

    category = ActionLine(required=True)
    projects = fields.List(Id(), required=True, validate=validate.Length(min=1, max=50))


class FinalistsOrder(RequestSchema):
    """Ties that the Expert Group settled, where the edition leaves them to it."""

    settle = fields.List(fields.Nested(Settlement), load_default=list, validate=validate.Length(max=18))


class PreviewedFinalist(ResponseSchema):
    """A nominee among the first by votes."""

    project = fields.String()
    number = fields.Integer()
    title = fields.String()
    language = fields.String(allow_none=True)
    organization = fields.String()
    country = fields.String()
    votes = fields.Integer()
    rank = fields.Integer()


class PreviewedCategory(ResponseSchema):
    """A category as it would be fixed: its finalists; and where the Expert Group settles a tie, those who share it and
    the places that are free."""

    category = fields.String()
    tie_rule = fields.String()
    places = fields.Integer()
    free = fields.Integer()
    finalists = fields.List(fields.Nested(PreviewedFinalist))
    tied = fields.List(fields.Nested(PreviewedFinalist))


class FinalistsPreview(ResponseSchema):
    """What fixing the finalists would do; each look is logged."""

    edition = fields.String()
    items = fields.List(fields.Nested(PreviewedCategory))
    hidden = fields.Integer(metadata={"description": "Categories in which the reader has an interest"})
    next = fields.String(allow_none=True)


class FinalistsFixed(ResponseSchema):
    """How many categories and finalists; which they are is in the Expert Group's view."""

    edition = fields.String()
    categories = fields.Integer()
    finalists = fields.Integer()


class Finalist(ResponseSchema):
    """A finalist with its votes."""

    project = fields.String()
    number = fields.Integer()
    title = fields.String()
    language = fields.String(allow_none=True)
    organization = fields.String()
    country = fields.String()
    short_description = fields.String()
    sdgs = fields.List(fields.Nested(SdgLinkShown))
    votes = fields.Integer()
    rank = fields.Integer()


class Decision(ResponseSchema):
    """What the Expert Group chose: a project, or null for no winner."""

    project = fields.String(allow_none=True)
    reason = fields.String()
    change_reason = fields.String(allow_none=True, metadata={"description": "Why it differs from the one before"})
    at = Utc()


class CategoryFinalists(ResponseSchema):
    """The finalists of a category. `decision` is null while the category is undecided."""

    category = fields.String()
    finalists = fields.List(fields.Nested(Finalist))
    decision = fields.Nested(Decision, allow_none=True)


class Finalists(ResponseSchema):
    """The view under embargo; each look at it is logged."""

    edition = fields.String()
    items = fields.List(fields.Nested(CategoryFinalists))
    next = fields.String(allow_none=True)


class FinalistsQuery(RequestSchema):
    """One category, or all."""

    category = ActionLine(load_default=None)


class WinnerChoice(RequestSchema):
    """One finalist, or null for no winner."""

    project = Id(required=True, allow_none=True)
    reason = reason()
    change_reason = Text(
        load_default=None,
        allow_none=True,
        min_length=3,
        max_length=2000,
        many_lines=True,
        metadata={
            "description": "Why the decision changes, needed once the category is decided. It is in the audit, "
            "which is not under embargo: name no project"
        },
    )


class Decided(ResponseSchema):
    """The category is decided. For whom is not repeated here."""

    edition = fields.String()
    category = fields.String()
    decided = fields.Boolean()


class Look(ResponseSchema):
    """Somebody looked at what is under embargo."""

    account = fields.String()
    roles = fields.List(fields.String())
    what = fields.String()
    at = Utc()
    request_id = fields.String(allow_none=True)


LookPage = page_of(Look, "LookPage")

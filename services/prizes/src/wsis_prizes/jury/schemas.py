"""Jurors, assignments, reviews."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ActionLine, Id, PageQuery, RequestSchema, ResponseSchema, Text, Utc, page_of, reason

from wsis_prizes.reviews.rules import BEST_SCORE, LEAST_SCORE, RECOMMENDATIONS, STATES


class AssignmentOrder(RequestSchema):
    """Whom to assign, and to name for the edition where they are not; without names all jurors of the edition, without
    a number that of the edition."""

    jurors = fields.List(Id(), load_default=None, allow_none=True, validate=validate.Length(max=1000))
    per_project = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(min=1, max=20)
    )


class Lacking(ResponseSchema):
    """A project that lacks jurors."""

    project = fields.String()
    number = fields.Integer()
    category = fields.String()
    missing = fields.Integer()


class Assignment(ResponseSchema):
    """What was assigned, and what could not be."""

    assigned = fields.Integer()
    jurors = fields.Integer()
    unassigned = fields.List(fields.Nested(Lacking))


class JurorLoad(ResponseSchema):
    """Reviews of a juror before an assignment, and those that it would add."""

    account = fields.String()
    names = fields.String(allow_none=True)
    before = fields.Integer()
    more = fields.Integer()


class AssignmentPreview(Assignment):
    """What an assignment would do."""

    by_juror = fields.List(fields.Nested(JurorLoad))


class JurorsQuery(RequestSchema):
    """Also those who hold the role, and are not named for the edition?"""

    everyone = fields.Boolean(load_default=False)


class Expertise(RequestSchema):
    """A juror's lines; an empty list means all."""

    categories = fields.List(ActionLine(), required=True, validate=validate.Length(max=18))


class Juror(ResponseSchema):
    """A member of the Expert Group."""

    account = fields.String()
    names = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    categories = fields.List(fields.String())
    named = fields.Boolean(metadata={"description": "For this edition"})


class TakenOut(ResponseSchema):
    """A juror who is no longer of the edition."""

    account = fields.String()
    given_back = fields.Integer(metadata={"description": "Reviews that were not finished"})


class JurorList(ResponseSchema):
    """The Expert Group."""

    items = fields.List(fields.Nested(Juror))
    next = fields.String(allow_none=True)


class Progress(ResponseSchema):
    """Reviews of a category or a juror by state."""

    key = fields.String()
    names = fields.String(allow_none=True)
    assigned = fields.Integer()
    begun = fields.Integer()
    done = fields.Integer()
    conflict = fields.Integer()
    all = fields.Integer()


class ReviewProgress(ResponseSchema):
    """How far the Expert Group is."""

    categories = fields.List(fields.Nested(Progress))
    jurors = fields.List(fields.Nested(Progress))
    done = fields.Integer()
    all = fields.Integer()


class Reminded(ResponseSchema):
    """How many jurors are reminded."""

    reminded = fields.Integer()


class ReviewBody(RequestSchema):
    """A part of a review or all of it; sent as often as one likes."""

    scores = fields.Dict(
        keys=fields.String(validate=validate.Length(max=60)),
        values=fields.Integer(strict=True, validate=validate.Range(min=LEAST_SCORE, max=BEST_SCORE)),
        metadata={"description": "1 to 5 by criterion"},
    )
    comments = fields.Dict(
        keys=fields.String(validate=validate.Length(max=60)),
        values=Text(min_length=0, max_length=5000, many_lines=True, allow_none=True),
        metadata={"description": "By criterion; null removes one"},
    )
    recommendation = fields.String(validate=validate.OneOf(RECOMMENDATIONS), allow_none=True)
    done = fields.Boolean()


class Review(ResponseSchema):
    """A juror's review of a project."""

    project = fields.String()
    edition = fields.String()
    category = fields.String()
    state = fields.String(metadata={"description": "assigned, begun, done or conflict"})
    scores = fields.Dict()
    comments = fields.Dict()
    recommendation = fields.String(allow_none=True)
    mean = fields.Float(allow_none=True)
    number = fields.Integer()
    title = fields.String()
    language = fields.String(allow_none=True, metadata={"description": "Of the title; null where it is not known"})
    organization = fields.String()
    country = fields.String()
    updated_at = Utc(allow_none=True)


class OwnReview(Review):
    """A juror's own review."""

    next_project = fields.String(
        allow_none=True, metadata={"description": "Of the next review that the juror has to finish"}
    )


class ReviewPage(page_of(Review, "ReviewRows")):  # type: ignore[misc]  # made at import
    """Reviews of a juror in an edition."""

    edition = fields.String()
    open = fields.Integer(metadata={"description": "Reviews that are not finished, on all pages"})


class JurorsReview(Review):
    """A review as the secretariat reads it."""

    juror = fields.String(metadata={"description": "The juror's account"})
    reason = fields.String(allow_none=True, metadata={"description": "Of a conflict of interest"})


JurorsReviewPage = page_of(JurorsReview, "JurorsReviewPage")


class ReviewsQuery(PageQuery):
    """Which reviews of an edition?"""

    category = ActionLine(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    juror = Id(load_default=None)
    project = Id(load_default=None)


class ReviewQuery(PageQuery):
    """My reviews of an edition; of the newest where none is named."""

    edition = fields.String(load_default=None, validate=validate.Length(equal=4))


class ConflictDeclaration(RequestSchema):
    """Why the juror cannot judge this project."""

    reason = reason()


class ConflictTaken(ResponseSchema):
    """Was another juror found?"""

    project = fields.String()
    edition = fields.String()
    reassigned = fields.Boolean()

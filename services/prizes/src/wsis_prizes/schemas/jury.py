"""Jurors, assignments, reviews; finalists and decisions as the Expert Group sees them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ActionLine, Id, PageQuery, RequestSchema, ResponseSchema, Text, Utc, page_of, reason

from wsis_prizes.schemas.projects import SdgLinkShown


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
        values=fields.Integer(strict=True, validate=validate.Range(min=1, max=5)),
        metadata={"description": "1 to 5 by criterion"},
    )
    comments = fields.Dict(
        keys=fields.String(validate=validate.Length(max=60)),
        values=Text(min_length=0, max_length=5000, many_lines=True),
    )
    recommendation = fields.String(validate=validate.OneOf(["nominate", "reject", "clarify"]), allow_none=True)
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
    organization = fields.String()
    country = fields.String()
    updated_at = Utc(allow_none=True)


ReviewPage = page_of(Review, "ReviewPage")


class JurorsReview(Review):
    """A review as the secretariat reads it."""

    juror = fields.String(metadata={"description": "The juror's account"})
    reason = fields.String(allow_none=True, metadata={"description": "Of a conflict of interest"})


JurorsReviewPage = page_of(JurorsReview, "JurorsReviewPage")


class ReviewsQuery(PageQuery):
    """Which reviews of an edition?"""

    category = ActionLine(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(["assigned", "begun", "done", "conflict"]))
    juror = Id(load_default=None)


class ReviewQuery(PageQuery):
    """My reviews of an edition."""

    edition = fields.String(required=True, validate=validate.Length(equal=4))


class ConflictDeclaration(RequestSchema):
    """Why the juror cannot judge this project."""

    reason = reason()


class ConflictTaken(ResponseSchema):
    """Was another juror found?"""

    project = fields.String()
    reassigned = fields.Boolean()


class NotNominated(RequestSchema):
    """A project left out, with the reason that its submitter reads."""

    project = Id(required=True)
    reason = reason()


class Nominations(RequestSchema):
    """The list: by name (`nominate`), or by score with `count`, `threshold` or neither (all that were reviewed)."""

    nominate = fields.List(Id(), load_default=None, allow_none=True, validate=validate.Length(max=5000))
    not_nominated = fields.List(fields.Nested(NotNominated), load_default=list, validate=validate.Length(max=5000))
    cap = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(min=1, max=1000))
    count = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(min=1, max=10_000))
    threshold = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=1, max=5))
    reason = Text(load_default="List fixed", max_length=2000, many_lines=True)


class NominationList(ResponseSchema):
    """The list as fixed, by figures."""

    edition = fields.String()
    nominated = fields.Integer()
    not_nominated = fields.Integer()
    by_category = fields.Dict(keys=fields.String(), values=fields.Integer())
    published = fields.Boolean()


class Settlement(RequestSchema):
    """The tied projects of a category that the Expert Group names."""

    category = ActionLine(required=True)
    projects = fields.List(Id(), required=True, validate=validate.Length(min=1, max=50))


class FinalistsOrder(RequestSchema):
    """Ties that the Expert Group settled, where the edition leaves them to it."""

    settle = fields.List(fields.Nested(Settlement), load_default=list, validate=validate.Length(max=18))


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

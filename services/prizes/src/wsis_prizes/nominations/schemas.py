"""The list of nominees as officers fix it, and as voters read it."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    ActionLine,
    Country,
    Id,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    page_of,
    reason,
)

from wsis_prizes.nominations.rules import ORDERS
from wsis_prizes.projects.schemas import Image, SdgLinkShown
from wsis_prizes.reviews.rules import BEST_SCORE, LEAST_SCORE


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
    threshold = fields.Float(
        load_default=None, allow_none=True, validate=validate.Range(min=LEAST_SCORE, max=BEST_SCORE)
    )
    reason = Text(load_default="List fixed", max_length=2000, many_lines=True)


class NominationList(ResponseSchema):
    """The list as fixed, by figures."""

    edition = fields.String()
    nominated = fields.Integer()
    not_nominated = fields.Integer()
    by_category = fields.Dict(keys=fields.String(), values=fields.Integer())
    published = fields.Boolean()


class NominationCategory(ResponseSchema):
    """A category of the list."""

    category = fields.String()
    projects = fields.Integer(metadata={"description": "That may be nominated"})
    reviewed = fields.Integer(metadata={"description": "With a finished review"})
    nominated = fields.Integer()
    added = fields.Integer(metadata={"description": "Since the list before"})
    removed = fields.Integer(metadata={"description": "Since the list before"})
    missing = fields.Integer(metadata={"description": "Neither nominated nor left out: no list is published with them"})


class NominationDraft(ResponseSchema):
    """The list as it would be published, or as it is, with its difference from the one before."""

    edition = fields.String()
    fixed_at = Utc(allow_none=True)
    published = fields.Boolean()
    cap = fields.Integer(allow_none=True)
    nominated = fields.Integer()
    not_nominated = fields.Integer(metadata={"description": "Also those that were ruled out: all get a mail"})
    categories = fields.List(fields.Nested(NominationCategory))


class CategoryNominations(RequestSchema):
    """The nominees of a category by name; other categories stay."""

    nominate = fields.List(Id(), load_default=list, validate=validate.Length(max=1000))
    reason = reason()


class RankedProject(ResponseSchema):
    """A project of a category with what its reviews say."""

    project = fields.String()
    number = fields.Integer()
    title = fields.String()
    language = fields.String(allow_none=True)
    organization = fields.String()
    country = fields.String()
    rank = fields.Integer(allow_none=True, metadata={"description": "By mean score; null without a finished review"})
    reviews = fields.Integer()
    done = fields.Integer()
    mean = fields.Float(allow_none=True)
    lowest = fields.Float(allow_none=True)
    highest = fields.Float(allow_none=True)
    recommendations = fields.Dict(keys=fields.String(), values=fields.Integer())
    nominated = fields.Boolean(allow_none=True, metadata={"description": "In the list; null before there is one"})
    before = fields.Boolean(allow_none=True, metadata={"description": "In the list before"})


class Ranking(ResponseSchema):
    """A category, the highest mean score first."""

    edition = fields.String()
    category = fields.String()
    published = fields.Boolean()
    cap = fields.Integer(allow_none=True)
    items = fields.List(fields.Nested(RankedProject))
    next = fields.String(allow_none=True)


class Category(ResponseSchema):
    """A category: an action line."""

    code = fields.String()
    number = fields.Integer()
    title = fields.String(metadata={"description": "In the reader's language"})
    titles = fields.Dict(keys=fields.String(), values=fields.String())
    nominees = fields.Integer(allow_none=True, metadata={"description": "How many; null before they are published"})


class CategoryList(ResponseSchema):
    """The categories of an edition by number."""

    items = fields.List(fields.Nested(Category))
    next = fields.String(allow_none=True)


class Nominee(ResponseSchema):
    """A nominated project in the list that voters read."""

    project = fields.String()
    number = fields.Integer()
    category = fields.String()
    title = fields.String()
    language = fields.String(allow_none=True, metadata={"description": "Of its texts; null where it was not asked"})
    organization = fields.String()
    country = fields.String()
    region = fields.String(allow_none=True)
    short_description = fields.String()
    sdgs = fields.List(fields.Integer())
    website = fields.String(allow_none=True)
    image = fields.Nested(Image, allow_none=True)


class NomineePage(page_of(Nominee, "NomineeRows")):  # type: ignore[misc]  # the base is made at run time
    """A page of nominees in one of the fixed orders."""

    edition = fields.String()
    order = fields.Integer()


class NomineeFull(Nominee):
    """A nominee's own page."""

    edition = fields.String()
    sdgs = fields.List(fields.Nested(SdgLinkShown))
    impact = fields.String(allow_none=True)
    partnerships = fields.String(allow_none=True)
    challenges = fields.String(allow_none=True)
    timeframe = fields.String(allow_none=True)
    stakeholder_type = fields.String(allow_none=True)
    countries = fields.List(fields.String())


class SearchQuery(PageQuery):
    """Which nominees, champions or winners?"""

    q = Text(
        load_default=None,
        max_length=200,
        metadata={"description": "Beginnings of words of title, organization and short description; all of them"},
    )
    category = ActionLine(load_default=None)
    country = Country(load_default=None)
    region = Region(load_default=None)


class NomineeQuery(SearchQuery):
    """One category or all, in one of 64 orders."""

    order = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=ORDERS - 1),
        metadata={"description": "Which of the fixed orders; a voter's own number is in the ballot"},
    )

"""Nominees, champions and winners as the public sees them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ActionLine, Locale, PageQuery, RequestSchema, ResponseSchema, Utc, page_of

from wsis_prizes.rules.orders import ORDERS
from wsis_prizes.schemas.projects import SdgLinkShown


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


class NomineeQuery(PageQuery):
    """One category or all, in one of 64 orders."""

    category = ActionLine(load_default=None)
    order = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=ORDERS - 1),
        metadata={"description": "Which of the fixed orders; a voter's own number is in her ballot"},
    )


class ChampionQuery(PageQuery):
    """Which champions or winners?"""

    category = ActionLine(load_default=None)
    region = fields.String(load_default=None, validate=validate.Length(max=40))
    sdg = fields.Integer(load_default=None, validate=validate.Range(min=1, max=17))


class Champion(Nominee):
    """A champion. `winner` appears with the release of the winners, not before."""

    winner = fields.Boolean()


class Ruling(ResponseSchema):
    """Why the champions of a category are not the finalists of the signed result of voting."""

    category = fields.String()
    kind = fields.String(metadata={"description": "disqualified, withdrawn or tie_settled"})
    project = fields.String(metadata={"description": "Who is out: the next by votes moved up"})
    projects = fields.List(fields.String(), metadata={"description": "Of the tie, those whom the Expert Group named"})


class ChampionPage(page_of(Champion, "ChampionRows")):  # type: ignore[misc]  # the base is made at run time
    """A page of champions, with all rulings of the edition since the certification, in their order. The verifiers of
    the public log compare saved pages with the signed result (`--champions`)."""

    edition = fields.String()
    rulings = fields.List(fields.Nested(Ruling))


WinnerPage = page_of(Champion, "WinnerPage")


class CertificateQuery(RequestSchema):
    """In which language?"""

    language = Locale(load_default="en")


class Announced(ResponseSchema):
    """What was announced."""

    edition = fields.String()
    champions = fields.Integer()
    winners = fields.Integer(allow_none=True)
    at = Utc()

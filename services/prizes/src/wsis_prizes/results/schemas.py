"""Champions and winners as the public sees them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ResponseSchema, Utc, page_of

from wsis_prizes.editions.schemas import Year
from wsis_prizes.eligibility.schemas import PastWinner
from wsis_prizes.nominations.schemas import Nominee, SearchQuery

MAX_CHAMPIONS = 1000  # of an edition: 50 places in each of 18 categories, and who shares one


class ChampionQuery(SearchQuery):
    """Which champions or winners? One request reads all of an edition."""

    limit = fields.Integer(
        load_default=20,
        validate=validate.Range(min=1, max=MAX_CHAMPIONS),
        metadata={"description": f"Rows, at most {MAX_CHAMPIONS}"},
    )
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


class AnyWinnerQuery(SearchQuery):
    """Which winners of which edition? Those that were imported have no category and no short description."""

    edition = Year(load_default=None)


class AnyWinner(PastWinner):
    """A winner of any edition. `project` leads to the nominee, where the edition was held here."""

    project = fields.String(allow_none=True)
    category = fields.String(allow_none=True)


AnyWinnerPage = page_of(AnyWinner, "AnyWinnerPage")


class Announced(ResponseSchema):
    """What was announced."""

    edition = fields.String()
    champions = fields.Integer()
    winners = fields.Integer(allow_none=True)
    at = Utc()


class Announcements(ResponseSchema):
    """Where they stand. `champions` are the finalists, once they are fixed; `submitters` are the accounts of their
    projects, which are mailed beside everyone who takes news of the prizes."""

    edition = fields.String()
    finalists_fixed_at = Utc(allow_none=True)
    champions_announced_at = Utc(allow_none=True)
    winners_released_at = Utc(allow_none=True)
    ceremony_at = Utc(metadata={"description": "From when on winners may be released"})
    champions = fields.Integer()
    submitters = fields.Integer()
    categories = fields.Integer(metadata={"description": "With finalists"})
    undecided = fields.List(
        fields.String(), metadata={"description": "Categories with finalists in which the Expert Group has not decided"}
    )

"""Schemas of possible duplicates."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    ONE_LANGUAGE,
    Country,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    Website,
    page_of,
)

from wsis_stocktaking.duplicates.rules.pairs import OPEN, POSSIBLE, STATES, VERDICTS
from wsis_stocktaking.register.rules.contents import NAME_LENGTH, TITLE_LENGTH


class DuplicateSearchBody(RequestSchema):
    """What is known of an activity while somebody writes its entry."""

    title = Localised(required=True, max_length=TITLE_LENGTH, validate=ONE_LANGUAGE)
    organization = Text(load_default="", min_length=0, max_length=NAME_LENGTH)
    website = Website(load_default=None, allow_none=True, metadata={"description": "Of the activity"})
    countries = fields.List(Country(), load_default=list, validate=validate.Length(max=250))


class Candidate(ResponseSchema):
    """A public entry that may be the same activity."""

    entry = fields.String(required=True)
    title = Localised()
    original_language = fields.String()
    organization = fields.String()
    countries = fields.List(fields.String())
    score = fields.Integer(metadata={"description": f"How much is alike, {POSSIBLE} to 100"})
    likely = fields.Boolean(metadata={"description": "Whether it is most probably the same"})


class Candidates(ResponseSchema):
    """Possible duplicates, the most alike first."""

    items = fields.List(fields.Nested(Candidate), required=True)


class Side(ResponseSchema):
    """One entry of a pair."""

    entry = fields.String(required=True)
    title = fields.String(allow_none=True, metadata={"description": "In the original language"})
    organization = fields.String(allow_none=True)
    public = fields.Boolean(metadata={"description": "Whether it is public still"})


class Pair(ResponseSchema):
    """Two public entries that may be one activity."""

    one = fields.Nested(Side, required=True)
    other = fields.Nested(Side, required=True)
    score = fields.Integer()
    likely = fields.Boolean()
    state = fields.String(metadata={"description": "open, or the verdict"})
    found_at = Utc()
    decided_by = fields.String(allow_none=True)
    decided_at = Utc(allow_none=True)
    reason = fields.String(allow_none=True)


class PairQuery(PageQuery):
    """Which pairs?"""

    state = fields.String(load_default=OPEN, validate=validate.OneOf(STATES))
    min_score = fields.Integer(load_default=POSSIBLE, validate=validate.Range(min=0, max=100))


PairPage = page_of(Pair, "DuplicatePairPage", counted=True)


class VerdictBody(RequestSchema):
    """Whether two entries are one activity."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = Text(required=True, max_length=1000, many_lines=True)


class ScanBody(RequestSchema):
    """What to compare."""

    full = fields.Boolean(
        load_default=True, metadata={"description": "All entries, or those that are new since the last comparison"}
    )


class ScanResult(ResponseSchema):
    """What a comparison found."""

    entries = fields.Integer(metadata={"description": "Entries that were compared with the register"})
    pairs = fields.Integer(metadata={"description": "Pairs that were found, known ones included"})

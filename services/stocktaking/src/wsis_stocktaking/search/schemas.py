"""Searches of the register: a search is a URL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from marshmallow import fields, validate
from wsis_shared import reference
from wsis_shared.schemas import (
    ActionLine,
    Country,
    Locale,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    SdgTarget,
    StakeholderType,
    Text,
    Utc,
    page_of,
)

from wsis_stocktaking.register.rules.cards import FACETS, LIGHTS, PRIZES
from wsis_stocktaking.register.rules.contents import COVERAGES, KINDS, NAME_LENGTH, STATUSES
from wsis_stocktaking.register.schemas import Card, Day, itu_region
from wsis_stocktaking.search.rules import NOT, SORTS

MAX_TEXT = 300  # characters
MAX_CODES = 60  # of one facet
T = TypeVar("T")


class _Code(fields.String):
    """A code as another field takes it, or with a minus before it."""

    def __init__(self, field: fields.Field[T]) -> None:
        choices = [each.choices for each in field.validators if isinstance(each, validate.OneOf)]
        codes = [str(code) for some in choices for code in some]
        super().__init__(metadata={"enum": [*codes, *(f"{NOT}{code}" for code in codes)]} if codes else {})
        self.inner = field

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        code = text.removeprefix(NOT)
        return f"{text[: len(text) - len(code)]}{self.inner.deserialize(code)}"


def _any_of(field: fields.Field[T], description: str) -> fields.List[str]:
    """A filter: commas separate codes, of which one must fit, and none of those with a minus."""
    return fields.List(_Code(field), validate=validate.Length(max=MAX_CODES), metadata={"description": description})


def _one_of(codes: Iterable[str]) -> fields.String:
    return fields.String(validate=validate.OneOf(list(codes)))


class Filters(RequestSchema):
    """Which entries: each filter that is named must fit. A minus before a code excludes it: country=-KE."""

    action_line = _any_of(ActionLine(), "Action lines: C1,C7.e-health")
    sub_theme = _any_of(
        _one_of(f"{line.code}.{theme.code}" for line in reference.action_lines() for theme in line.sub_themes),
        "Sub-themes with their action line: C1.partnerships",
    )
    sdg = _any_of(_one_of(str(goal.number) for goal in reference.sdgs()), "Numbers of Sustainable Development Goals")
    target = _any_of(SdgTarget(), "SDG targets: 8.10")
    country = _any_of(Country(), "ISO 3166-1 alpha-2 codes: NO,NA; -KE excludes")
    region = _any_of(itu_region(), "ITU regions")
    stakeholder_type = _any_of(StakeholderType(), "Types of the organization")
    kind = _any_of(_one_of(KINDS), "Kinds of activities")
    coverage = _any_of(_one_of(COVERAGES), "Coverages")
    status = _any_of(_one_of(STATUSES), "Statuses")
    # A pattern, since a list of 151 years would be most of the OpenAPI document of a search.
    year = _any_of(fields.String(validate=validate.Regexp(r"\A(19[5-9]\d|20\d\d|2100)\Z")), "Years of the activity")
    language = _any_of(Locale(), "Languages in which the entry can be read")
    prize = _any_of(_one_of(PRIZES), "What the WSIS Prizes made of the project")
    edition = _any_of(fields.String(validate=validate.Regexp(r"\A\d{4}\Z")), "Editions of the WSIS Prizes")


class TextAndFilters(Filters):
    """A search without its page: what a saved search keeps, too."""

    q = Text(
        max_length=MAX_TEXT,
        min_length=0,
        metadata={"description": 'Words that must all be there; "..." is an exact phrase, -word excludes it'},
    )


class Selection(TextAndFilters):
    """Which entries, with what a saved search does not keep."""

    organization = Text(
        max_length=NAME_LENGTH, metadata={"description": "Words of the name of the organization, side by side"}
    )
    freshness = fields.List(
        _one_of(LIGHTS),
        validate=validate.Length(max=len(LIGHTS)),
        metadata={"description": "Lights by the last update"},
    )
    updated_after = Day(metadata={"description": "Last updated on this day or later: 2015-01-31"})
    updated_before = Day(metadata={"description": "Last updated before this day"})
    start_after = Day(metadata={"description": "Activities that began on this day or later"})
    start_before = Day(metadata={"description": "Activities that began before this day"})
    end_after = Day(metadata={"description": "Activities that ended on this day or later"})
    end_before = Day(metadata={"description": "Activities that ended before this day"})


class EntriesQuery(Selection, PageQuery):
    """A search of the register."""

    sort = fields.String(
        validate=validate.OneOf(SORTS),
        metadata={
            "description": "By default relevance where q has words, else newest, in the order of publication; "
            "updated: the last update first; title: as the language of each title sorts it"
        },
    )
    facets = fields.List(
        fields.String(validate=validate.OneOf(FACETS)),
        validate=validate.Length(max=len(FACETS)),
        metadata={"description": "Facets whose counts come with the page; a filter does not narrow its own facet"},
    )
    min_sequence = fields.Integer(
        validate=validate.Range(min=0, max=2**53),
        metadata={"description": "Wait up to 2 s until the index has this publication, then 503"},
    )
    fields = fields.List(  # type: ignore[assignment]  # the metaclass takes declared fields out of the class
        fields.String(validate=validate.OneOf(tuple(Card().fields))),
        validate=validate.Length(max=40),
        metadata={"description": "Fields of each entry that are sent; entry is always among them"},
    )


class GroupsQuery(Selection, PageQuery):
    """Entries of a search, counted by a facet."""

    group_by = fields.String(
        load_default=FACETS[0], validate=validate.OneOf(FACETS), metadata={"description": "The facet: country"}
    )


class Group(ResponseSchema):
    """Entries with a code. One with several codes counts at each."""

    code = fields.String(required=True)
    label = fields.String(required=True, metadata={"description": "The title of the code in the language asked for"})
    entries = fields.Integer(required=True)


class Groups(page_of(Group, "GroupRows")):  # type: ignore[misc]  # made at import
    """The codes of a facet with their entries, the most frequent first."""

    total = fields.Integer(required=True, metadata={"description": "Entries that fit"})


class Count(ResponseSchema):
    """A code and the number of entries that have it."""

    code = fields.String(required=True)
    count = fields.Integer(required=True)


class EntryPage(page_of(Card, "EntryRows")):  # type: ignore[misc]  # made at import
    """A page of entries. Lists, total, counts and highlights are of one state of the index."""

    total = fields.Integer(required=True, metadata={"description": "Entries that fit, on all pages"})
    facets = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Nested(Count)),
        metadata={"description": "Facet -> codes with counts, the most frequent first; titles: /v1/reference"},
    )
    highlights = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String()),
        metadata={"description": "Entry -> field -> HTML with <mark> around what was searched for"},
    )
    corrected_to = fields.String(
        allow_none=True,
        metadata={
            "description": "q as it was probably meant; the page has what fits this too. null: nothing to correct"
        },
    )
    licence = fields.String(
        metadata={"description": "Address of the licence under which entries may be used; empty: none is granted"}
    )
    position = fields.Integer(metadata={"description": "The sequence that the index has reached"})
    as_of = Utc(metadata={"description": "When the index was equal to the register"})

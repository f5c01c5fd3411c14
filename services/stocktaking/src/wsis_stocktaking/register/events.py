"""Events of the register. They name no person."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.schemas import ResponseSchema


class EntryPublished(ResponseSchema):
    """An entry that became public, or has a new revision; what agencies select by."""

    entry = fields.String(required=True)
    revision = fields.Integer(required=True)
    sequence = fields.Integer(required=True)
    title = fields.String(required=True)
    language = fields.String(required=True, metadata={"description": "Of the title: the original language"})
    kind = fields.String(required=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    countries = fields.List(fields.String(), required=True)
    regions = fields.List(fields.String(), required=True, metadata={"description": "ITU regions"})
    source = fields.String(required=True, metadata={"description": "submission, import, prizes, officer, confirmation"})


class EntryWithdrawn(ResponseSchema):
    """An entry that is public no more."""

    entry = fields.String(required=True)
    sequence = fields.Integer(required=True)
    merged_into = fields.String(required=True, allow_none=True)
    action_lines = fields.List(
        fields.String(), required=True, metadata={"description": "Each line it was ever public under"}
    )


ENTRY_PUBLISHED = EventType(
    "entry_published",
    "An entry became public, or has a new revision",
    EntryPublished,
    {
        "entry": "9b1d",
        "revision": 2,
        "sequence": 8124,
        "title": "Digital farmers",
        "language": "en",
        "kind": "project",
        "action_lines": ["C7.e-agriculture"],
        "sdgs": [2],
        "countries": ["KE"],
        "regions": ["africa"],
        "source": "submission",
    },
    public=True,
    facets={"action_lines": "action_lines", "sdgs": "sdgs", "regions": "regions", "languages": "language"},
)
ENTRY_WITHDRAWN = EventType(
    "entry_withdrawn",
    "An entry is public no more: withdrawn, or merged into another one",
    EntryWithdrawn,
    {"entry": "9b1d", "sequence": 8125, "merged_into": None, "action_lines": ["C7.e-agriculture"]},
    public=True,
    facets={"action_lines": "action_lines"},
)


def published(entry: Input, language: str, regions: list[str], source: str) -> PendingEvent:
    """That an entry is public with its revision and sequence. `language`: of its title; `source`: of the revision."""
    content = entry["content"]
    return new_event(
        ENTRY_PUBLISHED,
        subject=entry["_id"],
        entry=entry["_id"],
        revision=entry["revision"],
        sequence=entry["sequence"],
        title=content["title"][language],
        language=language,
        kind=content["kind"],
        sdgs=content["sdgs"],
        action_lines=[named["line"] for named in content["action_lines"]],
        countries=content["countries"],
        regions=regions,
        source=source,
    )


def withdrawn(entry: Input) -> PendingEvent:
    """That an entry is public no more, with its last sequence."""
    return new_event(
        ENTRY_WITHDRAWN,
        subject=entry["_id"],
        entry=entry["_id"],
        sequence=entry["sequence"],
        merged_into=entry["merged_into"],
        action_lines=entry["lines"],
    )

"""Outcomes. Nothing here leaves before its day: finalists carry no project, winners come with the release alone."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema


class Named(ResponseSchema):
    """A project as the public knows it."""

    project = fields.String(required=True)
    number = fields.Integer(required=True)
    category = fields.String(required=True)
    title = fields.String(required=True)
    organization = fields.String(required=True)
    country = fields.String(required=True)


class Nominee(Named):
    """The same with its ITU region."""

    region = fields.String(required=True, allow_none=True)


class NomineesPublished(ResponseSchema):
    """The whole list."""

    edition = fields.String(required=True)
    nominees = fields.List(fields.Nested(Nominee), required=True)


_NAMED = {
    "project": "9b1d",
    "number": 132,
    "category": "C7.e-health",
    "title": "Clinics on line",
    "organization": "Ministry of Health",
    "country": "RW",
}
_OTHER = {
    **_NAMED,
    "project": "77c0",
    "number": 240,
    "title": "Nurses by phone",
    "organization": "Afya",
    "country": "KE",
}

NOMINEES_PUBLISHED = EventType(
    type="nominees_published",
    summary="The list of nominated projects is public",
    schema=NomineesPublished,
    example={"edition": "2017", "nominees": [{**_NAMED, "region": "africa"}]},
    public=True,
    facets={"action_lines": "nominees.category", "regions": "nominees.region"},
)


class FinalistsFixed(ResponseSchema):
    """How many categories have finalists, and the jurors of the edition; which projects they are is not said."""

    edition = fields.String(required=True)
    categories = fields.Integer(required=True)
    accounts = fields.List(fields.String(), required=True)


FINALISTS_FIXED = EventType(
    type="finalists_fixed",
    summary="The finalists stand: the Expert Group chooses the winners",
    schema=FinalistsFixed,
    example={"edition": "2017", "categories": 18, "accounts": ["a1", "b2"]},
    notifications=(EmailNotification("finalists_fixed", to="accounts", kind="jury"),),
)


class DecisionChanged(ResponseSchema):
    """In which category, and the other jurors who decide on it; neither projects nor reasons."""

    edition = fields.String(required=True)
    category = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)


DECISION_CHANGED = EventType(
    type="decision_changed",
    summary="The Expert Group's decision on a category was changed",
    schema=DecisionChanged,
    example={"edition": "2017", "category": "C7.e-health", "accounts": ["a1"]},
    notifications=(EmailNotification("decision_changed", to="accounts"),),
)


class ChampionsAnnounced(ResponseSchema):
    """All finalists, by number: no rank, no votes, no winner."""

    edition = fields.String(required=True)
    champions = fields.List(fields.Nested(Named), required=True)
    action_lines = fields.List(fields.String(), required=True)
    accounts = fields.List(fields.String(), required=True)


CHAMPIONS_ANNOUNCED = EventType(
    type="champions_announced",
    summary="The champions are public",
    schema=ChampionsAnnounced,
    example={
        "edition": "2017",
        "champions": [_NAMED, _OTHER],
        "action_lines": ["C7.e-health"],
        "accounts": ["3f2a", "81bb"],
    },
    public=True,
    facets={"action_lines": "action_lines"},
    notifications=(
        EmailNotification("champion", to="accounts", context_provider="champion_details"),
        EmailNotification("champions_announced", to="everyone", kind="prizes"),
    ),
)


class WinnersAnnounced(ResponseSchema):
    """The winners, and the champions beside them."""

    edition = fields.String(required=True)
    winners = fields.List(fields.Nested(Named), required=True)
    champions = fields.List(fields.Nested(Named), required=True)
    action_lines = fields.List(fields.String(), required=True)
    accounts = fields.List(fields.String(), required=True)


WINNERS_ANNOUNCED = EventType(
    type="winners_announced",
    summary="The winners are public",
    schema=WinnersAnnounced,
    example={
        "edition": "2017",
        "winners": [_NAMED],
        "champions": [_OTHER],
        "action_lines": ["C7.e-health"],
        "accounts": ["3f2a"],
    },
    public=True,
    facets={"action_lines": "action_lines"},
    notifications=(
        EmailNotification("winner", to="accounts", context_provider="champion_details"),
        EmailNotification("winners_announced", to="everyone", kind="prizes"),
    ),
)

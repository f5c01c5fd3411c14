"""Outcomes. Nothing here leaves before its day: winners come with the release alone."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema

from wsis_prizes.nominations.events import NAMED, Named

_OTHER = {
    **NAMED,
    "project": "77c0",
    "number": 240,
    "title": "Nurses by phone",
    "organization": "Afya",
    "country": "KE",
}


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
        "champions": [NAMED, _OTHER],
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
        "winners": [NAMED],
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

"""Registration for meetings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wsis_shared import reference
from wsis_shared.errors import Conflict

from wsis_consultation.meetings.rules import schedule

Participant = dict[str, Any]
"""{_id, edition, meeting, number: on the badge, mode, state, waiting_since, account: id | None,
contact: {full_name, email, locale}, organization, country, region, stakeholder_type, time_zone,
public_name: whether the name may be shown when speaking, registered_at, checked_in: {at, by} | None}"""

ON_SITE, REMOTE = "on_site", "remote"
MODES = (ON_SITE, REMOTE)
REGISTERED, WAITING, CANCELLED = "registered", "waiting", "cancelled"
STATES = (REGISTERED, WAITING, CANCELLED)
LIVE = (REGISTERED, WAITING)


def require_mode(meeting: schedule.Meeting, mode: str) -> None:
    """Raises Conflict where the meeting cannot be followed remotely."""
    if mode == REMOTE and not meeting["remote"]:
        raise Conflict("consultation.meeting_not_remote")


def new(id: str, meeting: schedule.Meeting, person: Mapping[str, Any], moment: datetime) -> Participant:
    """A registration before it has a mode, a state and a number. `person` has the personal fields."""
    return {
        "_id": id,
        "edition": meeting["edition"],
        "meeting": meeting["_id"],
        "number": 0,
        "mode": None,
        "state": CANCELLED,
        "waiting_since": None,
        "account": None,
        "registered_at": moment,
        "checked_in": None,
        **details(person),
    }


def details(person: Mapping[str, Any]) -> dict[str, Any]:
    """What a person says of themselves, with the ITU region of their country."""
    country = person.get("country")
    names = ("account", "contact", "organization", "stakeholder_type", "time_zone", "public_name")
    return {
        **{name: person[name] for name in names if name in person},
        "country": country,
        "region": reference.region_or_international(country),
    }


def holds_seat(participant: Participant) -> bool:
    """Whether the participant takes one of the places of the room."""
    return participant["mode"] == ON_SITE and participant["state"] == REGISTERED


def is_live(participant: Participant | None) -> bool:
    """Whether there is a registration that is not cancelled."""
    return participant is not None and participant["state"] in LIVE


def badge_number(participant: Participant) -> str:
    """As printed: "0042"."""
    return f"{participant['number']:04}"


def may_join(participant: Participant) -> bool:
    """Whether the participant gets the link to join remotely."""
    return participant["mode"] == REMOTE and participant["state"] == REGISTERED


def erased(participant: Participant) -> dict[str, Any]:
    """The registration without the person: the counts stay."""
    locale = participant["contact"]["locale"]
    contact = {"full_name": "", "email": "", "locale": locale}
    return {**participant, "account": None, "contact": contact, "organization": None, "public_name": False}

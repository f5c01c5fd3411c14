"""Registration for meetings."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import reference
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input

from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.meetings.rules import schedule


class Contact(TypedDict):
    """Who takes part, and where they are written to."""

    full_name: str
    email: str
    locale: str


class CheckIn(TypedDict):
    """When they came, and who let them in."""

    at: datetime
    by: str | None


class Participant(Stored):
    """`number` is that on the badge, `account` an id, `public_name` whether the name may be shown when speaking. Who is
    entered for the first time has no mode yet."""

    edition: str
    meeting: str
    number: int
    mode: str | None
    state: str
    waiting_since: datetime | None
    account: str | None
    contact: Contact
    organization: str | None
    country: str | None
    region: str
    stakeholder_type: str | None
    rank: NotRequired[str | None]
    time_zone: str
    public_name: bool
    registered_at: datetime
    entered_at: NotRequired[datetime]
    checked_in: CheckIn | None


ON_SITE, REMOTE = "on_site", "remote"
MODES = (ON_SITE, REMOTE)
REGISTERED, WAITING, CANCELLED = "registered", "waiting", "cancelled"
STATES = (REGISTERED, WAITING, CANCELLED)
LIVE = (REGISTERED, WAITING)


def require_mode(meeting: schedule.Meeting, mode: str) -> None:
    """Raises Conflict where the meeting cannot be followed remotely."""
    if mode == REMOTE and not meeting["remote"]:
        raise Conflict("consultation.meeting_not_remote")


def new(id: str, meeting: schedule.Meeting, person: Input, moment: datetime) -> Participant:
    """A registration before it has a mode, a state and a number. `person` has the personal fields."""
    return {
        "_id": id,
        "edition": meeting["edition"],
        "meeting": meeting["_id"],
        "number": 0,
        "mode": None,
        "state": CANCELLED,
        "waiting_since": None,
        "account": person.get("account"),
        "contact": person["contact"],
        "organization": person["organization"],
        "country": person.get("country"),
        "region": reference.region_or_international(person.get("country")),
        "stakeholder_type": person["stakeholder_type"],
        "time_zone": person["time_zone"],
        "public_name": person["public_name"],
        "registered_at": moment,
        "checked_in": None,
    }


def described(participant: Participant, person: Input) -> Participant:
    """The participant with what a person says of themselves, with the ITU region of their country."""
    return {
        **participant,
        "account": person.get("account", participant["account"]),
        "contact": person["contact"],
        "organization": person["organization"],
        "country": person.get("country"),
        "region": reference.region_or_international(person.get("country")),
        "stakeholder_type": person["stakeholder_type"],
        "rank": person.get("rank", participant.get("rank")),
        "time_zone": person["time_zone"],
        "public_name": person["public_name"],
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


def erased(participant: Participant) -> Participant:
    """The registration without the person: the counts stay. The rank goes too: a country has few ministers."""
    locale = participant["contact"]["locale"]
    contact: Contact = {"full_name": "", "email": "", "locale": locale}
    erased: Participant = {**participant, "account": None, "contact": contact, "organization": None, "rank": None}
    return {**erased, "public_name": False}

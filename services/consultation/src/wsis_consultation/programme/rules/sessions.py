"""Sessions: made of binding requests, accepted or declined, detailed by their organizers until a deadline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict, TypeVar

from wsis_shared import clock, languages
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.reference.loading import Titles

from wsis_consultation.editions.rules import editions
from wsis_consultation.editions.rules.reference import SessionType
from wsis_consultation.editions.rules.stored import Edited
from wsis_consultation.programme import errors
from wsis_consultation.programme.rules.codes import ACCEPTED as ACCEPTED
from wsis_consultation.programme.rules.codes import CANCELLED as CANCELLED
from wsis_consultation.programme.rules.codes import DECLINED as DECLINED
from wsis_consultation.programme.rules.codes import DRAFT as DRAFT
from wsis_consultation.programme.rules.keys import organization_key, person_key

T = TypeVar("T")


class Organizer(TypedDict):
    """An organization that holds a session."""

    name: str
    key: str


class Speaker(TypedDict):
    """Who speaks in a session; `submission` is the one that they came with."""

    name: str
    key: str
    organization: str | None
    role: str
    remote: bool
    time_zone: str | None
    email: str | None
    submission: str | None


class Span(TypedDict):
    """A time at which its organizers can."""

    start: datetime
    end: datetime


class LateDetails(TypedDict):
    """Which officer lets details in after the deadline; its organizers see when alone."""

    by: NotRequired[str | None]
    reason: NotRequired[str]
    at: str


class SessionLink(TypedDict):
    """An action line and a goal that a session served, and why; the WSIS-SDG matrix has it or not."""

    action_line: str
    sdg: int
    rationale: str
    outside_matrix: bool


class Outcome(TypedDict):
    """What a session brought."""

    text: str
    language: str
    links: list[SessionLink]
    filed_at: datetime


class Session(Edited):
    """Minutes for `duration`, seats for `capacity`; `submissions` are ids, `requests` are "submission/request", and
    `accounts` may edit it; `reason` is for the authors, `notice` for everybody, `note` for officers
    alone."""

    edition: str
    number: int
    code: str
    type: str
    track: str
    title: Titles
    abstract: str
    language: str
    interpretation: list[str]
    organizers: list[Organizer]
    speakers: list[Speaker]
    action_lines: list[str]
    sdgs: list[int]
    duration: int
    capacity: int | None
    equipment: list[str]
    availability: list[Span]
    theme: str | None
    submissions: list[str]
    requests: list[str]
    accounts: list[str]
    status: str
    reason: str | None
    note: NotRequired[str | None]  # sessions of before officers had notes lack it
    notice: NotRequired[Titles]  # why it is cancelled, for everybody
    withdrawn_at: NotRequired[datetime | None]  # by its organizers
    details_at: datetime | None
    details_late: LateDetails | None
    logo: Input | None
    outcome: Outcome | None


CHANGES = {
    DRAFT: (ACCEPTED, DECLINED),
    ACCEPTED: (DECLINED, CANCELLED),
    DECLINED: (DRAFT, ACCEPTED),
    CANCELLED: (ACCEPTED,),
}
NEED_REASON = (DECLINED, CANCELLED)

BY_OFFICERS = (
    "type",
    "title",
    "abstract",
    "language",
    "interpretation",
    "availability",
    "organizers",
    "speakers",
    "action_lines",
    "sdgs",
    "duration",
    "capacity",
    "equipment",
    "theme",
    "note",
)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def code_of(number: int) -> str:
    """The code of a session in public schedules, [0-9A-Z]{6}: its number in base 36 behind an S."""
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return f"S{digits:0>5}"


def new(edition: str, type: SessionType, number: int, id: str, title: Titles) -> Session:
    """A draft session that nobody requested."""
    return {
        "_id": id,
        "edition": edition,
        "number": number,
        "code": code_of(number),
        "type": type["code"],
        "track": type["track"],
        "title": dict(title),
        "abstract": "",
        "language": next(iter(title)),
        "interpretation": [],
        "equipment": [],
        "availability": [],
        "capacity": 0,
        "theme": None,
        "duration": type["minutes"],
        "organizers": [],
        "speakers": [],
        "action_lines": [],
        "sdgs": [],
        "submissions": [],
        "requests": [],
        "accounts": [],
        "status": DRAFT,
        "reason": None,
        "note": None,
        "details_at": None,
        "details_late": None,
        "logo": None,
        "outcome": None,
    }


def type_of(code: str, types: Sequence[SessionType]) -> SessionType:
    """The type of that code among those of an edition. Raises Invalid."""
    for row in types:
        if row["code"] == code:
            return row
    raise Invalid("consultation.session_type_unknown", fields={"type": ["There is no such type of session."]})


def edited(session: JsonObject) -> JsonObject:
    """What officers edit."""
    return {name: session.get(name) for name in BY_OFFICERS}


def changed(session: Session, fields: Input, types: Sequence[SessionType]) -> Session:
    """The session with fields that an officer gives; its track, by the `types` of its edition, and the keys of its
    people follow from them. Raises Invalid."""
    after: Session = {
        **session,
        "type": fields.get("type", session["type"]),
        "abstract": fields.get("abstract", session["abstract"]),
        "language": fields.get("language", session["language"]),
        "interpretation": fields.get("interpretation", session["interpretation"]),
        "action_lines": fields.get("action_lines", session["action_lines"]),
        "sdgs": fields.get("sdgs", session["sdgs"]),
        "duration": fields.get("duration", session["duration"]),
        "capacity": fields.get("capacity", session["capacity"]),
        "equipment": fields.get("equipment", session["equipment"]),
        "theme": fields.get("theme", session["theme"]),
        "note": fields.get("note", session.get("note")),
    }
    if "title" in fields:
        after["title"] = languages.merge(session["title"], fields["title"], required_as="title")
    if "type" in fields:
        after["track"] = type_of(fields["type"], types)["track"]
    if "speakers" in fields:
        came_with = {row["name"]: row.get("submission") for row in session["speakers"]}
        rows = ({"submission": came_with.get(row["name"]), **row} for row in fields["speakers"])
        after["speakers"] = with_person_keys(rows)
    if "organizers" in fields:
        after["organizers"] = with_organization_keys(fields["organizers"])
    if "availability" in fields:
        after["availability"] = spans(fields["availability"])
    return after


def with_person_keys(speakers: Iterable[Input]) -> list[Speaker]:
    """Speakers with their keys; a key that was given stays."""
    return [
        {
            "name": row["name"],
            "key": row.get("key") or person_key(row["name"]),
            "organization": row.get("organization"),
            "role": row.get("role") or "speaker",
            "remote": bool(row.get("remote")),
            "time_zone": row.get("time_zone"),
            "email": row.get("email"),
            "submission": row.get("submission"),
        }
        for row in speakers
    ]


def with_organization_keys(organizers: Iterable[Input]) -> list[Organizer]:
    """Organizers with their keys; a key that was given stays."""
    return [{"name": row["name"], "key": row.get("key") or organization_key(row["name"])} for row in organizers]


def with_known_keys(speakers: Iterable[Input], known: Iterable[Speaker]) -> list[Speaker]:
    """Speakers as organizers file them: who stands under a name keeps the key that an officer may have given."""
    keys = {row["name"]: row["key"] for row in known}
    return with_person_keys({**row, "key": keys.get(row["name"])} for row in speakers)


def spans(rows: Iterable[Input]) -> list[Span]:
    """Times of availability. Raises Invalid where one ends before it starts."""
    made: list[Span] = [{"start": row["start"], "end": row["end"]} for row in rows]
    if wrong := [number for number, row in enumerate(made) if row["end"] <= row["start"]]:
        raise errors.span_invalid("availability", wrong)
    return made


def require_change(session: Session, status: str, reason: str | None) -> None:
    """Raises Conflict where the status cannot follow, Invalid where it needs a reason."""
    if status not in CHANGES[session["status"]]:
        raise Conflict("consultation.session_status", status=session["status"], wanted=status)
    require_reason(status, reason)


def require_reason(status: str, reason: str | None) -> None:
    """Raises Invalid where the status needs a reason."""
    if status in NEED_REASON and not reason:
        raise Invalid("consultation.reason_needed", fields={"reason": ["Say why."]})


def refusals(ids: Iterable[str], known: Mapping[str, Session], status: str) -> dict[int, str]:
    """Why the status cannot follow, by the place of the session in the list; one that has it already may keep it."""
    problems = {}
    for number, id in enumerate(ids):
        if id not in known:
            problems[number] = "There is no such session."
        elif status not in (known[id]["status"], *CHANGES[known[id]["status"]]):
            problems[number] = f"It is {known[id]['status']}: it cannot become {status}."
    return problems


def withdrawn(session: Session, known: str, reason: str, language: str, at: datetime) -> Session:
    """The session that its organizers took back: cancelled, or declined before it was accepted. `known` is the status
    that they know: a decision against the session that is not published yet stays, unsaid. Raises Conflict where it is
    neither a draft nor accepted."""
    taken_back: Session = {**session, "notice": {language: reason}, "withdrawn_at": at}
    is_decided = session["status"] in (DECLINED, CANCELLED) and not session.get("withdrawn_at")
    if is_decided and known in (DRAFT, ACCEPTED):
        return taken_back
    status = CANCELLED if session["status"] == ACCEPTED else DECLINED
    require_change(session, status, reason)
    return {**taken_back, "status": status, "reason": reason}


def require_details_open(edition: editions.Edition, session: Session, at: datetime) -> None:
    """Raises Conflict once the deadline has passed, unless an officer let this session in late; at the very second of
    the deadline it is late."""
    deadline = edition["deadlines"][editions.SESSION_DETAILS]
    if at >= deadline and not session.get("details_late"):
        raise Conflict("consultation.session_details_closed", closed_at=clock.iso(deadline))
    if session["status"] not in (DRAFT, ACCEPTED):
        raise Conflict("consultation.session_not_running", status=session["status"])

"""Versions of the programme: frozen copies, what changed for whom, and numbers (0.1, 0.2 for draft agendas, 1.0, 1.1
for programmes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, NotRequired, TypedDict

from wsis_shared.errors import Conflict
from wsis_shared.json_types import JsonObject
from wsis_shared.languages import in_language
from wsis_shared.reference.loading import Titles

from wsis_consultation.editions.rules import reference
from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.programme.rules.agendas import Placement, name_in
from wsis_consultation.programme.rules.sessions import ACCEPTED, CANCELLED, DRAFT, Session, Speaker

# What an announcement and a difference compare.
FIELDS = (
    "title",
    "abstract",
    "type",
    "track",
    "language",
    "interpretation",
    "organizers",
    "speakers",
    "action_lines",
    "sdgs",
    "theme",
    "room",
    "start",
    "end",
)


class FrozenSpeaker(TypedDict):
    """Who speaks, as everybody may know it."""

    name: str
    organization: str | None
    role: str
    remote: bool


class Frozen(TypedDict):
    """A session in a version: what everybody may read. `organizers` are names, `receipts` the numbers of submissions;
    `plain` is the text in which words are searched."""

    id: str
    number: int
    code: str
    type: str
    track: str
    title: Titles
    abstract: str
    language: str
    interpretation: list[str]
    organizers: list[str]
    speakers: list[FrozenSpeaker]
    action_lines: list[str]
    sdgs: list[int]
    theme: str | None
    receipts: list[str]
    room: str
    start: datetime
    end: datetime
    state: str
    sequence: int
    changed_at: datetime
    plain: NotRequired[str]


class NamedRoom(TypedDict):
    """A room as it was called when the version was published; `names` are those in other languages."""

    code: str
    name: str
    names: NotRequired[dict[str, str]]


class Version(Stored):
    """A frozen copy of the programme. `revision` is that of the agenda, `since` the number before; statuses, reasons
    and announcements are by session."""

    edition: str
    number: str
    kind: str
    order: int
    note: Titles
    published_at: datetime
    by: str | None
    revision: int
    since: str | None
    time_zone: str
    rooms: list[NamedRoom]
    types: NotRequired[dict[str, Titles]]  # what types were called, by code; versions of before lack it
    sessions: list[Frozen]
    statuses: dict[str, str]
    reasons: dict[str, str]
    announcements: dict[str, str]


class FieldChange(TypedDict):
    """A field that differs."""

    field: str
    before: object
    after: object


class Decision(TypedDict):
    """The status of a session, and why."""

    status: str
    reason: str | None


DRAFT_AGENDA = "draft_agenda"  # the other kind is "programme"
CONFIRMED = "confirmed"
SCHEDULED, MOVED, UNSCHEDULED = "scheduled", "moved", "unscheduled"


def next_number(kind: str, latest: str | None) -> str:
    """The number after `latest`. Raises Conflict for a draft agenda after a programme."""
    major, minor = map(int, latest.split(".")) if latest else (0, 0)
    if kind == DRAFT_AGENDA:
        if major:
            raise Conflict("consultation.programme_published_already", number=str(latest))
        return f"0.{minor + 1}"
    return f"{major}.{minor + 1}" if major else "1.0"


def freeze(
    sessions: Iterable[Session],
    placements: Mapping[str, Placement],
    receipts: Mapping[str, str],
    before: Sequence[Frozen],
    at: datetime,
) -> list[Frozen]:
    """The sessions that are accepted and have a place, in the order of time. `receipts` are the numbers of the
    submissions. What stood in the version `before` and no longer does stays as cancelled: calendars keep what merely
    disappears. `sequence` grows with each change of a session."""
    known = {row["id"]: row for row in before}
    frozen = [
        _frozen(session, placements[session["_id"]], receipts, known.get(session["_id"]), at)
        for session in sessions
        if session["status"] == ACCEPTED and session["_id"] in placements
    ]
    present = {row["id"] for row in frozen}
    gone = [_cancelled(row, at) for row in before if row["id"] not in present]
    return sorted([*frozen, *gone], key=lambda row: (row["start"], row["room"], row["number"]))


def _frozen(
    session: Session,
    placement: Placement,
    receipts: Mapping[str, str],
    before: Frozen | None,
    at: datetime,
) -> Frozen:
    made: Frozen = {
        "id": session["_id"],
        "number": session["number"],
        "code": session["code"],
        "type": session["type"],
        "track": session["track"],
        "title": session["title"],
        "abstract": session["abstract"],
        "language": session["language"],
        "interpretation": session["interpretation"],
        "organizers": [row["name"] for row in session["organizers"]],
        "speakers": [
            {"name": row["name"], "organization": row["organization"], "role": row["role"], "remote": row["remote"]}
            for row in _once(session["speakers"])
        ],
        "action_lines": session["action_lines"],
        "sdgs": session["sdgs"],
        "theme": session["theme"],
        "receipts": [receipts[id] for id in session["submissions"] if id in receipts],
        "room": placement["room"],
        "start": placement["start"],
        "end": placement["start"] + timedelta(minutes=session["duration"]),
        "state": CONFIRMED,
        "sequence": 0,
        "changed_at": at,
    }
    if before is None:
        return made
    same = before["state"] == CONFIRMED and not field_changes(before, made)
    made["sequence"] = before["sequence"] + (not same)
    made["changed_at"] = before["changed_at"] if same else at
    return made


def _once(speakers: Iterable[Speaker]) -> Iterable[Speaker]:
    """Each person once: two submissions of a session may name the same."""
    first: dict[str, Speaker] = {}
    for row in speakers:
        first.setdefault(row["key"], row)
    return first.values()


def _cancelled(before: Frozen, at: datetime) -> Frozen:
    if before["state"] == CANCELLED:
        return before
    return {**before, "state": CANCELLED, "sequence": before["sequence"] + 1, "changed_at": at}


def field_changes(before: JsonObject, after: JsonObject) -> list[FieldChange]:
    """The fields that differ."""
    return [
        {"field": name, "before": before.get(name), "after": after.get(name)}
        for name in FIELDS
        if before.get(name) != after.get(name)
    ]


class Names(NamedTuple):
    """How a reader calls rooms and types, by code."""

    rooms: Mapping[str, str]
    types: Mapping[str, str]

    def room(self, code: str) -> str:
        """The name of a room; its code where it has none."""
        return self.rooms.get(code, code)

    def type(self, code: str) -> str:
        """The title of a type; its code where it has none."""
        return self.types.get(code, code)


def names(version: Version, locale: str) -> Names:
    """Rooms and types as they were called when the version was published."""
    types = version.get("types") or {row["code"]: row["title"] for row in reference.session_types()}
    return Names(
        {room["code"]: name_in(room, locale) for room in version["rooms"]},
        {code: in_language(titles, locale) for code, titles in types.items()},
    )


def decision(version: Version | None, session: str) -> Decision:
    """What was decided about a session, as its authors may know it: what officers decided since is told by the next
    version. `version` is the last one, or None."""
    if version is None:
        return {"status": DRAFT, "reason": None}
    statuses, reasons = version.get("statuses") or {}, version.get("reasons") or {}
    return {"status": statuses.get(session, DRAFT), "reason": reasons.get(session)}


def announcements(before: Version | None, frozen: Sequence[Frozen], statuses: Mapping[str, str]) -> dict[str, str]:
    """What to tell the authors of each session: {session: "accepted", "declined", "scheduled", "moved",
    "unscheduled", "cancelled"}. `statuses` are those of all sessions now; `before` is the last version, or None.

    Nothing is told twice: only what differs from the last version.
    """
    former_statuses = before["statuses"] if before else {}
    was = {row["id"]: row for row in before["sessions"] if row["state"] == CONFIRMED} if before else {}
    now = {row["id"]: row for row in frozen if row["state"] == CONFIRMED}
    changes: dict[str, str] = {}
    for session, status in statuses.items():
        change: str | None = None
        if session in now:
            change = _moved(was.get(session), now[session])
        elif session in was and status in (ACCEPTED, DRAFT):
            change = UNSCHEDULED
        elif status != DRAFT and former_statuses.get(session) != status:
            change = status
        if change:
            changes[session] = change
    return changes


def _moved(before: Frozen | None, now: Frozen) -> str | None:
    if before is None:
        return SCHEDULED
    return MOVED if _place(before) != _place(now) else None


def _place(session: Frozen) -> tuple[str, datetime, datetime]:
    return session["room"], session["start"], session["end"]

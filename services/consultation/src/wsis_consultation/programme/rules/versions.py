"""Versions of the programme: frozen copies, what changed for whom, and numbers (0.1, 0.2 for draft agendas, 1.0, 1.1
for programmes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from wsis_shared.errors import Conflict

from wsis_consultation.programme.rules.sessions import ACCEPTED, CANCELLED, DRAFT

# The difference between two versions of the programme, by session and field.


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
PLACE = ("room", "start", "end")

Sessions = Iterable[Mapping[str, Any]]


def between(before: Sessions, after: Sessions) -> dict[str, Any]:
    """{added: [brief], removed: [brief], changed: [{session, number, title, changes: [{field, before, after}]}]}, each
    by number. Sessions that are cancelled in a version are not in it."""
    old, new = _confirmed(before), _confirmed(after)
    changed = [
        {**_brief(new[id]), "changes": changes}
        for id in old.keys() & new.keys()
        if (changes := field_changes(old[id], new[id]))
    ]
    return {
        "added": _by_number(_brief(new[id]) for id in new.keys() - old.keys()),
        "removed": _by_number(_brief(old[id]) for id in old.keys() - new.keys()),
        "changed": _by_number(changed),
    }


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields that differ."""
    return [
        {"field": name, "before": before.get(name), "after": after.get(name)}
        for name in FIELDS
        if before.get(name) != after.get(name)
    ]


def _confirmed(sessions: Sessions) -> dict[str, Mapping[str, Any]]:
    return {session["id"]: session for session in sessions if session["state"] == "confirmed"}


def _brief(session: Mapping[str, Any]) -> dict[str, Any]:
    return {"session": session["id"], "number": session["number"], "title": session["title"]}


def _by_number(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: int(row["number"]))


DRAFT_AGENDA = "draft_agenda"  # the other kind is "programme"
CONFIRMED = "confirmed"
SCHEDULED, MOVED, UNSCHEDULED = "scheduled", "moved", "unscheduled"

Frozen = dict[str, Any]
"""A session in a version: {id, number, code, type, track, title, abstract, language, interpretation, organizers:
[name], speakers: [{name, organization, role, remote}], action_lines, sdgs, theme, receipts, room, start, end, state,
sequence, changed_at}: what everybody may read."""


def next_number(kind: str, latest: str | None) -> str:
    """The number after `latest`. Raises Conflict for a draft agenda after a programme."""
    major, minor = map(int, latest.split(".")) if latest else (0, 0)
    if kind == DRAFT_AGENDA:
        if major:
            raise Conflict("consultation.programme_published_already", number=str(latest))
        return f"0.{minor + 1}"
    return f"{major}.{minor + 1}" if major else "1.0"


def freeze(
    sessions: Iterable[Mapping[str, Any]],
    placements: Mapping[str, Mapping[str, Any]],
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
    session: Mapping[str, Any],
    placement: Mapping[str, Any],
    receipts: Mapping[str, str],
    before: Frozen | None,
    at: datetime,
) -> Frozen:
    made = {
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
            {name: row[name] for name in ("name", "organization", "role", "remote")}
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


def _once(speakers: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Each person once: two submissions of a session may name the same."""
    first: dict[str, Mapping[str, Any]] = {}
    for row in speakers:
        first.setdefault(row["key"], row)
    return first.values()


def _cancelled(before: Frozen, at: datetime) -> Frozen:
    if before["state"] == CANCELLED:
        return before
    return {**before, "state": CANCELLED, "sequence": before["sequence"] + 1, "changed_at": at}


def room_names(version: Mapping[str, Any]) -> dict[str, str]:
    """Code -> name of the rooms as they were when the version was published."""
    return {room["code"]: room["name"] for room in version["rooms"]}


def decision(version: Mapping[str, Any] | None, session: str) -> dict[str, Any]:
    """{status, reason} of a session as its authors may know it: what officers decided since is told by the next
    version. `version` is the last one, or None."""
    statuses, reasons = (version.get(name) or {} if version else {} for name in ("statuses", "reasons"))
    return {"status": statuses.get(session, DRAFT), "reason": reasons.get(session)}


def announcements(
    before: Mapping[str, Any] | None, frozen: Sequence[Frozen], statuses: Mapping[str, str]
) -> dict[str, str]:
    """What to tell the authors of each session: {session: "accepted", "declined", "scheduled", "moved",
    "unscheduled", "cancelled"}. `statuses` are those of all sessions now; `before` is the last version, or None.

    Nothing is told twice: only what differs from the last version.
    """
    former_statuses = before["statuses"] if before else {}
    was = {row["id"]: row for row in before["sessions"] if row["state"] == CONFIRMED} if before else {}
    now = {row["id"]: row for row in frozen if row["state"] == CONFIRMED}
    changes = {}
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
    return MOVED if any(before[name] != now[name] for name in PLACE) else None

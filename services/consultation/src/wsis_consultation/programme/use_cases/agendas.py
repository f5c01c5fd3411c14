"""The agenda: setup, placements with their clashes, and suggestions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Invalid
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import in_language
from wsis_shared.operations import job, rpc
from wsis_shared.sentences import Sentences

from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.store import Editions
from wsis_consultation.programme.rules import agendas, bookings, clashes
from wsis_consultation.programme.rules.sessions import Session
from wsis_consultation.programme.store import Programme

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Run
    from wsis_shared.jobs.states import Job

_say = Sentences("wsis_consultation", "programme")
_SETUP = ("rooms", "slots", "interpreters", "organizers_in_parallel", "turnaround")


@dataclass(frozen=True)
class Accepted:
    """The accepted sessions of an edition as they were at a number of changes."""

    changes: int
    sessions: Mapping[str, Session]
    needs: Mapping[str, bookings.Needs]


@dataclass(frozen=True)
class Planning:
    """Everything that a check reads: the edition, its agenda, and the accepted sessions."""

    edition: Edition
    agenda: agendas.Agenda
    accepted: Accepted

    @property
    def sessions(self) -> Mapping[str, Session]:
        """The accepted sessions by id. Not to be changed: other requests have the same."""
        return self.accepted.sessions

    def clashes(self, agenda: agendas.Agenda) -> list[clashes.Clash]:
        """The clashes of an agenda with these sessions."""
        booked = bookings.bookings_of(agenda["placements"], self.accepted.needs)
        return clashes.check(booked, bookings.venue_of(agenda, self.edition))


class AgendaCases:
    """What officers do with the agenda."""

    def __init__(self, store: Programme, editions: Editions) -> None:
        self._store, self._editions = store, editions
        self._accepted: dict[str, Accepted] = {}

    def load(self, edition: str) -> Planning:
        """What a check needs. The sessions are read again when one has changed. Raises NotFound."""
        found, changes = self._editions.find(edition), self._store.session_changes(edition)
        accepted = self._accepted.get(edition)
        if accepted is None or accepted.changes != changes:
            sessions = {row["_id"]: row for row in self._store.sessions(edition, accepted=True)}
            accepted = Accepted(changes, sessions, {id: bookings.needs_of(row) for id, row in sessions.items()})
            self._accepted = {edition: accepted}  # officers plan one edition at a time
        return Planning(found, self._store.agenda(edition), accepted)

    @rpc
    def read_agenda(self, ctx: Context, edition: str) -> JsonObject:
        """The agenda with its clashes, the sessions without a place, and those whose submission was withdrawn."""
        planning = self.load(edition)
        asked = {id for session in planning.sessions.values() for id in session["submissions"]}
        gone = self._store.withdrawn_of(asked)
        undecided = sorted(id for id, session in planning.sessions.items() if gone & {*session["submissions"]})
        return {**_to_response(planning, planning.agenda, ctx.locale), "withdrawn": undecided}

    @rpc(writes=True)
    def set_up_agenda(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Rooms, slots and interpreters. Raises Conflict on another revision, or for a room in use that would go."""
        planning = self.load(edition)
        agendas.require_revision(planning.agenda, body["revision"])
        agendas.require_setup(planning.agenda, body)
        changed: agendas.Agenda = {
            **planning.agenda,
            "rooms": body["rooms"],
            "slots": body["slots"],
            "interpreters": body["interpreters"],
            "organizers_in_parallel": body["organizers_in_parallel"],
            "turnaround": body["turnaround"],
        }
        entry = audit.entry(
            "consultation.agenda_set_up",
            f"agenda/{edition}",
            None,
            {"rooms": len(body["rooms"]), "slots": len(body["slots"])},
        )
        return _to_response(planning, self._store.save("agendas", changed, entry), ctx.locale)

    @rpc
    def check_agenda(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """The clashes that these changes would leave. Nothing is saved."""
        planning = self.load(edition)
        agenda = agendas.placed(planning.agenda, _moments(body["changes"], planning))
        return {"clashes": _clashes(planning, agenda, planning.clashes(agenda), ctx.locale)}

    @rpc(writes=True)
    def place_sessions(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Save changes on the revision that was read. Raises Conflict with the difference for another one."""
        planning = self.load(edition)
        agendas.require_revision(planning.agenda, body["revision"])
        saved = self._save(planning, _moments(body["changes"], planning))
        return _to_response(planning, saved, ctx.locale)

    @rpc
    def suggest_agenda(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Places for the sessions that have none. Nothing is saved."""
        planning = self.load(edition)
        suggested, changes = _suggestion(planning, body["keep"])
        agenda = agendas.placed(planning.agenda, changes)
        return {
            "revision": planning.agenda.get("version", 0),
            "changes": [_placement(row, planning) for row in changes],
            "unplaced": [{"session": id, "reason": why} for id, why in sorted(suggested.unplaced.items())],
            "clashes": _clashes(planning, agenda, planning.clashes(agenda), ctx.locale),
        }

    @rpc(writes=True)
    def start_placing_sessions(self, jobs: Jobs, edition: str, body: Input) -> Job:
        """Start the job that saves a suggestion."""
        self._editions.find(edition)
        arguments = {"edition": edition, "keep": body["keep"]}
        return jobs.enqueue("place_all_sessions", arguments, key=f"place_all|{edition}|{body['keep']}")

    @job()
    def place_all_sessions(self, run: Run) -> Finish:
        """The job: save a suggestion for all sessions without a place."""
        edition = str(run.arguments["edition"])
        planning = self.load(edition)
        suggested, changes = _suggestion(planning, str(run.arguments["keep"]))
        saved = self._save(planning, changes)
        placed = len(suggested.bookings)
        return run.finish({"revision": saved["version"], "placed": placed, "unplaced": len(suggested.unplaced)})

    def _save(self, planning: Planning, changes: Sequence[agendas.Change]) -> agendas.Agenda:
        edition = planning.agenda["_id"]
        before = agendas.placed_sessions(planning.agenda)
        audited = [_audited(before.get(change["session"], {"session": change["session"]})) for change in changes]
        after = [_audited(change) for change in changes]
        entry = audit.entry("consultation.sessions_placed", f"agenda/{edition}", audited[:100], after[:100])
        return self._store.save("agendas", agendas.placed(planning.agenda, changes), entry)


def _audited(row: JsonObject) -> JsonObject:
    return {name: str(row[name]) if row.get(name) else None for name in ("session", "room", "start")}


def _suggestion(planning: Planning, keep: str) -> tuple[clashes.Suggestion, list[agendas.Change]]:
    venue = bookings.venue_of(planning.agenda, planning.edition)
    needs = planning.accepted.needs
    booked = bookings.bookings_of(planning.agenda["placements"], needs)
    kept = [booking for booking in booked if booking.pinned or keep == "all"]
    fixed = {booking.needs.session for booking in kept}
    slots = agendas.grid(planning.agenda["slots"], planning.edition["time_zone"])
    suggested = clashes.suggest([each for id, each in needs.items() if id not in fixed], kept, slots, venue)
    placed: list[agendas.Change] = [
        {
            "session": booking.needs.session,
            "room": booking.room,
            "start": bookings.moment(booking.start),
            "pinned": False,
        }
        for booking in suggested.bookings
    ]
    before = agendas.placed_sessions(planning.agenda)
    out: list[agendas.Change] = [
        {"session": id, "room": None, "start": None, "pinned": False} for id in suggested.unplaced if id in before
    ]
    return suggested, [*placed, *out]


def _moments(changes: Iterable[Input], planning: Planning) -> list[agendas.Change]:
    """The changes with their moments. Raises Invalid where a session or room is none of the agenda, or twice."""
    rooms, seen, wrong = {room["code"] for room in planning.agenda["rooms"]}, set(), {}
    made: list[agendas.Change] = []
    for number, change in enumerate(changes):
        session, room, start = change["session"], change["room"], change["start"]
        if session in seen:
            wrong[f"changes.{number}.session"] = ["This session is in the list already."]
        elif room is not None and session not in planning.sessions:
            wrong[f"changes.{number}.session"] = ["There is no such accepted session."]
        if room is not None and room not in rooms:
            wrong[f"changes.{number}.room"] = ["There is no such room."]
        if (room is None) != (start is None):
            wrong[f"changes.{number}.start"] = ["Give both a room and a start, or neither."]
        seen.add(session)
        made.append({"session": session, "room": room, "start": start, "pinned": bool(change.get("pinned"))})
    if wrong:
        raise Invalid("consultation.placements_invalid", fields=wrong)
    return made


def _to_response(planning: Planning, agenda: agendas.Agenda, locale: str) -> JsonObject:
    placed = agendas.placed_sessions(agenda)
    return {
        **_setup(agenda),
        "published": agenda["published"],
        "edition": agenda["_id"],
        "revision": agenda.get("version", 0),
        "placements": [_placement(row, planning) for row in agenda["placements"]],
        "unplaced": sorted(planning.sessions.keys() - placed.keys()),
        "clashes": _clashes(planning, agenda, planning.clashes(agenda), locale),
        "sessions": [
            {**row, "id": id, "title": in_language(row["title"], locale)} for id, row in planning.sessions.items()
        ],
    }


def _setup(agenda: JsonObject) -> JsonObject:
    return {name: agenda[name] for name in _SETUP}


def _placement(row: agendas.Placement | agendas.Change, planning: Planning) -> JsonObject:
    session = planning.sessions.get(row["session"])
    end = row["start"] + timedelta(minutes=session["duration"]) if session and row["start"] else None
    return {**agendas.brief(row), "end": end}


def _clashes(
    planning: Planning, agenda: agendas.Agenda, found: Sequence[clashes.Clash], locale: str
) -> list[JsonObject]:
    """Clashes as responses, with a sentence that names the people and sessions."""
    names = {room["code"]: agendas.name_in(room, locale) for room in agenda["rooms"]}
    for session in planning.sessions.values():
        names |= {row["key"]: row["name"] for row in (*session["speakers"], *session["organizers"])}
    return [
        {
            "kind": clash.kind,
            "hard": clash.hard,
            "sessions": list(clash.sessions),
            "name": clash.name,
            "start": bookings.moment(clash.start),
            "message": _say(
                f"clash_{clash.kind}",
                locale,
                name=names.get(clash.name, clash.name),
                sessions=", ".join(planning.sessions[id]["code"] for id in clash.sessions),
            ),
        }
        for clash in found
    ]

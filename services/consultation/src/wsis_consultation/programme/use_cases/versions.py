"""Versions of the programme: publication, and what the authors of submissions are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wsis_shared import audit, languages
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import job, rpc

from wsis_consultation.editions.rules.editions import session_types
from wsis_consultation.index.store import SubmissionIndex
from wsis_consultation.programme import events
from wsis_consultation.programme.rules import agendas, clashes, differences, versions
from wsis_consultation.programme.rules.sessions import Session
from wsis_consultation.programme.store import Programme
from wsis_consultation.programme.use_cases.agendas import AgendaCases, Planning
from wsis_consultation.programme.use_cases.notices import Notices
from wsis_consultation.submissions.rules.contents import agencies_of
from wsis_consultation.submissions.rules.lifecycle import receipt_number

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Next, Run
    from wsis_shared.jobs.states import Job

STEP = 50  # sessions in one step of the job
_IN_EVENT = ("number", "code", "title", "type", "track", "action_lines", "sdgs", "room", "start", "end")


class VersionCases:
    """What is done with versions."""

    def __init__(self, store: Programme, index: SubmissionIndex, agenda: AgendaCases, notices: Notices) -> None:
        self._store, self._index, self._agenda, self._notices = store, index, agenda, notices

    @rpc(writes=True)
    def publish_programme(self, ctx: Context, jobs: Jobs, edition: str, body: Input) -> Job:
        """Freeze the agenda as the next version, which is public at once; a job tells the authors. Raises Conflict for
        hard clashes without a reason, or for a draft agenda after a programme."""
        planning = self._agenda.load(edition)
        found = clashes.hard(planning.clashes(planning.agenda))
        if found and not body["reason"]:
            raise Conflict("consultation.agenda_clashes", count=len(found))
        latest = planning.agenda["published"]
        number = versions.next_number(body["kind"], latest)
        before = self._store.version(edition, latest) if latest else None
        every = self._store.sessions(edition)
        frozen = self._frozen(planning, every, before, ctx.received_at)
        statuses = {session["_id"]: session["status"] for session in every}
        confirmed = sum(row["state"] == versions.CONFIRMED for row in frozen)
        version: versions.Version = {
            "_id": f"{edition}-{number}",
            "edition": edition,
            "number": number,
            "kind": body["kind"],
            "order": before["order"] + 1 if before else 1,
            "note": body["note"],
            "published_at": ctx.received_at,
            "by": ctx.actor.id,
            "revision": planning.agenda.get("version", 0),
            "since": latest,
            "time_zone": planning.edition["time_zone"],
            "rooms": [
                {"code": room["code"], "name": room["name"], "names": room.get("names", {})}
                for room in planning.agenda["rooms"]
            ],
            "types": {row["code"]: dict(row["title"]) for row in session_types(planning.edition)},
            "sessions": frozen,
            "statuses": statuses,
            "reasons": {session["_id"]: session["reason"] for session in every if session["reason"]},
            "announcements": versions.announcements(before, frozen, statuses),
        }
        self._store.save(
            "programme_versions",
            version,
            new_event(
                events.PROGRAMME_PUBLISHED,
                subject=edition,
                edition=edition,
                number=number,
                kind=body["kind"],
                sessions=confirmed,
            ),
            audit.entry(
                "consultation.programme_published",
                f"edition/{edition}",
                {"number": latest},
                {"number": number, "clashes": len(found)},
                body["reason"],
            ),
        )
        planned: agendas.Agenda = {**planning.agenda, "published": number}
        self._store.save("agendas", planned)
        return jobs.enqueue("announce_programme", {"edition": edition, "number": number}, key=version["_id"])

    @rpc
    def compare_agenda(self, ctx: Context, edition: str) -> JsonObject:
        """What a publication would change, and how many sessions it would tell the authors of. Raises NotFound."""
        planning = self._agenda.load(edition)
        latest, every = planning.agenda["published"], self._store.sessions(edition)
        before = self._store.version(edition, latest) if latest else None
        frozen = self._frozen(planning, every, before, ctx.received_at)
        statuses = {session["_id"]: session["status"] for session in every}
        return {
            "since": latest,
            **differences.between(before["sessions"] if before else (), frozen),
            "announced": len(versions.announcements(before, frozen, statuses)),
            "clashes": len(clashes.hard(planning.clashes(planning.agenda))),
        }

    def _frozen(
        self, planning: Planning, every: Sequence[Session], before: versions.Version | None, at: datetime
    ) -> list[versions.Frozen]:
        """The sessions of the agenda as a version has them."""
        edition = planning.edition["_id"]
        receipts = {row["id"]: receipt_number(edition, row["number"]) for row in self._index.of(edition)}
        placements = agendas.placed_sessions(planning.agenda)
        return versions.freeze(every, placements, receipts, before["sessions"] if before else (), at)

    @job()
    def announce_programme(self, run: Run) -> Finish | Next:
        """One step of the job that tells authors, and publishes an event for each session that moved."""
        edition, number = str(run.arguments["edition"]), str(run.arguments["number"])
        done, mailed = run.checkpoint or (0, 0)
        version = self._store.version(edition, number)
        changes = sorted(version["announcements"].items())
        chunk = dict(changes[done : done + STEP])
        if not chunk:
            confirmed = sum(row["state"] == versions.CONFIRMED for row in version["sessions"])
            return run.finish({"number": number, "sessions": confirmed, "mails": mailed})
        frozen = {row["id"]: row for row in version["sessions"]}
        rows = self._store.sessions_by_id(chunk)
        pending: dict[str, list[PendingEvent]] = {}
        for row in rows:
            change = chunk[row["_id"]]
            mails = self._notices.changed(row, change, number)
            mailed += len(mails)
            pending[row["_id"]] = [*mails, *_of_place(version, frozen.get(row["_id"]))]
        self._store.add_events(rows, pending)
        done += len(chunk)
        return run.next((done, mailed), done=done, total=len(changes))

    @rpc
    def list_programme_versions(self, ctx: Context, edition: str) -> JsonObject:
        """All versions, the newest first."""
        rows = self._store.versions(edition)
        return {"items": [{**row, "note": languages.in_language(row["note"], ctx.locale) or None} for row in rows]}

    @rpc
    def compare_programme_versions(self, edition: str, number: str, since: str | None = None) -> JsonObject:
        """What differs in a version from another one, by default the one before; nothing in the first. Raises
        NotFound."""
        after = self._store.version(edition, number)
        since = since or after["since"]
        before = self._store.version(edition, since) if since else after
        return {"number": number, "since": since, **differences.between(before["sessions"], after["sessions"])}


def _of_place(version: versions.Version, frozen: versions.Frozen | None) -> list[PendingEvent]:
    """The public event of a session that has a new place in this version, or none any more."""
    if frozen is None or frozen["changed_at"] != version["published_at"]:
        return []
    edition = version["edition"]
    event = events.SESSION_SCHEDULED if frozen["state"] == versions.CONFIRMED else events.SESSION_REMOVED
    return [
        new_event(
            event,
            subject=frozen["id"],
            edition=edition,
            session=frozen["id"],
            version=version["number"],
            agencies=agencies_of(frozen["action_lines"]),
            **_told(frozen),
        )
    ]


def _told(frozen: JsonObject) -> JsonObject:
    return {name: frozen[name] for name in _IN_EVENT}

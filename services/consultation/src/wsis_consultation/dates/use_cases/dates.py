"""Phases, deadlines and days of the Forum: read, changed with a reason, and everybody concerned is told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.document_versions import PUBLISHED
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import job, rpc

from wsis_consultation.dates.events import (
    DATE_NOTICE_REQUESTED,
    DEADLINE_ADDED,
    DEADLINE_CHANGED,
    FORUM_CHANGED,
    PHASE_CHANGED,
)
from wsis_consultation.dates.use_cases import presenters
from wsis_consultation.documents.rules import OUTCOMES
from wsis_consultation.documents.store import Documents
from wsis_consultation.editions.rules import calendars, editions, forum, phases
from wsis_consultation.editions.store import Editions
from wsis_consultation.editions.use_cases.presenters import edition as edition_response
from wsis_consultation.editions.use_cases.presenters import phase_list
from wsis_consultation.meetings.rules import schedule
from wsis_consultation.meetings.store import Participants
from wsis_consultation.meetings.use_cases.moves import tell_participants
from wsis_consultation.people.store import Contacts

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs

BATCH_SIZE = 200  # contacts in one step of the job


class DateCases:
    """What can be done with the dates of an edition."""

    def __init__(
        self,
        store: Editions,
        documents: Documents,
        contacts: Contacts,
        participants: Participants,
        public_url: str,
    ) -> None:
        self._store, self._documents, self._public_url = store, documents, public_url
        self._contacts, self._participants = contacts, participants

    @rpc
    def read_phases(self, ctx: Context, edition: str) -> JsonObject:
        """Phases with the current one marked, titles in the reader's language. Raises NotFound."""
        return phase_list(self._store.find(edition), ctx)

    @rpc
    def read_phase_calendar(self, ctx: Context, edition: str) -> JsonObject:
        """Phases and deadlines as iCalendar. Raises NotFound."""
        doc = self._store.find(edition)
        entries = presenters.calendar_entries(doc, ctx.locale, self._public_url)
        source = f"{self._public_url}/v1/consultations/{edition}/phases/calendar?lang={ctx.locale}"
        return calendars.response(
            presenters.calendar_name(edition, ctx.locale), entries, source=source, filename=f"phases-{edition}"
        )

    @rpc
    def list_revisions(self, ctx: Context, edition: str) -> JsonObject:
        """Changes of the dates, the newest first."""
        rows = self._store.find(edition)["revisions"][::-1]
        return {"items": [presenters.revision(row, ctx) for row in rows], "next": None}

    @rpc
    def read_managed_edition(self, ctx: Context, edition: str) -> JsonObject:
        """An edition as officers see it. Raises NotFound."""
        return presenters.managed(self._store.find(edition), self._contacts.count(edition), ctx)

    @rpc(writes=True)
    def change_forum(self, ctx: Context, jobs: Jobs, edition: str, body: Input) -> JsonObject:
        """Other days, venue or theme of the Forum. Raises NotFound, Conflict, Invalid."""
        doc = self._store.find(edition)
        editions.require_read(doc, body.get("base"))
        return self._save(ctx, jobs, doc, _other_forum(doc, ctx, body), body["reason"])

    @rpc
    def preview_forum(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """What this change of the Forum would do. Raises as the change."""
        doc = self._store.find(edition)
        return self._preview(ctx, doc, _other_forum(doc, ctx, body))

    @rpc(writes=True)
    def move_phase(self, ctx: Context, jobs: Jobs, edition: str, phase: str, body: Input) -> JsonObject:
        """New times or texts of a phase. Raises NotFound, Conflict, Invalid."""
        doc = self._store.find(edition)
        editions.require_read(doc, body.get("base"))
        return self._save(ctx, jobs, doc, _moved(doc, phase, ctx, body), body["reason"])

    @rpc
    def preview_phase(self, ctx: Context, edition: str, phase: str, body: Input) -> JsonObject:
        """What this move would do. Raises as the move."""
        doc = self._store.find(edition)
        return self._preview(ctx, doc, _moved(doc, phase, ctx, body))

    @rpc(writes=True)
    def add_phase(self, ctx: Context, jobs: Jobs, edition: str, body: Input) -> JsonObject:
        """Another phase. Raises NotFound, Conflict, Invalid."""
        doc = self._store.find(edition)
        changed = phases.added(doc["phases"], body, doc["removed_phases"])
        return self._save(ctx, jobs, doc, editions.with_phases(doc, changed, _decision(ctx, body)), body["reason"])

    @rpc(writes=True)
    def remove_phase(self, ctx: Context, jobs: Jobs, edition: str, phase: str, body: Input) -> JsonObject:
        """A phase that does not take place. Raises NotFound, Conflict, Invalid."""
        doc = self._store.find(edition)
        changed = phases.without(doc["phases"], phase)
        return self._save(ctx, jobs, doc, editions.with_phases(doc, changed, _decision(ctx, body)), body["reason"])

    @rpc(writes=True)
    def replace_phases(self, ctx: Context, jobs: Jobs, edition: str, body: Input) -> JsonObject:
        """Other phases: added, removed, rewritten. Raises Conflict, Invalid."""
        doc = self._store.find(edition)
        changed = phases.replace(doc["phases"], body["phases"], doc["removed_phases"])
        return self._save(ctx, jobs, doc, editions.with_phases(doc, changed, _decision(ctx, body)), body["reason"])

    @rpc(writes=True)
    def move_deadline(self, ctx: Context, jobs: Jobs, edition: str, deadline: str, body: Input) -> JsonObject:
        """A new moment of a deadline. Raises NotFound, Conflict, Invalid."""
        doc = self._store.find(edition)
        editions.require_read(doc, body.get("base"))
        moved = editions.with_deadline(doc, deadline, body["at"], _decision(ctx, body))
        return self._save(ctx, jobs, doc, moved, body["reason"])

    @rpc(writes=True)
    def add_deadline(self, ctx: Context, jobs: Jobs, edition: str, body: Input) -> JsonObject:
        """A further deadline. Raises NotFound, Conflict, Invalid."""
        doc = self._store.find(edition)
        added = editions.with_new_deadline(doc, body["code"], body["title"], body["at"], _decision(ctx, body))
        return self._save(ctx, jobs, doc, added, body["reason"])

    @rpc
    def preview_deadline(self, ctx: Context, edition: str, deadline: str, body: Input) -> JsonObject:
        """What this move would do. Raises as the move."""
        doc = self._store.find(edition)
        return self._preview(ctx, doc, editions.with_deadline(doc, deadline, body["at"], _decision(ctx, body)))

    @job()
    def send_change_notices(self, run: Run) -> Next | Finish:
        """One step of the job: the next contacts. A step is a transaction, so nobody gets a mail twice."""
        edition, revision = run.arguments["edition"], run.arguments["revision"]
        last, done = run.checkpoint or (None, 0)
        found = self._contacts.ids_after(edition, last, BATCH_SIZE)
        self._contacts.announce(
            [
                (
                    contact,
                    new_event(
                        DATE_NOTICE_REQUESTED, subject=contact, edition=edition, contact=contact, revision=revision
                    ),
                )
                for contact in found
            ],
            revision,
        )
        done += len(found)
        return run.next([found[-1], done], done=done) if found else run.finish({"notices": done})

    @rpc
    def describe_revision(self, data: Input, account: str | None = None) -> JsonObject:
        """For the mail: {contact, changes, reason}. Raises NotFound where the address has been removed."""
        contact = self._contacts.find(data["contact"])
        if contact is None:
            raise NotFound("consultation.contact_unknown")
        revision = self._store.find(data["edition"])["revisions"][data["revision"]]
        return {
            "contact": {name: contact[name] for name in ("email", "names", "locale")},
            "changes": [presenters.change(row) for row in revision["changes"]],
            "reason": revision["reason"],
        }

    def _preview(self, ctx: Context, former: editions.Edition, doc: editions.Edition) -> JsonObject:
        self._require_possible(ctx, former, doc)
        return presenters.preview(former, doc, self._contacts.count(doc["_id"]), ctx)

    def _save(
        self, ctx: Context, jobs: Jobs, former: editions.Edition, doc: editions.Edition, reason: str
    ) -> JsonObject:
        edition, number = doc["_id"], len(former["revisions"])
        self._require_possible(ctx, former, doc)
        revised = doc["revisions"][number:]
        changes = revised[0]["changes"] if revised else []
        audited = [_audit_entry(edition, change, reason) for change in changes]
        if not changes:
            audited = [audit.entry("consultation.phases_rewritten", f"edition/{edition}", reason=reason)]
        moved = [change for change in changes if change["what"] != "forum"]
        events = [_event(edition, change, reason) for change in moved]
        if len(moved) < len(changes):
            events.append(_forum_event(former, doc, reason))
        self._store.save("editions", doc, *events, *audited)
        if changes:
            arguments = {"edition": edition, "revision": number}
            jobs.enqueue("send_change_notices", arguments, key=f"send_change_notices|{edition}|{number}")
        self._tell_of_venues(ctx, former, doc, reason)
        return edition_response(doc, ctx)

    def _tell_of_venues(self, ctx: Context, former: editions.Edition, doc: editions.Edition, reason: str) -> None:
        """Who takes part in the meeting of a phase that is elsewhere now; of other times everybody is told."""
        after = {meeting["_id"]: meeting for meeting in schedule.of_phases(doc)}
        for meeting in schedule.of_phases(former):
            now = after.get(meeting["_id"])
            if now and (now["start"], now["end"]) == (meeting["start"], meeting["end"]):
                tell_participants(self._participants, meeting, now, reason, ctx.received_at)

    def _require_possible(self, ctx: Context, former: editions.Edition, doc: editions.Edition) -> None:
        if editions.reopens(former, doc, ctx.received_at):
            for version in self._documents.of_edition(doc["_id"], kind=OUTCOMES, status=PUBLISHED):
                raise Conflict("consultation.outcomes_published", document=version["_id"])


def _other_forum(doc: editions.Edition, ctx: Context, body: Input) -> editions.Edition:
    return editions.with_forum(doc, body, _decision(ctx, body))


def _moved(doc: editions.Edition, phase: str, ctx: Context, body: Input) -> editions.Edition:
    return editions.with_phases(doc, phases.move(doc["phases"], phase, body), _decision(ctx, body))


def _decision(ctx: Context, body: Input) -> editions.Decision:
    return {"at": ctx.received_at, "by": str(ctx.actor.id), "reason": body["reason"]}


def _event(edition: str, change: phases.Change, reason: str) -> PendingEvent:
    if change["what"] == "deadline" and change["former_end"] is None:
        return new_event(
            DEADLINE_ADDED,
            subject=edition,
            edition=edition,
            deadline=change["code"],
            at=change["end"],
            reason=reason,
        )
    if change["what"] == "deadline":
        return new_event(
            DEADLINE_CHANGED,
            subject=edition,
            edition=edition,
            deadline=change["code"],
            at=change["end"],
            former_at=change["former_end"],
            reason=reason,
        )
    return new_event(
        PHASE_CHANGED,
        subject=edition,
        edition=edition,
        phase=change["code"],
        start=change["start"],
        end=change["end"],
        former_start=change["former_start"],
        former_end=change["former_end"],
        reason=reason,
    )


def _forum_event(former: editions.Edition, doc: editions.Edition, reason: str) -> PendingEvent:
    facts = {name: value for name, value in doc["forum"].items() if name in forum.FIELDS}
    return new_event(
        FORUM_CHANGED,
        subject=doc["_id"],
        edition=doc["_id"],
        reason=reason,
        **facts,
        former_starts_on=former["forum"]["starts_on"],
        former_ends_on=former["forum"]["ends_on"],
        former_high_level_days=former["forum"]["high_level_days"],
    )


def _audit_entry(edition: str, change: phases.Change, reason: str) -> PendingEvent:
    if change["what"] == "forum":
        code = change["code"]
        return audit.entry(
            "consultation.forum_changed",
            f"edition/{edition}/forum/{code}",
            {code: change["former_value"]},
            {code: change["value"]},
            reason,
        )
    before = {"start": _iso(change["former_start"]), "end": _iso(change["former_end"])}
    after = {"start": _iso(change["start"]), "end": _iso(change["end"])}
    what = change["what"]
    return audit.entry(
        f"consultation.{what}_moved", f"edition/{edition}/{what}/{change['code']}", before, after, reason
    )


def _iso(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None

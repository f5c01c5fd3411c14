"""Mails to participants: reminders, and what each mail says."""

from __future__ import annotations

from functools import partial

from wsis_shared import audit, languages
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.rules.phases import venue_in
from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings import events
from wsis_consultation.meetings.rules import local_times, registration, schedule
from wsis_consultation.meetings.store import Meetings, Participants
from wsis_consultation.meetings.use_cases.arrangement import meeting_url
from wsis_consultation.meetings.use_cases.seats import about


class ParticipantMailCases:
    """Reminders, and the variables of the mails."""

    def __init__(self, editions: Editions, meetings: Meetings, participants: Participants) -> None:
        self._editions, self._meetings, self._participants = editions, meetings, participants

    @rpc(writes=True)
    def remind_participants(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """Remind all registered participants now. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        schedule.require_not_over(found, ctx.received_at)
        entry = audit.entry("consultation.participants_reminded", f"meeting/{meeting}")
        return {"reminded": self._remind(found, entry)}

    @every(600)
    def remind_due_participants(self, ctx: Context) -> None:
        """Remind the participants of each meeting that is near, once for each start."""
        for meeting in self._meetings.all_scheduled():
            found = schedule.effective(self._editions.find(meeting["edition"]), meeting)
            if schedule.reminder_due(found, ctx.received_at):
                in_transaction(partial(self._remind_if_due, ctx, found["edition"], found["_id"]))

    def _remind_if_due(self, ctx: Context, edition: str, meeting: str) -> None:
        """Another process may have done it since the list was read."""
        found = self._find(edition, meeting)
        if schedule.reminder_due(found, ctx.received_at):
            self._remind(found)

    def _remind(self, meeting: schedule.Meeting, *entries: PendingEvent) -> int:
        live = self._participants.registered(meeting["_id"])
        self._participants.change_each(live, {}, about(events.PARTICIPANT_REMINDED, meeting))
        self._meetings.save("meetings", {**meeting, "reminded_start": meeting["start"]}, *entries)
        return len(live)

    @rpc
    def participant_details(self, data: Input, account: str | None = None) -> JsonObject:
        """What a mail to a participant says. Raises NotFound where it is not needed any more."""
        meeting = self._find(data["edition"], data["meeting"])
        participant = self._participants.find(meeting["_id"], data["participant"])
        contact = participant["contact"]
        if not contact["email"] or not registration.is_live(participant):
            raise NotFound("consultation.registration_unknown")
        locale, zone = contact["locale"], participant["time_zone"]
        elsewhere = not local_times.is_geneva(meeting["start"], zone)
        return {
            "contact": {"email": contact["email"], "names": contact["full_name"], "locale": locale},
            "title": languages.in_language(meeting["title"], locale),
            "badge_number": registration.badge_number(participant),
            "on_site": participant["mode"] == registration.ON_SITE,
            "start": meeting["start"],
            "end": meeting["end"],
            "venue": venue_in(meeting, locale) or "",
            "local_start": local_times.wall_in_words(meeting["start"], zone, locale) if elsewhere else "",
            "join_url": meeting["join_url"] if registration.may_join(participant) else None,
            "calendar_url": f"{meeting_url(meeting)}/calendar?lang={locale}",
        }

    @rpc
    def cancellation_details(self, data: Input, account: str | None = None) -> JsonObject:
        """What a mail to somebody whose registration an officer cancelled says. Raises NotFound."""
        meeting = self._find(data["edition"], data["meeting"])
        participant = self._participants.find(meeting["_id"], data["participant"])
        if not participant["contact"]["email"] or registration.is_live(participant):
            raise NotFound("consultation.registration_unknown")
        contact = participant["contact"]
        return {
            "contact": {"email": contact["email"], "names": contact["full_name"], "locale": contact["locale"]},
            "title": languages.in_language(meeting["title"], contact["locale"]),
        }

    def _find(self, edition: str, meeting: str) -> schedule.Meeting:
        return self._meetings.find(self._editions.find(edition), meeting)


def compose(parts: Parts) -> ParticipantMailCases:
    """The use cases with their collaborators; called once per process."""
    return ParticipantMailCases(Editions(parts.db), Meetings(parts.db), Participants(parts.db))

"""Participants ask for the floor; officers give it; everybody follows."""

from __future__ import annotations

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings.rules import audience, floor, registration, schedule
from wsis_consultation.meetings.store import Audience, Interventions, Meetings, Participants
from wsis_consultation.meetings.use_cases.seats import floor_changed

RECENT, SHOWS = 20, 5


class FloorCases:
    """The list of speakers of a meeting."""

    def __init__(
        self,
        editions: Editions,
        meetings: Meetings,
        participants: Participants,
        interventions: Interventions,
        audience_store: Audience,
    ) -> None:
        self._editions, self._meetings, self._audience = editions, meetings, audience_store
        self._participants, self._interventions = participants, interventions

    # -- read ---------------------------------------------------------------------------------------------------------

    @rpc
    def read_floor(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """Who speaks, who follows, and the last interventions. Raises NotFound."""
        found = self._find(edition, meeting)
        speaking = self._speaking(found)
        waiting = self._queue(found)
        recent = self._interventions.recent(meeting, RECENT)
        people = self._participants.by_ids(item["participant"] for item in [*speaking, *waiting, *recent])

        def show(item: floor.Intervention) -> JsonObject:
            return floor.to_public(item, people.get(item["participant"]), found["speaking_seconds"])

        return {
            "meeting": meeting,
            "limit_seconds": found["speaking_seconds"],
            "speaking": show(speaking[0]) if speaking else None,
            "waiting": [show(item) for item in waiting],
            "recent": [show(item) for item in recent],
            "agenda_item": found.get("current_item"),
            **self._of_audience(meeting),
        }

    def _of_audience(self, meeting: str) -> JsonObject:
        """The questions that the chair has answered or taken up, and the last shows of hands."""
        questions, shows = self._audience.shown_questions(meeting, RECENT), self._audience.last_shows(meeting, SHOWS)
        people = self._participants.by_ids(item["participant"] for item in questions)
        answered = {show["_id"]: self._audience.count_answers(show["_id"]) for show in shows if "open_in" in show}
        return {
            "questions": [audience.question_to_public(item, people.get(item["participant"])) for item in questions],
            "questions_waiting": self._audience.count_waiting_questions(meeting),
            "shows_of_hands": [audience.show_to_public(show, answered.get(show["_id"], 0)) for show in shows],
        }

    @rpc
    def list_interventions(
        self, ctx: Context, edition: str, meeting: str, limit: int, after: str | None = None, state: str | None = None
    ) -> JsonObject:
        """All interventions in the order in which the floor was requested. Raises NotFound."""
        found = self._find(edition, meeting)
        page = self._interventions.page(meeting, {"state": state} if state else {}, after, limit)
        people = self._participants.by_ids(item["participant"] for item in page.rows)
        seconds = found["speaking_seconds"]
        return page.response(lambda item: _row(item, people.get(item["participant"]), seconds))

    @rpc
    def suggest_speaking_order(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """The order that the secretariat suggests. Raises NotFound."""
        found = self._find(edition, meeting)
        before = [*self._speaking(found), *self._interventions.recent(meeting, 1)]
        spoken = self._interventions.spoken(meeting) | {item["participant"] for item in before}
        waiting = self._interventions.waiting(meeting)
        order = floor.suggested_order(waiting, spoken, before[0]["mode"] if before else None)
        return {"order": [item["_id"] for item in floor.queue(order, waiting, found.get("current_item"))]}

    # -- ask ----------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def request_floor(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """The account asks for the floor. A repeat changes nothing. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        return self._request(ctx, found, self._participants.of_account(meeting, str(ctx.actor.id)), body)

    @rpc(writes=True)
    def request_floor_for(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """An officer asks for the floor for a participant. A repeat changes nothing. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        participant = self._participants.find(meeting, body["participant"])
        entry = audit.entry(
            "consultation.floor_requested", f"participant/{participant['_id']}", None, {"meeting": meeting}
        )
        return self._request(ctx, found, participant, body, entry)

    def _request(
        self,
        ctx: Context,
        meeting: schedule.Meeting,
        participant: registration.Participant | None,
        body: Input,
        *entries: PendingEvent,
    ) -> JsonObject:
        schedule.require_not_over(meeting, ctx.received_at)
        speaker = floor.require_speaker(participant)
        place = floor.place_on_list(speaker["_id"], body["kind"])
        raised = self._interventions.on_list(place)
        if raised is not None:
            return floor.to_public(floor.require_repeated(raised, body), speaker, meeting["speaking_seconds"])
        floor.require_room(self._interventions.count_waiting(meeting["_id"]))
        meeting = self._meetings.stored(meeting)
        intervention: floor.Intervention = {
            "_id": ctx.new_id("intervention"),
            "edition": meeting["edition"],
            "meeting": meeting["_id"],
            "number": self._interventions.next_number(meeting),
            "participant": speaker["_id"],
            "on_list": place,
            "mode": speaker["mode"],
            "state": floor.WAITING,
            "requested_at": ctx.received_at,
            "started_at": None,
            "ended_at": None,
            "seconds": None,
            "summary": None,
            "kind": body["kind"],
            "language": body["language"],
            "topic": body["topic"],
            "agenda_item": body["agenda_item"],
        }
        saved = self._interventions.save("interventions", intervention, floor_changed(meeting), *entries)
        return floor.to_public(saved, speaker, meeting["speaking_seconds"])

    @rpc(writes=True)
    def withdraw_intervention(self, ctx: Context, edition: str, meeting: str, intervention: str) -> None:
        """The account no longer asks for the floor. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        mine = self._participants.of_account(meeting, str(ctx.actor.id))
        item = self._interventions.find(meeting, intervention)
        if mine is None or item["participant"] != mine["_id"]:
            raise NotFound("consultation.intervention_unknown")
        self._remove(found, item)

    @rpc(writes=True)
    def remove_intervention(
        self, ctx: Context, edition: str, meeting: str, intervention: str, body: Input
    ) -> JsonObject:
        """An officer takes somebody off the list. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        item = self._interventions.find(meeting, intervention)
        entry = audit.entry(
            "consultation.intervention_removed",
            f"intervention/{intervention}",
            {"state": item["state"]},
            {"state": floor.WITHDRAWN},
            body["reason"],
        )
        return self._with_person(found, self._remove(found, item, entry))

    def _remove(
        self, meeting: schedule.Meeting, item: floor.Intervention, *entries: PendingEvent
    ) -> floor.Intervention:
        return self._interventions.save("interventions", floor.withdrawn(item), floor_changed(meeting), *entries)

    # -- give ---------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def order_speakers(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """Set the order of those who wait. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        before = [item["_id"] for item in self._queue(found)]
        queue = floor.reordered(before, body["order"])
        entry = audit.entry("consultation.speakers_reordered", f"meeting/{meeting}", before, queue)
        return {"order": self._announce({**found, "queue": queue}, entry)["queue"]}

    @rpc(writes=True)
    def call_agenda_item(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """Call an item of the agenda: who speaks to it comes first. Raises NotFound, Invalid."""
        found, item = self._find(edition, meeting), body["agenda_item"]
        floor.require_item(found, item)
        before = found.get("current_item")
        entry = audit.entry("consultation.agenda_item_called", f"meeting/{meeting}", before, item)
        return {"agenda_item": self._announce({**found, "current_item": item}, entry).get("current_item")}

    @rpc(writes=True)
    def start_intervention(self, ctx: Context, edition: str, meeting: str, intervention: str) -> JsonObject:
        """Give the floor; whoever has it ends. A repeat changes nothing. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        item = self._interventions.find(meeting, intervention)
        floor.require_state(item, floor.WAITING, floor.SPEAKING)
        if item["state"] == floor.WAITING:
            queue = [each["_id"] for each in self._queue(found) if each["_id"] != intervention]
            if item["kind"] == floor.POINT_OF_ORDER:
                queue = [*self._interrupt(ctx, found), *queue]
            else:
                self._end_current(ctx, found)
            item = self._interventions.save("interventions", floor.started(item, ctx.received_at))
            entry = audit.entry("consultation.floor_given", f"intervention/{intervention}", None, {"meeting": meeting})
            self._announce({**found, "queue": queue, "speaking": intervention}, entry)
        return self._with_person(found, item)

    @rpc(writes=True)
    def end_intervention(self, ctx: Context, edition: str, meeting: str, intervention: str) -> JsonObject:
        """End an intervention. A repeat changes nothing. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        item = self._interventions.find(meeting, intervention)
        floor.require_state(item, floor.SPEAKING, floor.DONE)
        if item["state"] == floor.SPEAKING:
            self._end_current(ctx, found)
            entry = audit.entry("consultation.floor_ended", f"intervention/{intervention}", None, {"meeting": meeting})
            self._announce({**found, "speaking": None}, entry)
        return self._with_person(found, self._interventions.find(meeting, intervention))

    @rpc(writes=True)
    def pause_intervention(self, ctx: Context, edition: str, meeting: str, intervention: str) -> JsonObject:
        """Stop the clock of who speaks. A repeat changes nothing. Raises NotFound, Conflict."""
        return self._turn_clock(ctx, edition, meeting, intervention, running=False)

    @rpc(writes=True)
    def resume_intervention(self, ctx: Context, edition: str, meeting: str, intervention: str) -> JsonObject:
        """Let the clock of who speaks go on. A repeat changes nothing. Raises NotFound, Conflict."""
        return self._turn_clock(ctx, edition, meeting, intervention, running=True)

    def _turn_clock(self, ctx: Context, edition: str, meeting: str, intervention: str, *, running: bool) -> JsonObject:
        found = self._find(edition, meeting)
        item = self._interventions.find(meeting, intervention)
        floor.require_state(item, floor.SPEAKING)
        after = (floor.resumed if running else floor.paused)(item, ctx.received_at)
        if after != item:
            action = f"consultation.floor_{'resumed' if running else 'paused'}"
            entry = audit.entry(action, f"intervention/{intervention}", None, {"meeting": meeting})
            item = self._interventions.save("interventions", after)
            self._announce(found, entry)
        return self._with_person(found, item)

    @rpc(writes=True)
    def summarize_intervention(
        self, ctx: Context, edition: str, meeting: str, intervention: str, body: Input
    ) -> JsonObject:
        """Record what was said, in short. Raises NotFound."""
        found = self._find(edition, meeting)
        item = self._interventions.find(meeting, intervention)
        entry = audit.entry(
            "consultation.intervention_summarized",
            f"intervention/{intervention}",
            {"summary": item["summary"]},
            {"summary": body["summary"]},
            body["reason"],
        )
        summarized: floor.Intervention = {**item, "summary": body["summary"]}
        saved = self._interventions.save("interventions", summarized)
        self._announce(found, entry)
        return self._with_person(found, saved)

    def _end_current(self, ctx: Context, meeting: schedule.Meeting) -> None:
        if meeting["speaking"]:
            current = self._interventions.find(meeting["_id"], meeting["speaking"])
            self._interventions.save("interventions", floor.ended(current, ctx.received_at))

    def _interrupt(self, ctx: Context, meeting: schedule.Meeting) -> list[str]:
        """Who speaks waits as the next one: the queue before all others. A point of order ends as others do."""
        if not meeting["speaking"]:
            return []
        current = self._interventions.find(meeting["_id"], meeting["speaking"])
        if current["kind"] == floor.POINT_OF_ORDER:
            self._end_current(ctx, meeting)
            return []
        self._interventions.save("interventions", floor.interrupted(current, ctx.received_at))
        return [current["_id"]]

    # -- within -------------------------------------------------------------------------------------------------------

    def _find(self, edition: str, meeting: str) -> schedule.Meeting:
        return self._meetings.find(self._editions.find(edition), meeting)

    def _announce(self, meeting: schedule.Meeting, *entries: PendingEvent) -> schedule.Meeting:
        """Store the meeting, and tell those who follow it. Its document decides a race: one speaks at a time."""
        return self._meetings.save("meetings", meeting, floor_changed(meeting), *entries)

    def _queue(self, meeting: schedule.Meeting) -> list[floor.Intervention]:
        return floor.queue(meeting["queue"], self._interventions.waiting(meeting["_id"]), meeting.get("current_item"))

    def _speaking(self, meeting: schedule.Meeting) -> list[floor.Intervention]:
        return list(self._interventions.by_ids([meeting["speaking"]] if meeting["speaking"] else []).values())

    def _with_person(self, meeting: schedule.Meeting, item: floor.Intervention) -> JsonObject:
        return _row(item, self._participants.get(meeting["_id"], item["participant"]), meeting["speaking_seconds"])


def _row(item: floor.Intervention, participant: registration.Participant | None, limit: int) -> JsonObject:
    """The intervention as officers see it."""
    return {
        **floor.to_public(item, participant, limit),
        "participant": item["participant"],
        "requested_at": item["requested_at"],
        "summary": item["summary"],
        "full_name": participant["contact"]["full_name"] if participant else None,
        "organization": participant["organization"] if participant else None,
        "country": participant["country"] if participant else None,
    }


def compose(parts: Parts) -> FloorCases:
    """The use cases with their collaborators; called once per process."""
    db = parts.db
    return FloorCases(Editions(db), Meetings(db), Participants(db), Interventions(db), Audience(db))

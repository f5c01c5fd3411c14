"""Participants ask in writing and show their hands; the chair answers and counts."""

from __future__ import annotations

import uuid
from functools import partial

from wsis_shared import audit, keys
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings.rules import audience, floor, registration, schedule
from wsis_consultation.meetings.store import Audience, Meetings, Participants
from wsis_consultation.meetings.use_cases.seats import floor_changed

_MARK = "consultation show of hands"


class AudienceCases:
    """Written questions and shows of hands of a meeting."""

    def __init__(
        self, editions: Editions, meetings: Meetings, participants: Participants, audience_store: Audience
    ) -> None:
        self._editions, self._meetings = editions, meetings
        self._participants, self._audience = participants, audience_store

    # -- written questions --------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def ask_question(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """The account asks in writing. Raises NotFound, Conflict."""
        found, asker = self._taking_part(ctx, edition, meeting)
        audience.require_few(self._audience.waiting_questions_of(asker["_id"]))
        number = self._audience.next_question_number(meeting)
        question = audience.asked(ctx.new_id("question"), found, number, asker, body, ctx.received_at)
        saved = self._audience.save("questions", question, floor_changed(found))
        return audience.question_to_public(saved, asker)

    @rpc
    def list_questions(
        self, ctx: Context, edition: str, meeting: str, limit: int, after: str | None = None, state: str | None = None
    ) -> JsonObject:
        """The questions in the order in which they came. Raises NotFound."""
        self._find(edition, meeting)
        page = self._audience.questions_page(meeting, {"state": state} if state else {}, after, limit)
        people = self._participants.by_ids(item["participant"] for item in page.rows)
        return page.response(lambda item: _row(item, people.get(item["participant"])))

    @rpc(writes=True)
    def handle_question(self, ctx: Context, edition: str, meeting: str, question: str, body: Input) -> JsonObject:
        """The chair answers a question, takes it up or removes it. Raises NotFound."""
        found = self._find(edition, meeting)
        former = self._audience.question(meeting, question)
        changed = audience.handled(former, body, ctx.received_at)
        entry = audit.entry(
            "consultation.question_handled",
            f"question/{question}",
            {"state": former["state"]},
            {"state": changed["state"]},
            body["reason"],
        )
        saved = self._audience.save("questions", changed, floor_changed(found), entry)
        return _row(saved, self._participants.get(meeting, saved["participant"]))

    # -- show of hands ------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def open_show_of_hands(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """The chair asks for a show of hands. Raises NotFound, Conflict while another one is open."""
        found = self._find(edition, meeting)
        schedule.require_not_over(found, ctx.received_at)
        if self._audience.open_show(meeting) is not None:
            raise Conflict("consultation.hands_open")
        number = self._audience.count_shows(meeting) + 1
        show = audience.opened(ctx.new_id("show"), found, number, body, ctx.received_at)
        entry = audit.entry("consultation.hands_asked", f"show/{show['_id']}", None, {"text": show["text"]})
        return audience.show_to_public(self._audience.save("shows_of_hands", show, floor_changed(found), entry), 0)

    @rpc(writes=True, store_response=False, repeatable=True)
    def show_hand(self, ctx: Context, edition: str, meeting: str, show: str, body: Input) -> None:
        """The account answers, once; nothing connects it with its answer. No response is stored: beside it the account
        and a hash of one of three answers would lie for two days. A repeat counts
        nothing. Raises NotFound, Conflict, Invalid."""
        in_transaction(partial(self._count_hand, ctx, edition, meeting, show, body["answer"]))

    def _count_hand(self, ctx: Context, edition: str, meeting: str, show: str, answer: str) -> None:
        _found, participant = self._taking_part(ctx, edition, meeting)
        asked = self._audience.show(meeting, show)
        audience.require_answer(asked, answer)
        mark = keys.digest(_MARK, f"{show}|{participant['_id']}")
        if self._audience.has_answered(mark):
            audience.require_repeated(asked)
            return
        self._audience.count_hand(
            {"_id": mark, "show": show, "at": asked["asked_at"]},
            {"_id": uuid.uuid4().hex, "show": show, "answer": answer, "at": asked["asked_at"]},
        )

    @rpc(writes=True)
    def close_show_of_hands(self, ctx: Context, edition: str, meeting: str, show: str) -> JsonObject:
        """The chair closes a show of hands, whose counts stay. A repeat changes nothing. Raises NotFound."""
        found = self._find(edition, meeting)
        asked = self._audience.show(meeting, show)
        if asked["closed_at"] is None:
            asked = audience.closed(asked, self._audience.counts(show), ctx.received_at)
            entry = audit.entry("consultation.hands_counted", f"show/{show}", None, asked["counts"])
            asked = self._audience.save("shows_of_hands", asked, floor_changed(found), entry)
            self._audience.forget_answers(show)
        return audience.show_to_public(asked, 0)

    # -- within -------------------------------------------------------------------------------------------------------

    def _find(self, edition: str, meeting: str) -> schedule.Meeting:
        return self._meetings.find(self._editions.find(edition), meeting)

    def _taking_part(
        self, ctx: Context, edition: str, meeting: str
    ) -> tuple[schedule.Meeting, registration.Participant]:
        """The meeting that is not over, and the account's registration for it. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        schedule.require_not_over(found, ctx.received_at)
        return found, floor.require_speaker(self._participants.of_account(meeting, str(ctx.actor.id)))


def _row(question: audience.Question, participant: registration.Participant | None) -> JsonObject:
    """The question as the chair sees it."""
    return {
        **audience.question_to_public(question, participant),
        "participant": question["participant"],
        "full_name": participant["contact"]["full_name"] if participant else None,
        "organization": participant["organization"] if participant else None,
    }


def compose(parts: Parts) -> AudienceCases:
    """The use cases with their collaborators; called once per process."""
    return AudienceCases(Editions(parts.db), Meetings(parts.db), Participants(parts.db), Audience(parts.db))

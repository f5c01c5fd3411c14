"""People register for meetings and come; officers see who."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from wsis_shared import audit, clock, languages
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings import events
from wsis_consultation.meetings.rules import badges, floor, local_times, registration, schedule
from wsis_consultation.meetings.rules.registration import CheckIn, Participant
from wsis_consultation.meetings.store import Interventions, Meetings, Participants
from wsis_consultation.meetings.use_cases.seats import about, leave_floor, promote_waiting
from wsis_consultation.people.store import Contacts, fits
from wsis_consultation.people.use_cases import AccountContact

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


class RegistrationCases:
    """Registrations, badges, check-in."""

    def __init__(
        self,
        editions: Editions,
        meetings: Meetings,
        participants: Participants,
        interventions: Interventions,
        contacts: Contacts,
        accounts: ServiceProxy,
    ) -> None:
        self._editions, self._meetings, self._participants = editions, meetings, participants
        self._interventions, self._contacts, self._accounts = interventions, contacts, accounts

    # -- one's own ----------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def register_for_meeting(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """Register the account, or change its registration. Raises NotFound, Conflict, Forbidden where the account was
        erased after its token was issued."""
        account = str(ctx.actor.id)
        contact, profile = self._contact(account), self._accounts.profile(account=account)
        person = {
            **body,
            "account": account,
            "contact": {"full_name": contact["names"], "email": contact["email"], "locale": contact["locale"]},
            **{name: profile[name] for name in ("organization", "country", "stakeholder_type")},
        }
        found = self._find(edition, meeting)
        return self._own(found, self._enter(ctx, found, person, self._participants.of_account(meeting, account)))

    @rpc
    def read_registration(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """The account's registration. Raises NotFound."""
        found, participant = self._mine(ctx, edition, meeting)
        return self._own(found, participant)

    @rpc(writes=True)
    def cancel_registration(self, ctx: Context, edition: str, meeting: str) -> None:
        """Cancel the account's registration; who waits longest gets the place. Raises NotFound."""
        found, participant = self._mine(ctx, edition, meeting)
        self._leave(found, participant, at=ctx.received_at)

    @rpc
    def read_badge(self, ctx: Context, edition: str, meeting: str) -> JsonObject:
        """The badge as SVG. Raises NotFound, Conflict."""
        found, participant = self._mine(ctx, edition, meeting)
        if not registration.holds_seat(participant):
            raise Conflict("consultation.no_badge")
        locale = participant["contact"]["locale"]
        code = badges.token(participant["_id"], self._participants.signature(participant["_id"]))
        day = local_times.day_in_words(found, locale)
        text = badges.svg(participant, languages.in_language(found["title"], locale), day, code)
        return {"text": text, "filename": f"badge-{registration.badge_number(participant)}.svg"}

    # -- officers -----------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def register_participant(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """Register somebody else, with or without an account. Raises NotFound, Conflict."""
        found = self._find(edition, meeting)
        contact = {name: body[name] for name in ("full_name", "email", "locale")}
        person = {**body, "contact": contact}
        return to_row(self._enter(ctx, found, person, None, audited=True))

    @rpc(writes=True)
    def cancel_participant(self, ctx: Context, edition: str, meeting: str, participant: str, body: Input) -> JsonObject:
        """Cancel somebody's registration. Raises NotFound."""
        found = self._find(edition, meeting)
        former = self._participants.find(meeting, participant)
        entry = audit.entry(
            "consultation.registration_cancelled",
            f"participant/{participant}",
            {"state": former["state"]},
            {"state": registration.CANCELLED},
            body["reason"],
        )
        mail = new_event(
            events.REGISTRATION_CANCELLED,
            participant,
            edition=edition,
            meeting=meeting,
            participant=participant,
            reason=body["reason"],
        )
        mails = [mail] if registration.is_live(former) else []
        return to_row(self._leave(found, former, entry, *mails, at=ctx.received_at))

    @rpc(writes=True)
    def rank_participant(self, ctx: Context, edition: str, meeting: str, participant: str, body: Input) -> JsonObject:
        """Say which rank somebody has. Raises NotFound."""
        self._find(edition, meeting)
        found = self._participants.find(meeting, participant)
        entry = audit.entry(
            "consultation.participant_ranked",
            f"participant/{participant}",
            {"rank": found.get("rank")},
            {"rank": body["rank"]},
            body["reason"],
        )
        found["rank"] = body["rank"]
        return to_row(self._participants.save("participants", found, entry))

    @rpc
    def list_participants(
        self,
        ctx: Context,
        edition: str,
        meeting: str,
        limit: int,
        after: str | None = None,
        checked_in: bool | None = None,
        **filters: object,
    ) -> JsonObject:
        """Participants in the order of their badge numbers. Raises NotFound."""
        self._find(edition, meeting)
        given = {name: value for name, value in filters.items() if value is not None}
        if checked_in is not None:
            given["checked_in"] = {"$ne": None} if checked_in else None
        return self._participants.page(meeting, given, after, limit).response(to_row)

    @rpc(writes=True)
    def check_in(self, ctx: Context, edition: str, meeting: str, body: Input) -> JsonObject:
        """Note that the holder of a badge has come; a repeat changes nothing. A number proves nothing: it tells who has
        it, and they have come once an officer has compared the name. Raises NotFound, Invalid."""
        self._find(edition, meeting)
        participant = self._holder(meeting, body["token"])
        if participant is None or not registration.holds_seat(participant):
            raise Invalid("consultation.badge_invalid", fields={"token": ["Not a badge of this meeting."]})
        id, repeated = participant["_id"], participant["checked_in"] is not None
        scanned = badges.number_of(body["token"]) is None
        if (scanned or body.get("compared", False)) and not repeated:
            checked_in: CheckIn = {"at": ctx.received_at, "by": ctx.actor.id}
            how = {"meeting": meeting, "known_by": "code" if scanned else "number"}
            entry = audit.entry("consultation.participant_checked_in", f"participant/{id}", None, how)
            participant["checked_in"] = checked_in
            participant = self._participants.save("participants", participant, entry)
        return {
            "participant": id,
            "badge_number": registration.badge_number(participant),
            "repeated": repeated,
            "full_name": participant["contact"]["full_name"],
            "organization": participant["organization"],
            "checked_in_at": _come_at(participant),
        }

    # -- for others ---------------------------------------------------------------------------------------------------

    def forget(self, erasure: Erasure) -> None:
        """Remove a person from their registrations. A place at a meeting to come is free."""
        moment = clock.now()
        for participant in self._participants.of_person(erasure):
            meeting = self._find(participant["edition"], participant["meeting"])
            erased = registration.erased(participant)
            if not registration.is_live(participant) or schedule.is_over(meeting, moment):
                self._participants.save("participants", erased)
            else:
                self._leave(meeting, participant, left=erased, at=moment)

    # -- within -------------------------------------------------------------------------------------------------------

    def _find(self, edition: str, meeting: str) -> schedule.Meeting:
        return self._meetings.find(self._editions.find(edition), meeting)

    def _mine(self, ctx: Context, edition: str, meeting: str) -> tuple[schedule.Meeting, Participant]:
        found = self._find(edition, meeting)
        participant = self._participants.of_account(meeting, str(ctx.actor.id))
        if participant is None or not registration.is_live(participant):
            raise NotFound("consultation.registration_unknown")
        return found, participant

    def _holder(self, meeting: str, token: str) -> Participant | None:
        """Whose badge has this number or this genuine token, or None."""
        number = badges.number_of(token)
        if number is not None:
            return self._participants.numbered(meeting, number)
        id = badges.participant_of(token)
        genuine = badges.token(id, self._participants.signature(id))
        return self._participants.get(meeting, id) if fits(token, genuine) else None

    def _enter(
        self,
        ctx: Context,
        meeting: schedule.Meeting,
        person: Input,
        former: Participant | None,
        *,
        audited: bool = False,
    ) -> Participant:
        mode, email = person["mode"], person["contact"]["email"]
        schedule.require_not_over(meeting, ctx.received_at)
        registration.require_mode(meeting, mode)
        id, former = (former["_id"], former) if former else self._of_address(meeting, email, person.get("account"))
        meeting = self._meetings.stored(meeting)
        participant = former or registration.new(id, meeting, person, ctx.received_at)
        participant = registration.described(participant, person)
        participant["entered_at"] = ctx.received_at
        changes = not registration.is_live(former) or participant["mode"] != mode
        event = self._place(ctx, meeting, participant, mode) if changes else None
        if participant["number"] == 0:
            participant["number"] = self._meetings.next_badge_number(meeting["_id"])
        entries = [event] if event else []
        if audited:
            after = {
                "meeting": participant["meeting"],
                "mode": participant["mode"],
                "state": participant["state"],
                "number": participant["number"],
            }
            entries.append(audit.entry("consultation.participant_registered", f"participant/{id}", None, after))
        saved = self._participants.save("participants", participant, *entries)
        self._contacts.add(
            meeting["edition"],
            email,
            person["contact"]["full_name"],
            person["contact"]["locale"],
            "meeting",
            at=ctx.received_at,
            account=participant["account"],
        )
        if former is not None:
            self._after_change(meeting, former, saved, ctx.received_at)
        return saved

    def _of_address(self, meeting: schedule.Meeting, email: str, account: str | None) -> tuple[str, Participant | None]:
        """The id and the registration of who has the address now. A member who had it earlier keeps their own."""
        id = self._participants.id_of(meeting["_id"], email)
        while (found := self._participants.get(meeting["_id"], id)) is not None:
            owner = found["account"]
            if owner in (None, account) or (account is None and self._is_address_of(owner, email)):
                return id, found
            id = self._participants.id_of(meeting["_id"], email, owner)
        return id, None

    def _is_address_of(self, account: str, email: str) -> bool:
        return any(one["email"].lower() == email.lower() for one in self._accounts.contacts(ids=[account]))

    def _contact(self, account: str) -> AccountContact:
        contacts: list[AccountContact] = self._accounts.contacts(ids=[account])
        if not contacts:
            raise Forbidden("consultation.account_erased")
        return contacts[0]

    def _place(self, ctx: Context, meeting: schedule.Meeting, participant: Participant, mode: str) -> PendingEvent:
        """Give the participant a place, or one on the waiting list; returns the event that tells them."""
        seated = mode == registration.REMOTE or self._meetings.take_seats(meeting)
        participant["mode"] = mode
        participant["state"] = registration.REGISTERED if seated else registration.WAITING
        participant["waiting_since"] = None if seated else ctx.received_at
        participant["registered_at"] = ctx.received_at
        participant["checked_in"] = None
        event = events.REGISTRATION_CONFIRMED if seated else events.REGISTRATION_WAITLISTED
        return about(event, meeting)(participant)

    def _leave(
        self,
        meeting: schedule.Meeting,
        participant: Participant,
        *entries: PendingEvent,
        at: datetime,
        left: Participant | None = None,
    ) -> Participant:
        """Cancel a registration, with `left` as the participant after it."""
        cancelled: Participant = {**(left or participant), "state": registration.CANCELLED, "waiting_since": None}
        saved = self._participants.save("participants", cancelled, *entries)
        self._after_change(meeting, participant, saved, at)
        return saved

    def _after_change(
        self, meeting: schedule.Meeting, former: Participant, saved: Participant, moment: datetime
    ) -> None:
        if saved["state"] != registration.REGISTERED:
            leave_floor(self._interventions, meeting, saved)
        if registration.holds_seat(former) and not registration.holds_seat(saved):
            self._meetings.release_seat(meeting["_id"])
            now = self._find(meeting["edition"], meeting["_id"])
            promote_waiting(self._meetings, self._participants, now, moment)

    def _own(self, meeting: schedule.Meeting, participant: Participant) -> JsonObject:
        waits, zone = participant["state"] == registration.WAITING, participant["time_zone"]
        asked = self._interventions.waiting_of(participant["_id"])
        return {
            **participant,
            "participant": participant["_id"],
            "badge_number": registration.badge_number(participant),
            "waiting_before": self._participants.waiting_before(participant) if waits else None,
            "local_start": local_times.wall(meeting["start"], zone),
            "local_end": local_times.wall(meeting["end"], zone),
            "join_url": meeting["join_url"] if registration.may_join(participant) else None,
            "checked_in": participant["checked_in"] is not None,
            "floor_request": floor.request_of(asked),
        }


def to_row(participant: Participant) -> JsonObject:
    """The participant as officers see them."""
    return {
        **participant,
        **participant["contact"],
        "id": participant["_id"],
        "checked_in_at": _come_at(participant),
    }


def _come_at(participant: Participant) -> datetime | None:
    return participant["checked_in"]["at"] if participant["checked_in"] else None


def compose(parts: Parts) -> RegistrationCases:
    """The use cases with their collaborators; called once per process."""
    return RegistrationCases(
        Editions(parts.db),
        Meetings(parts.db),
        Participants(parts.db),
        Interventions(parts.db),
        Contacts(parts.db),
        parts.client("accounts"),
    )

"""The call, the mechanisms, and their nominations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wsis_shared import audit, languages, revisions
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound, TooMany
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts
from wsis_shared.revisions import IfMatch

from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.store import Editions
from wsis_consultation.facilitators import events
from wsis_consultation.facilitators.rules import calls, candidates
from wsis_consultation.facilitators.rules.calls import Call, Mechanism
from wsis_consultation.facilitators.rules.candidates import Candidate, Nomination
from wsis_consultation.facilitators.store import Candidates, Nominations
from wsis_consultation.people.store import PERIOD, Asker, Contacts, LinkMails
from wsis_consultation.people.use_cases import AccountContact
from wsis_consultation.submissions.rules.lifecycle import Late

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


class NominationCases:
    """What mechanisms and officers do until there are candidates."""

    def __init__(
        self,
        editions: Editions,
        nominations: Nominations,
        people: Candidates,
        contacts: Contacts,
        mails: LinkMails,
        accounts: ServiceProxy,
    ) -> None:
        self._editions, self._nominations, self._people = editions, nominations, people
        self._contacts, self._mails, self._accounts = contacts, mails, accounts

    # -- the call -----------------------------------------------------------------------------------------------------

    @rpc
    def read_facilitator_call(self, ctx: Context, edition: str) -> JsonObject:
        """The call in the reader's language. Raises NotFound."""
        found = self._editions.find(edition)
        return _call_response(found, self._nominations.call(found), ctx)

    @rpc(writes=True)
    def change_facilitator_call(self, ctx: Context, edition: str, body: Input, if_match: IfMatch = None) -> JsonObject:
        """Change what is given of the call. Raises NotFound, Invalid, PreconditionFailed."""
        found = self._editions.find(edition)
        former = self._nominations.stored_call(found)  # else its first change would be no revision
        revisions.require(former, calls.edited(former), if_match)
        changed: Call = {
            **former,
            "bio_words": body.get("bio_words", former["bio_words"]),
            "opens_at": body.get("opens_at", former["opens_at"]),
        }
        if "text" in body:
            changed["text"] = languages.merge(former["text"], body["text"], required_as="text")
        before, after = _part(former, body), _part(changed, body)
        entry = audit.entry(
            "consultation.facilitator_call_changed", f"edition/{edition}/call", before, after, body["reason"]
        )
        return _call_response(found, self._nominations.save("facilitator_calls", changed, entry), ctx)

    # -- mechanisms ---------------------------------------------------------------------------------------------------

    @rpc
    def list_mechanisms(self, ctx: Context, edition: str) -> JsonObject:
        """The mechanisms of an edition; `mine` are those that the account coordinates."""
        self._editions.find(edition)
        found = self._nominations.mechanisms(edition)
        return {"items": [{**row, "mine": ctx.actor.id in row["coordinators"]} for row in found]}

    @rpc
    def read_mechanism(self, edition: str, mechanism: str) -> Mechanism:
        """A mechanism with its coordinators. Raises NotFound."""
        found = self._nominations.mechanism(edition, mechanism)
        if found is None:
            raise NotFound("consultation.mechanism_unknown")
        return found

    @rpc(writes=True)
    def make_mechanism(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Make a mechanism with an id of its own. Raises NotFound."""
        self._editions.find(edition)
        return self._set_mechanism(edition, ctx.new_id("mechanism"), body)

    @rpc(writes=True)
    def set_mechanism(self, ctx: Context, edition: str, mechanism: str, body: Input) -> JsonObject:
        """Create or change a mechanism. Raises NotFound, Conflict where it was changed since it was read."""
        self._editions.find(edition)
        return self._set_mechanism(edition, mechanism, body)

    def _set_mechanism(self, edition: str, mechanism: str, body: Input) -> JsonObject:
        former = self._nominations.mechanism(edition, mechanism)
        if former and body.get("base") not in (None, former["version"]):
            raise Conflict("consultation.version_changed", version=former["version"])
        changed: Mechanism = {
            "_id": f"{edition}-{mechanism}",
            "edition": edition,
            "slug": mechanism,
            "name": body["name"],
            "constituencies": body["constituencies"],
            "coordinators": body["coordinators"],
        }
        if former:
            changed = former | changed
        before, after = former and _given(former), _given(changed)
        entry = audit.entry("consultation.mechanism_set", f"mechanism/{changed['_id']}", before, after, body["reason"])
        return self._nominations.save("mechanisms", changed, entry)

    # -- nominations --------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def nominate(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """A coordinator nominates for their mechanism before the deadline. Raises NotFound, Conflict, Invalid, TooMany
        where the address of the candidate got many mails."""
        found = self._editions.find(edition)
        mechanism = self.read_mechanism(edition, body["mechanism"])
        if ctx.actor.id not in mechanism["coordinators"]:
            raise NotFound("consultation.mechanism_unknown")
        call = self._nominations.call(found)
        calls.require_open(found, call, ctx.received_at)
        contacts = self._accounts.contacts(ids=[ctx.actor.id])  # no write waits for another service
        # Nobody has proved yet that the mailbox is the candidate's.
        if not self._mails.take_for(Asker.NOMINATOR, body["email"], ctx.received_at):
            raise TooMany("consultation.too_many_links", retry_after=int(PERIOD.total_seconds()))
        return self._nominate(ctx, call, mechanism, body, contacts)

    @rpc(writes=True)
    def accept_nomination(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """An officer files a nomination for a mechanism, late ones too. Raises NotFound, Invalid."""
        found = self._editions.find(edition)
        call = self._nominations.call(found)
        mechanism = self.read_mechanism(edition, body["mechanism"])
        late: Late | None = None
        if not calls.is_open(found, call, ctx.received_at):
            late = {"by": str(ctx.actor.id), "reason": body["reason"]}
        entry = audit.entry(
            "consultation.nomination_accepted",
            f"mechanism/{mechanism['_id']}",
            None,
            {"late": late is not None},
            body["reason"],
        )
        contacts = self._accounts.contacts(ids=[ctx.actor.id])
        return self._nominate(ctx, call, mechanism, body, contacts, entry, late=late)

    @rpc
    def list_own_nominations(self, ctx: Context, edition: str, limit: int, after: str | None = None) -> JsonObject:
        """What the account has nominated, with the state of each candidate. Raises NotFound."""
        self._editions.find(edition)
        page = self._nominations.of_nominator(edition, str(ctx.actor.id), after, limit)
        people = self._people.by_ids(edition, (row["candidate"] for row in page.rows))
        return page.response(lambda row: nomination_row(row, people[row["candidate"]]))

    def _nominate(
        self,
        ctx: Context,
        call: Call,
        mechanism: Mechanism,
        body: Input,
        contacts: Iterable[AccountContact],
        *entries: PendingEvent,
        late: Late | None = None,
    ) -> JsonObject:
        calls.require_constituency(mechanism, body["constituency"])
        candidates.require_bio(body["bio"], call["bio_words"])
        edition, number = mechanism["edition"], call["last_number"] + 1
        # The document of the call decides a race for the number.
        self._nominations.save("facilitator_calls", {**call, "last_number": number})
        nomination = candidates.new_nomination(
            ctx.new_id("nomination"),
            number,
            mechanism,
            body,
            candidate=ctx.new_id("candidate"),
            nominator=ctx.actor.id,
            moment=ctx.received_at,
            late=late,
        )
        candidate = candidates.new_candidate(nomination)
        event = new_event(
            events.NOMINATION_RECEIVED,
            nomination["_id"],
            edition=edition,
            nomination=nomination["_id"],
            candidate=candidate["_id"],
            account=ctx.actor.id,
        )
        self._people.save("candidates", candidate)
        self._nominations.save("nominations", nomination, event, *entries)
        for contact in contacts:
            self._contacts.add(
                edition,
                contact["email"],
                contact["names"],
                contact["locale"],
                "nomination",
                at=ctx.received_at,
                account=ctx.actor.id,
            )
        return nomination_row(nomination, candidate)

    # -- for others ---------------------------------------------------------------------------------------------------

    @rpc
    def nomination_details(self, data: Input, account: str | None = None) -> JsonObject:
        """What the receipt of a nomination says. Raises NotFound."""
        found = self._nominations.find(data["nomination"])
        if found is None:
            raise NotFound("consultation.candidate_unknown")
        return {
            "number": found["number"],
            "candidate_names": found["given"]["full_name"],
            "mechanism": found["mechanism_name"],
            "received_at": found["received_at"],
        }

    def forget(self, erasure: Erasure) -> None:
        """Remove a coordinator, a nominator, and from nominations who was nominated. They stay, to be counted."""
        for mechanism in self._nominations.mechanisms_of(erasure.account) if erasure.account else ():
            rest = [one for one in mechanism["coordinators"] if one != erasure.account]
            self._nominations.save("mechanisms", {**mechanism, "coordinators": rest})
        self._nominations.forget(erasure)


def nomination_row(nomination: Nomination, candidate: Candidate) -> JsonObject:
    """A nomination as its nominator sees it."""
    return {
        **nomination,
        **nomination["given"],
        "id": nomination["_id"],
        "late": nomination["late"] is not None,
        "consent": candidate["consent"],
        "state": candidate["state"],
    }


def _part(call: Call, body: Input) -> JsonObject:
    return {name: value for name, value in calls.edited(call).items() if name in body}


def _given(mechanism: Mechanism) -> JsonObject:
    return {
        "name": mechanism["name"],
        "constituencies": mechanism["constituencies"],
        "coordinators": mechanism["coordinators"],
    }


def _call_response(edition: Edition, call: Call, ctx: Context) -> JsonObject:
    language, text = languages.pick(call["text"], ctx.locale)
    return {
        "edition": edition["_id"],
        "revision": revisions.of(call),
        "text": text,
        "language": language,
        "texts": call["text"],
        "opens_at": call["opens_at"],
        "closes_at": calls.closes_at(edition),
        "bio_words": call["bio_words"],
        "open": calls.is_open(edition, call, ctx.received_at),
    }


def compose(parts: Parts) -> NominationCases:
    """The use cases with their collaborators; called once per process."""
    return NominationCases(
        Editions(parts.db),
        Nominations(parts.db),
        Candidates(parts.db),
        Contacts(parts.db),
        LinkMails(parts.db),
        parts.client("accounts"),
    )

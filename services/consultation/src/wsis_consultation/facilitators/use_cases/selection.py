"""Candidates consent; officers merge duplicates, look at the balance, and confirm facilitators."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.facilitators import events
from wsis_consultation.facilitators.rules import balance, candidates, duplicates, portraits
from wsis_consultation.facilitators.rules.candidates import Candidate, Merge, Undone
from wsis_consultation.facilitators.store import Candidates, Nominations
from wsis_consultation.facilitators.use_cases import presenters
from wsis_consultation.people.store import Contacts, fits

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


class SelectionCases:
    """From candidates to facilitators."""

    def __init__(self, editions: Editions, nominations: Nominations, people: Candidates, contacts: Contacts) -> None:
        self._editions, self._nominations, self._people = editions, nominations, people
        self._contacts = contacts

    # -- consent ------------------------------------------------------------------------------------------------------

    @rpc
    def read_consent(self, ctx: Context, edition: str, candidate: str, body: Input) -> JsonObject:
        """What a candidate consents to. Raises NotFound, also for a wrong key."""
        addressed, found = self.of_key(edition, candidate, body["key"])
        return self.consent_response(addressed, found)

    @rpc(writes=True)
    def decide_consent(self, ctx: Context, blobs: BlobStore, edition: str, candidate: str, body: Input) -> JsonObject:
        """The candidate consents or refuses; they may change their mind. Raises NotFound."""
        addressed, former = self.of_key(edition, candidate, body["key"])
        if body["decision"] == candidates.REFUSED:
            addressed, former = _without_portrait(blobs, addressed), _without_portrait(blobs, former)
        addressed = candidates.with_decision(addressed, body["decision"], ctx.received_at)
        if former["_id"] == addressed["_id"]:
            saved = self._settle(addressed)
        else:
            self._people.save("candidates", addressed)
            saved = self._settle(former)
        self.announce_change(former, saved)
        if body["decision"] == candidates.GIVEN:  # before, the address is known from others only
            self._contacts.add(
                edition,
                addressed["email"],
                addressed["full_name"],
                addressed["locale"],
                "nomination",
                at=ctx.received_at,
            )
        return self.consent_response(addressed, saved)

    def of_key(self, edition: str, candidate: str, key: str) -> tuple[Candidate, Candidate]:
        """Whom a link was mailed to, and who they are since they were merged. Raises NotFound, also for a wrong key."""
        found = self._people.find(edition, candidate)
        if not fits(key, self._people.consent_key(found)):
            raise NotFound("consultation.candidate_unknown")
        return found, self._merged_to(found)

    def _merged_to(self, candidate: Candidate) -> Candidate:
        """Who a candidate is since they were merged: a link that was mailed before still works."""
        while candidate["state"] == candidates.MERGED:
            candidate = self._people.find(candidate["edition"], candidate["merged_into"] or "")
        return candidate

    def _settle(self, candidate: Candidate) -> Candidate:
        """Save the candidate with the consent that follows from all who are merged into them."""
        return self._people.save("candidates", candidates.settled(candidate, self._people.merged_into(candidate)))

    def consent_response(self, addressed: Candidate, candidate: Candidate) -> JsonObject:
        """The candidate as they are now, with the decision of the mailbox that got the link."""
        rows = self._nominations.of_candidate(candidate["_id"])
        named = [row["mechanism_name"] for row in rows]
        return {
            **candidate,
            **candidates.own_consent(addressed),
            "nominated_by": named,
            "portrait": portraits.state_of(candidate.get("portrait")),
        }

    # -- read ---------------------------------------------------------------------------------------------------------

    @rpc
    def list_facilitators(self, ctx: Context, edition: str) -> JsonObject:
        """The confirmed facilitators, without anything to reach them by. Raises NotFound."""
        self._editions.find(edition)
        found = self._people.unmerged(edition)
        return {"items": [presenters.listed(row) for row in found if candidates.is_public(row)]}

    @rpc
    def list_candidates(
        self, ctx: Context, edition: str, limit: int, after: str | None = None, **filters: object
    ) -> JsonObject:
        """Candidates in the order of their first nomination. Raises NotFound."""
        self._editions.find(edition)
        names = {"constituency": "constituencies", "mechanism": "mechanisms"}
        given = {names.get(name, name): value for name, value in filters.items() if value is not None}
        if "mechanisms" in given:
            given["mechanisms"] = f"{edition}-{given['mechanisms']}"
        return self._people.page(edition, given, after, limit).response(presenters.row)

    @rpc
    def read_candidate(self, ctx: Context, edition: str, candidate: str) -> JsonObject:
        """A candidate with each endorsement and the merges. Raises NotFound."""
        return self.whole(self._people.find(edition, candidate))

    @rpc
    def list_duplicates(self, ctx: Context, edition: str) -> JsonObject:
        """Pairs of candidates who may be the same person. Raises NotFound."""
        self._editions.find(edition)
        found = self._people.compared(edition)
        by_id = {row["_id"]: row for row in found}
        return {
            "items": [
                {
                    "score": pair.score,
                    "reasons": list(pair.reasons),
                    "one": presenters.row(by_id[pair.one]),
                    "other": presenters.row(by_id[pair.other]),
                }
                for pair in duplicates.find(found)
            ]
        }

    @rpc
    def read_balance(self, ctx: Context, edition: str, confirmed: bool = False) -> JsonObject:
        """By region, gender and constituency: of the confirmed, or of all. Raises NotFound."""
        self._editions.find(edition)
        found = self._people.unmerged(edition)
        return balance.of([row for row in found if row["state"] == candidates.CONFIRMED] if confirmed else found)

    # -- merge --------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def merge_candidates(self, ctx: Context, edition: str, candidate: str, body: Input) -> JsonObject:
        """Merge another candidate into this one: both are the same person. The mailbox of this one is asked unless it
        has decided, or the other one has refused. Raises NotFound, Conflict."""
        target, source = self._people.find(edition, candidate), self._people.find(edition, body["source"])
        candidates.require_mergeable(source, target)
        former = target
        target, left = candidates.with_portrait_of(target, source)
        moved = [row["_id"] for row in self._nominations.of_candidate(source["_id"])]
        merge: Merge = {
            "_id": ctx.new_id("merge"),
            "edition": edition,
            "target": target["_id"],
            "source": source["_id"],
            "nominations": moved,
            "portrait": None if left is source else candidates.file_of(target),
            "by": ctx.actor.id,
            "at": ctx.received_at,
            "reason": body["reason"],
            "undone": None,
        }
        entry = audit.entry(
            "consultation.candidates_merged",
            f"candidate/{target['_id']}",
            None,
            {"source": source["_id"], "nominations": moved},
            body["reason"],
        )
        self._people.save("candidate_merges", merge, entry)
        self._nominations.point(moved, target["_id"])
        self._people.save("candidates", candidates.merged(left, target["_id"]))
        saved = self._settle(self._with_pointers(target))
        self.announce_change(former, saved)
        if not candidates.share_mailbox(target, source):
            self._ask(saved)
        return self.whole(saved)

    @rpc(writes=True)
    def undo_merge(self, ctx: Context, edition: str, merge: str, body: Input) -> JsonObject:
        """Take a merge back: the nominations return to whom they named. Raises NotFound, Conflict."""
        found = self._people.merge(edition, merge)
        target, source = self._people.find(edition, found["target"]), self._people.find(edition, found["source"])
        candidates.require_state(target, candidates.NOMINATED, candidates.CONFIRMED)
        entry = audit.entry(
            "consultation.merge_undone", f"candidate/{target['_id']}", {"source": source["_id"]}, None, body["reason"]
        )
        undone: Undone = {"by": ctx.actor.id, "at": ctx.received_at, "reason": body["reason"]}
        self._people.save("candidate_merges", {**found, "undone": undone}, entry)
        self._nominations.point(found["nominations"], source["_id"])
        former, moved = target, found.get("portrait")
        if moved is not None and moved == candidates.file_of(target):
            source, target = candidates.with_portrait_of(source, target)
        self._settle(self._with_pointers({**source, "state": candidates.NOMINATED, "merged_into": None}))
        unknown = "own_consent" not in target  # merges of before did not keep whose consent it was
        if unknown:
            target = candidates.with_decision(target, candidates.ASKED, ctx.received_at)
        saved = self._settle(self._with_pointers(target))
        self.announce_change(former, saved)
        if unknown:
            self._ask(saved)
        return self.whole(saved)

    def _with_pointers(self, candidate: Candidate) -> Candidate:
        return candidates.pointed_to(candidate, self._nominations.of_candidate(candidate["_id"]))

    def _ask(self, candidate: Candidate) -> None:
        """Mail the candidate the link to decide, once more, unless they have decided."""
        rows = self._nominations.of_candidate(candidate["_id"])
        if rows and candidate["consent"] == candidates.ASKED:
            event = new_event(
                events.CONSENT_REQUESTED,
                candidate["_id"],
                edition=candidate["edition"],
                candidate=candidate["_id"],
                nomination=rows[0]["_id"],
            )
            self._people.save("candidates", candidate, event)

    # -- confirm ------------------------------------------------------------------------------------------------------

    @rpc(writes=True)
    def confirm_facilitators(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Confirm candidates as facilitators; they and their nominators are told. Raises NotFound, Conflict."""
        self._editions.find(edition)
        found = self._people.by_ids(edition, body["candidates"])
        if len(found) < len(set(body["candidates"])):
            raise NotFound("consultation.candidate_unknown")
        chosen = list(found.values())
        candidates.require_confirmable(chosen)
        nominators: dict[str, set[str]] = {}
        for row in self._nominations.of_candidates(list(found)):
            nominators.setdefault(row["candidate"], set()).update(filter(None, [row["nominator"]]))

        def confirmed(row: Candidate) -> PendingEvent:
            accounts = sorted(nominators.get(row["_id"], ()))
            return new_event(
                events.CANDIDATE_CONFIRMED, row["_id"], edition=edition, candidate=row["_id"], accounts=accounts
            )

        change = {"state": candidates.CONFIRMED, "confirmed_at": ctx.received_at}
        self._people.change_each(chosen, change, confirmed)
        entry = audit.entry(
            "consultation.facilitators_confirmed",
            f"edition/{edition}/facilitators",
            None,
            {"candidates": sorted(found)},
            body["reason"],
        )
        self.announce(edition, events.FACILITATORS_CONFIRMED, entry)
        return self.list_facilitators(ctx, edition)

    @rpc(writes=True)
    def withdraw_facilitator(self, ctx: Context, edition: str, candidate: str, body: Input) -> JsonObject:
        """Take a facilitator off the list; they are a candidate again. Raises NotFound, Conflict."""
        former = self._people.find(edition, candidate)
        candidates.require_state(former, candidates.CONFIRMED)
        entry = audit.entry(
            "consultation.facilitator_withdrawn",
            f"candidate/{candidate}",
            {"state": candidates.CONFIRMED},
            {"state": candidates.NOMINATED},
            body["reason"],
        )
        changed: Candidate = {**former, "state": candidates.NOMINATED, "confirmed_at": None}
        saved = self._people.save("candidates", changed, entry)
        self.announce(edition, events.FACILITATOR_WITHDRAWN)
        return self.whole(saved)

    @rpc(writes=True)
    def correct_candidate_name(self, ctx: Context, edition: str, candidate: str, body: Input) -> JsonObject:
        """Correct a misspelt name; nominations stay as they were written. A repeat changes nothing. Raises NotFound,
        also for a candidate who is erased; Conflict for one who is merged."""
        former = self._people.find(edition, candidate)
        changed = candidates.renamed(former, body["full_name"])
        if changed == former:
            return self.whole(former)
        # The audit log outlives an erasure: it has no names.
        entry = audit.entry(
            "consultation.candidate_renamed", f"candidate/{candidate}", None, {"changed": "full_name"}, body["reason"]
        )
        saved = self._people.save("candidates", changed, entry)
        if candidates.is_public(saved):
            self.announce(edition)
        return self.whole(saved)

    def announce_change(self, former: Candidate, saved: Candidate) -> None:
        """Announce a candidate who has come onto the public list, left it, or has another portrait there."""
        is_public = candidates.is_public(saved)
        shown, before = candidates.public_portrait(saved), candidates.public_portrait(former)
        if is_public != candidates.is_public(former) or shown != before:
            kind = events.FACILITATORS_CONFIRMED if is_public else events.FACILITATOR_WITHDRAWN
            self.announce(saved["edition"], kind)

    def announce(self, edition: str, kind: EventType = events.FACILITATORS_CONFIRMED, *entries: PendingEvent) -> None:
        """Tell how many facilitators there are now; the event is stored with the call of the edition."""
        listed = [row for row in self._people.unmerged(edition) if candidates.is_public(row)]
        counts = Counter(code for row in listed for code in row["constituencies"])
        event = new_event(kind, edition, edition=edition, count=len(listed), constituencies=dict(counts))
        call = self._nominations.call(self._editions.find(edition))
        self._nominations.save("facilitator_calls", call, event, *entries)

    def forget(self, erasure: Erasure, blobs: BlobStore) -> None:
        """Remove a person from the candidates: they are no facilitator, and cannot be confirmed as one."""
        for found in self._people.of_person(erasure):
            gone = candidates.with_decision(_without_portrait(blobs, found), candidates.REFUSED, erasure.at)
            candidates.erase(gone)
            former = _without_portrait(blobs, self._merged_to(found))
            if former["_id"] != found["_id"]:
                self._people.save("candidates", gone)
            self.announce_change(former, self._settle(gone if former["_id"] == found["_id"] else former))

    def whole(self, candidate: Candidate) -> JsonObject:
        """The candidate as officers read them."""
        nominations = self._nominations.of_candidate(candidate["_id"])
        return {
            **presenters.row(candidate),
            "nominations": presenters.endorsements(nominations),
            "merges": [{**row, "id": row["_id"]} for row in self._people.merges(candidate["_id"])],
            "mailboxes": [
                {**candidates.own_consent(row), "candidate": row["_id"], "email": row["email"]}
                for row in (candidate, *self._people.merged_into(candidate))
            ],
        }


def _without_portrait(blobs: BlobStore, candidate: Candidate) -> Candidate:
    """The candidate, whose file expires if there is one."""
    portrait = candidate.get("portrait")
    if portrait is None:
        return candidate
    blobs.delete(portrait["blob"])
    return {**candidate, "portrait": None}


def compose(parts: Parts) -> SelectionCases:
    """The use cases with their collaborators; called once per process."""
    return SelectionCases(Editions(parts.db), Nominations(parts.db), Candidates(parts.db), Contacts(parts.db))

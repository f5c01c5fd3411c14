"""Repository of the call, mechanisms, nominations, candidates and their merges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from wsis_shared import keys, keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.store import change_each
from wsis_consultation.facilitators.rules import calls, candidates, duplicates
from wsis_consultation.facilitators.rules.calls import Call, Mechanism
from wsis_consultation.facilitators.rules.candidates import (
    NO_ADDRESS,
    Candidate,
    Merge,
    Nomination,
    erase,
)

COLLECTIONS = (
    CollectionSpec("facilitator_calls"),
    CollectionSpec(
        "mechanisms",
        indexes=(index("edition", "edition", "_id"), index("coordinators", "coordinators")),
        few={"edition": "a few dozen in an edition"},
    ),
    CollectionSpec(
        "candidates",
        indexes=(
            index("number", "edition", "number"),
            index("state", "state", "edition", "number", "consent", "received_at"),
            index(
                "portraits", "portrait.accepted", "portrait.at", partialFilterExpression={"portrait.accepted": False}
            ),
        ),
        few={"number": "some 100 in an edition"},
    ),
    CollectionSpec(
        "nominations",
        indexes=(
            index("number", "edition", "number"),
            index("candidate", "candidate"),
            index("nominator", "nominator", "edition", "number"),
        ),
    ),
    CollectionSpec("candidate_merges", indexes=(index("target", "target"),)),
)
_CONSENT = "consultation consent"


class Nominations(EventfulRepository):
    """The call, the mechanisms and what they wrote."""

    edited: ClassVar = {"facilitator_calls": calls.edited}

    def call(self, edition: Edition) -> Call:
        """The call of an edition, also before it is stored."""
        found = self.collection("facilitator_calls", Call).find_one({"_id": edition["_id"]})
        return found or calls.default(edition)

    def stored_call(self, edition: Edition) -> Call:
        """The call of an edition, stored if it was not."""
        call = self.call(edition)
        return call if "version" in call else self.save("facilitator_calls", call)

    def mechanism(self, edition: str, slug: str) -> Mechanism | None:
        """The mechanism of that name, or None."""
        return self.collection("mechanisms", Mechanism).find_one({"_id": f"{edition}-{slug}"})

    def mechanisms(self, edition: str) -> list[Mechanism]:
        """All mechanisms of an edition by name."""
        return list(self.collection("mechanisms", Mechanism).find({"edition": edition}).sort([("name", 1), ("_id", 1)]))

    def mechanisms_of(self, account: str) -> list[Mechanism]:
        """The mechanisms that an account coordinates, in all editions."""
        return list(self.collection("mechanisms", Mechanism).find({"coordinators": account}))

    def of_candidate(self, candidate: str) -> list[Nomination]:
        """The nominations that point to a candidate, in order."""
        return list(self.collection("nominations", Nomination).find({"candidate": candidate}).sort([("number", 1)]))

    def of_candidates(self, ids: Sequence[str]) -> list[Nomination]:
        """The nominations that point to one of these candidates."""
        return list(self.collection("nominations", Nomination).find({"candidate": {"$in": list(ids)}}))

    def of_nominator(self, edition: str, account: str, after: str | None, limit: int) -> keyset.Page[Nomination]:
        """A page of what an account has nominated."""
        query = {"nominator": account, "edition": edition}
        return keyset.find_page(self.collection("nominations", Nomination), query, ("number",), after, limit)

    def find(self, nomination: str) -> Nomination | None:
        """The nomination, or None."""
        return self.collection("nominations", Nomination).find_one({"_id": nomination})

    def point(self, nominations: Sequence[str], candidate: str) -> None:
        """Let nominations point to a candidate."""
        self.collection("nominations").update_many(
            {"_id": {"$in": list(nominations)}}, {"$set": {"candidate": candidate}}
        )

    def forget(self, erasure: Erasure) -> None:
        """Remove a person from nominations: who nominated, and who was nominated. The nominations stay, to be
        counted."""
        nominations = self.collection("nominations", Nomination)
        nominations.update_many(erasure.query("received_at", account="nominator"), {"$set": {"nominator": None}})
        for row in list(nominations.find(erasure.query("received_at", address="given.email"))):
            erase(row["given"])
            nobody = {"given": row["given"], "endorsement": ""}
            nominations.update_one({"_id": row["_id"]}, {"$set": nobody})


class Candidates(EventfulRepository):
    """Who is nominated."""

    @staticmethod
    def consent_key(candidate: Candidate) -> str:
        """The secret of the link that a candidate gets: derived, so that it is stored nowhere."""
        return keys.digest(_CONSENT, f"{candidate['_id']}|{candidate['email']}")

    def find(self, edition: str, candidate: str) -> Candidate:
        """The candidate. Raises NotFound."""
        found = self.collection("candidates", Candidate).find_one({"_id": candidate, "edition": edition})
        if found is None:
            raise NotFound("consultation.candidate_unknown")
        return found

    def by_ids(self, edition: str, ids: Iterable[str]) -> dict[str, Candidate]:
        """Candidates of an edition by id."""
        found = self.collection("candidates", Candidate).named(set(ids), query={"edition": edition})
        return {row["_id"]: row for row in found}

    def unmerged(self, edition: str) -> list[Candidate]:
        """All candidates but those merged into others, in order."""
        query = {"edition": edition, "state": {"$in": [candidates.NOMINATED, candidates.CONFIRMED]}}
        return list(self.collection("candidates", Candidate).find(query).sort([("number", 1)]))

    def compared(self, edition: str) -> list[Candidate]:
        """What a search for duplicates compares."""
        names = ("number", "full_name", "organization", "country", "email", "state", "consent", "consent_at")
        query = {
            "edition": edition,
            "state": {"$in": [candidates.NOMINATED, candidates.CONFIRMED]},
            "email": {"$ne": NO_ADDRESS},
        }
        found = self.collection("candidates", Candidate).find(query, dict.fromkeys(names, 1)).sort([("number", 1)])
        return list(found.limit(duplicates.MAX_COMPARED))

    def page(self, edition: str, filters: JsonObject, after: str | None, limit: int) -> keyset.Page[Candidate]:
        """A page in the order of the first nomination."""
        query = {"edition": edition, **filters}
        return keyset.find_page(self.collection("candidates", Candidate), query, ("number",), after, limit)

    def change_each(
        self,
        rows: Sequence[Candidate],
        change: JsonObject,
        event: Callable[[Candidate], PendingEvent],
    ) -> None:
        """Set the same fields of many candidates, each with an event of its own."""
        change_each(self, "candidates", rows, change, event)

    def merged_into(self, candidate: Candidate) -> list[Candidate]:
        """Those who were merged into a candidate, and into these."""
        found: list[Candidate] = []
        ids = [candidate["_id"]]
        while ids:
            query = {"edition": candidate["edition"], "merged_into": {"$in": ids}}
            rows = list(self.collection("candidates", Candidate).find(query))
            found += rows
            ids = [row["_id"] for row in rows]
        return found

    def of_person(self, erasure: Erasure) -> list[Candidate]:
        """The candidates with an address."""
        return list(self.collection("candidates", Candidate).find(erasure.query("received_at", address="email")))

    def merges(self, target: str) -> list[Merge]:
        """The merges into a candidate that are not undone."""
        return list(self.collection("candidate_merges", Merge).find({"target": target, "undone": None}))

    def merge(self, edition: str, merge: str) -> Merge:
        """A merge that is not undone. Raises NotFound."""
        found = self.collection("candidate_merges", Merge).find_one({"_id": merge, "edition": edition, "undone": None})
        if found is None:
            raise NotFound("consultation.merge_unknown")
        return found

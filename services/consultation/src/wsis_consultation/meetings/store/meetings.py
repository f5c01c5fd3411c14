"""Repository of meetings, their participants, interventions and minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from pymongo import ReturnDocument
from wsis_shared import clock, keys, keyset
from wsis_shared.collection import existing
from wsis_shared.collection_specs import CollectionSpec, expires, index, present
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.store import change_each
from wsis_consultation.meetings.rules import floor, registration, schedule
from wsis_consultation.meetings.rules.floor import Intervention
from wsis_consultation.meetings.rules.registration import Participant
from wsis_consultation.meetings.rules.schedule import Meeting, Minutes

COLLECTIONS = (
    CollectionSpec("meetings", indexes=(index("edition", "edition", "_id"),)),
    CollectionSpec(
        "participants",
        indexes=(
            index("number", "meeting", "number"),
            index("state", "meeting", "state", "waiting_since"),
            index("account", "account"),
        ),
        few={"number": "some 100 in a meeting", "state": "the same"},
    ),
    CollectionSpec(
        "interventions",
        indexes=(
            index("number", "meeting", "number"),
            index("state", "meeting", "state", "number"),
            index("participant", "participant", "state"),
            present("on_list", "on_list", unique=True),  # nobody is on the list twice
        ),
        few={"number": "some 100 in a meeting"},
    ),
    CollectionSpec(
        "questions",
        indexes=(
            index("number", "meeting", "number"),
            index("state", "meeting", "state", "number"),
            index("participant", "participant", "state"),
        ),
    ),
    CollectionSpec(
        "shows_of_hands",
        indexes=(index("number", "meeting", "number"), present("open_in", "open_in", unique=True)),
    ),
    CollectionSpec("hand_marks", indexes=(index("show", "show"), expires("at", 7 * clock.DAY))),
    CollectionSpec("hand_answers", indexes=(index("show", "show"), expires("at", 7 * clock.DAY))),
    # Apart from the meeting, and outside transactions: hands at once do not wait for each other, nor for the chair.
    CollectionSpec("intervention_numbers"),
    CollectionSpec("minutes", indexes=(index("number", "meeting", "number", unique=True),)),
)
_PURPOSE, _BADGE = "consultation participants", "consultation badges"


def next_number(db: Database, series: str, above: int = 0) -> int:
    """A number above all earlier ones of the series. In no transaction: one that ends without a commit leaves a gap."""
    row = db["intervention_numbers"].find_one_and_update(
        {"_id": series},
        [{"$set": {"last": {"$add": [{"$max": ["$last", above]}, 1]}}}],
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int(existing(row)["last"])


class Meetings(EventfulRepository):
    """Meetings and their minutes."""

    edited: ClassVar = {"meetings": schedule.edited}

    def of_edition(self, edition: str) -> list[Meeting]:
        """The stored meetings of an edition."""
        return list(self.collection("meetings", Meeting).find({"edition": edition}))

    def find(self, edition: Edition, meeting: str) -> Meeting:
        """The meeting with its times; that of a phase also before it is stored. Raises NotFound."""
        found = self.collection("meetings", Meeting).find_one({"_id": meeting, "edition": edition["_id"]})
        if found is None:
            found = next((one for one in schedule.of_phases(edition) if one["_id"] == meeting), None)
        if found is None:
            raise NotFound("consultation.meeting_unknown")
        return schedule.effective(edition, found)

    def all_scheduled(self) -> list[Meeting]:
        """The stored meetings of all editions that are not cancelled."""
        return list(self.collection("meetings", Meeting).find({"state": schedule.SCHEDULED}))

    def stored(self, meeting: Meeting) -> Meeting:
        """The meeting, stored if it was not: what counts is counted in its document."""
        return meeting if "version" in meeting else self.save("meetings", meeting)

    def take_seats(self, meeting: Meeting, count: int = 1) -> bool:
        """Take places in the room, unless fewer are left."""
        at_most = {} if meeting["capacity"] is None else {"on_site": {"$lte": meeting["capacity"] - count}}
        taken = {"$inc": {"on_site": count}}
        return bool(self.collection("meetings").update_one({"_id": meeting["_id"], **at_most}, taken).matched_count)

    def release_seat(self, meeting: str) -> None:
        """Give a place in the room back."""
        self.collection("meetings").update_one({"_id": meeting, "on_site": {"$gt": 0}}, {"$inc": {"on_site": -1}})

    def next_badge_number(self, meeting: str) -> int:
        """The next number of a badge: dense per meeting."""
        row = self.collection("meetings", Meeting).find_one_and_update(
            {"_id": meeting}, {"$inc": {"last_number": 1}}, {"last_number": 1}, after=True
        )
        return existing(row)["last_number"]

    # -- minutes ------------------------------------------------------------------------------------------------------

    def minutes_versions(self, meeting: str) -> list[Minutes]:
        """All versions without their text, the last one first."""
        return list(self.collection("minutes", Minutes).find({"meeting": meeting}, {"text": 0}).sort([("number", -1)]))

    def last_minutes(self, meeting: str) -> int:
        """The number of the last version; 0 before there is one."""
        last = (
            self.collection("minutes", Minutes)
            .find({"meeting": meeting}, {"number": 1})
            .sort([("number", -1)])
            .limit(1)
        )
        return next((row["number"] for row in last), 0)

    def minutes(self, meeting: str, number: int) -> Minutes:
        """A version. Raises NotFound."""
        found = self.collection("minutes", Minutes).find_one({"meeting": meeting, "number": number})
        if found is None:
            raise NotFound("consultation.minutes_unknown")
        return found


class Participants(EventfulRepository):
    """Who takes part in a meeting."""

    @staticmethod
    def id_of(meeting: str, email: str, former_owner: str | None = None) -> str:
        """One registration per address and meeting; another one where the first belongs to an account that had the
        address earlier."""
        name = f"{meeting}|{email.lower()}"
        return keys.digest(_PURPOSE, f"{name}|{former_owner}" if former_owner else name)[:32]

    @staticmethod
    def signature(participant: str) -> str:
        """What makes the token of a badge genuine."""
        return keys.digest(_BADGE, participant)

    def get(self, meeting: str, participant: str) -> Participant | None:
        """The registration, or None."""
        return self.collection("participants", Participant).find_one({"_id": participant, "meeting": meeting})

    def find(self, meeting: str, participant: str) -> Participant:
        """The registration. Raises NotFound."""
        found = self.get(meeting, participant)
        if found is None:
            raise NotFound("consultation.participant_unknown")
        return found

    def numbered(self, meeting: str, number: int) -> Participant | None:
        """The registration with this number, or None."""
        return self.collection("participants", Participant).find_one({"meeting": meeting, "number": number})

    def of_account(self, meeting: str, account: str) -> Participant | None:
        """The registration of an account, or None."""
        return self.collection("participants", Participant).find_one({"account": account, "meeting": meeting})

    def by_ids(self, ids: Iterable[str]) -> dict[str, Participant]:
        """Participants by id."""
        return {row["_id"]: row for row in self.collection("participants", Participant).named(set(ids))}

    def waiting(self, meeting: str, limit: int) -> list[Participant]:
        """The first of the waiting list."""
        query = {"meeting": meeting, "state": registration.WAITING}
        found = self.collection("participants", Participant).find(query).sort([("waiting_since", 1), ("number", 1)])
        return list(found.limit(limit))

    def waiting_before(self, participant: Participant) -> int:
        """How many wait longer."""
        return self.collection("participants", Participant).count_documents(
            {
                "meeting": participant["meeting"],
                "state": registration.WAITING,
                "$or": [
                    {"waiting_since": {"$lt": participant["waiting_since"]}},
                    {"waiting_since": participant["waiting_since"], "number": {"$lt": participant["number"]}},
                ],
            }
        )

    def counts(self, meeting: str) -> dict[str, int]:
        """{remote_participants, waiting, checked_in}."""
        live = {"meeting": meeting, "state": registration.REGISTERED}
        count = self.collection("participants", Participant).count_documents
        return {
            "remote_participants": count({**live, "mode": registration.REMOTE}),
            "waiting": count({"meeting": meeting, "state": registration.WAITING}),
            "checked_in": count({**live, "checked_in": {"$ne": None}}),
        }

    def page(self, meeting: str, filters: JsonObject, after: str | None, limit: int) -> keyset.Page[Participant]:
        """A page in the order of the badge numbers."""
        query = {"meeting": meeting, **filters}
        return keyset.find_page(self.collection("participants", Participant), query, ("number",), after, limit)

    def change_each(
        self,
        rows: Sequence[Participant],
        change: JsonObject,
        event: Callable[[Participant], PendingEvent],
    ) -> None:
        """Set the same fields of many participants, each with an event of its own."""
        change_each(self, "participants", rows, change, event)

    def live(self, meeting: str) -> list[Participant]:
        """Id and version of all who are registered or wait."""
        query = {"meeting": meeting, "state": {"$in": list(registration.LIVE)}}
        return list(self.collection("participants", Participant).find(query, {"version": 1}))

    def registered(self, meeting: str) -> list[Participant]:
        """Id and version of all who have a place, in the room or remotely."""
        query = {"meeting": meeting, "state": registration.REGISTERED}
        return list(self.collection("participants", Participant).find(query, {"version": 1}))

    def of_person(self, erasure: Erasure) -> list[Participant]:
        """All registrations of a person, by themselves or by an officer."""
        query = erasure.query("entered_at", account="account", address="contact.email")
        return list(self.collection("participants", Participant).find(query))


class Interventions(EventfulRepository):
    """Who speaks in a meeting. A raised hand is a document of its own; the chair's acts change that of the meeting."""

    def next_number(self, meeting: Meeting) -> int:
        """A number above all earlier ones of the meeting."""
        return next_number(self.db, meeting["_id"], meeting.get("last_intervention", 0))

    def waiting(self, meeting: str) -> list[Intervention]:
        """Those that wait, by number."""
        query = {"meeting": meeting, "state": floor.WAITING}
        return list(self.collection("interventions", Intervention).find(query).sort([("number", 1)]))

    def count_waiting(self, meeting: str) -> int:
        """How many wait."""
        return self.collection("interventions").count_documents({"meeting": meeting, "state": floor.WAITING})

    def find(self, meeting: str, intervention: str) -> Intervention:
        """The intervention. Raises NotFound."""
        found = self.collection("interventions", Intervention).find_one({"_id": intervention, "meeting": meeting})
        if found is None:
            raise NotFound("consultation.intervention_unknown")
        return found

    def on_list(self, place: str) -> Intervention | None:
        """What is at a place on the list, waiting or spoken, or None."""
        return self.collection("interventions", Intervention).find_one({"on_list": place})

    def waiting_of(self, participant: str) -> list[Intervention]:
        """What the participant waits to say, and their point of order."""
        query = {"participant": participant, "state": floor.WAITING}
        return list(self.collection("interventions", Intervention).find(query))

    def by_ids(self, ids: Iterable[str]) -> dict[str, Intervention]:
        """Interventions by id."""
        return {row["_id"]: row for row in self.collection("interventions", Intervention).named(set(ids))}

    def recent(self, meeting: str, limit: int) -> list[Intervention]:
        """Those that ended last, the last one first."""
        query = {"meeting": meeting, "state": floor.DONE}
        found = self.collection("interventions", Intervention).find(query).sort([("ended_at", -1), ("number", -1)])
        return list(found.limit(limit))

    def spoken(self, meeting: str) -> set[str]:
        """The participants who have spoken."""
        query = {"meeting": meeting, "state": floor.DONE}
        return set(self.collection("interventions").distinct("participant", query))

    def page(self, meeting: str, filters: JsonObject, after: str | None, limit: int) -> keyset.Page[Intervention]:
        """A page in the order in which the floor was requested."""
        query = {"meeting": meeting, **filters}
        return keyset.find_page(self.collection("interventions", Intervention), query, ("number",), after, limit)

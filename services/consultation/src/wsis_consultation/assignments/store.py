"""Repository of assignments."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.assignments.rules import Assignment, id_of

COLLECTIONS = (
    CollectionSpec(
        "assignments",
        indexes=(index("edition", "edition", "_id"), index("account", "account", "_id"), index("target", "target")),
        few={"edition": "some dozens in an edition", "account": "a few of an account"},
    ),
    CollectionSpec("report_mails", indexes=(expires("at", 30 * clock.DAY),)),
)


class ReportMail(TypedDict):
    """The open reports of the day of this id were mailed."""

    _id: str
    at: datetime


class Assignments(EventfulRepository):
    """Who was assigned to what."""

    def holds(self, account: str, role: str, target: str) -> bool:
        """Was the role given to the account for this target?"""
        found = self.collection("assignments").find_one({"_id": id_of(role, target, account)}, {"_id": 1})
        return found is not None

    def find(self, edition: str, assignment: str) -> Assignment:
        """The assignment. Raises NotFound."""
        found = self.collection("assignments", Assignment).find_one({"_id": assignment, "edition": edition})
        if found is None:
            raise NotFound("consultation.assignment_unknown")
        return found

    def of_edition(self, edition: str) -> list[Assignment]:
        """All of an edition, by role and target."""
        return list(self.collection("assignments", Assignment).find({"edition": edition}).sort([("_id", 1)]))

    def of_account(self, account: str) -> list[Assignment]:
        """All of an account, in all editions."""
        return list(self.collection("assignments", Assignment).find({"account": account}).sort([("_id", 1)]))

    def of_targets(self, role: str, targets: list[str]) -> list[Assignment]:
        """Who holds the role for one of these targets."""
        query = {"target": {"$in": targets}, "role": role}
        return list(self.collection("assignments", Assignment).find(query))

    def was_mailed(self, day: str) -> bool:
        """Were the open reports of a day mailed?"""
        return self.collection("report_mails").find_one({"_id": day}, {"_id": 1}) is not None

    def mark_mailed(self, day: str, at: datetime) -> bool:
        """Remember it; False where somebody else has."""
        if self.was_mailed(day):
            return False
        self.collection("report_mails", ReportMail).insert_one({"_id": day, "at": at})
        return True

    @transactional
    def remove(self, assignment: Assignment, *events: PendingEvent) -> None:
        """Take it from its account."""
        self.collection("assignments").delete_one({"_id": assignment["_id"]})
        self.store_events(assignment["version"] + 1, *events)

    def forget(self, erasure: Erasure) -> None:
        """The account is assigned to nothing any more."""
        self.collection("assignments").delete_many(erasure.query("at", account="account"))

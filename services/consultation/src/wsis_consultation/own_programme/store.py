"""Repository of own programmes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wsis_shared import keys
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.erasure import Erasure
from wsis_shared.mongo import Repository

from wsis_consultation.own_programme.rules import OwnProgramme
from wsis_consultation.people.store import KEY_LENGTH, fits

COLLECTIONS = (CollectionSpec("own_programmes", indexes=(index("account", "account"),)),)
_PURPOSE = "consultation own calendar"


class OwnProgrammes(Repository):
    """One document for a member and an edition. Its changes are atomic: two presses at a time lose nothing."""

    @staticmethod
    def id_of(edition: str, account: str) -> str:
        """It stands in the address of the calendar, and says nothing of the account."""
        return keys.digest(_PURPOSE, f"{edition}|{account}")[:KEY_LENGTH]

    @staticmethod
    def token_of(own: OwnProgramme) -> str:
        """Opens the calendar. Its secret part is stored nowhere."""
        return own["_id"] + keys.digest(_PURPOSE, f"{own['_id']}|{own['renewed']}")[:KEY_LENGTH]

    def opened(self, token: str) -> OwnProgramme | None:
        """What the token opens, or None."""
        own = self.find(token[:KEY_LENGTH])
        return own if own and fits(token, self.token_of(own)) else None

    def find(self, id: str) -> OwnProgramme | None:
        """The one of this id, or None."""
        return self.collection("own_programmes", OwnProgramme).find_one({"_id": id})

    def add(self, edition: str, account: str, sessions: Sequence[str], at: datetime) -> None:
        """Choose sessions; what was chosen stays."""
        self.collection("own_programmes").update_one(
            {"_id": self.id_of(edition, account)},
            {
                "$addToSet": {"sessions": {"$each": list(sessions)}},
                "$setOnInsert": {"edition": edition, "account": account, "renewed": 0},
                "$max": {"at": at},
            },
            upsert=True,
        )

    def remove(self, id: str, session: str, at: datetime) -> None:
        """Choose a session no longer."""
        self.collection("own_programmes").update_one({"_id": id}, {"$pull": {"sessions": session}, "$max": {"at": at}})

    def renew(self, id: str, at: datetime) -> bool:
        """Replace the address of the calendar; whether there is one."""
        renewed = {"$inc": {"renewed": 1}, "$max": {"at": at}}
        return bool(self.collection("own_programmes").update_one({"_id": id}, renewed).matched_count)

    def forget(self, erasure: Erasure) -> None:
        """Remove what the member chose, and the address with it."""
        self.collection("own_programmes").delete_many(erasure.query("at", account="account"))

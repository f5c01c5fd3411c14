"""Repository of followers, and of what they are mailed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wsis_shared.erasure import Erasure
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.discussions.rules import discussions

Row = dict[str, Any]


class Followers(EventfulRepository):
    """Who follows which discussion, and how."""

    source = "consultation"

    def mode(self, discussion: str, account: str) -> str:
        """How the account follows the discussion: immediate, daily or off."""
        found = self.collection("follows").find_one({"_id": f"{discussion}-{account}"}, {"mode": 1})
        return found["mode"] if found is not None else discussions.OFF

    def set_mode(self, edition: str, discussion: str, account: str, mode: str, at: datetime) -> None:
        """Follow a discussion, or no more."""
        follows, name = self.collection("follows"), f"{discussion}-{account}"
        if mode == discussions.OFF:
            follows.delete_one({"_id": name})
            return
        follows.update_one(
            {"_id": name},
            {"$set": {"edition": edition, "discussion": discussion, "account": account, "mode": mode, "at": at}},
            upsert=True,
        )

    def of_account(self, account: str, edition: str) -> list[Row]:
        """What an account follows in an edition."""
        return list(self.collection("follows").find({"account": account, "edition": edition}))

    def accounts(self, discussion: str, mode: str) -> list[str]:
        """The accounts that follow a discussion in this mode."""
        found = self.collection("follows").find({"discussion": discussion, "mode": mode}, {"account": 1})
        return [row["account"] for row in found]

    def accounts_of(self, ids: Iterable[str], mode: str) -> set[str]:
        """The accounts that follow one of these discussions in this mode."""
        rows = self.collection("follows").find({"discussion": {"$in": list(ids)}, "mode": mode}, {"account": 1})
        return {row["account"] for row in rows}

    def forget(self, erasure: Erasure) -> None:
        """The account follows nothing any more."""
        self.collection("follows").delete_many(erasure.query("at", account="account"))

    def add_digest(self, name: str, at: datetime, entries: list[Row]) -> None:
        """Store what is new in the discussions of a day."""
        self.collection("comment_digests").insert_one({"_id": name, "at": at, "entries": entries})

    def digest(self, name: str) -> Row | None:
        """The digest, or None: {_id, at, entries: [{discussion, new: how many comments, newest: [ids]}]}."""
        return self.collection("comment_digests").find_one({"_id": name})

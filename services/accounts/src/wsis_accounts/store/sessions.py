"""Sessions: refresh tokens are kept as hashes only."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from wsis_shared import keyset
from wsis_shared.mongo import Repository

from wsis_accounts.rules.sessions import Session

_KEPT = {field.name for field in fields(Session)} - {"id"}


class Sessions(Repository):
    """Collection `sessions`."""

    def session(self, id: str) -> Session | None:
        """A session, ended or not."""
        doc = self.collection("sessions").find_one({"_id": id})
        return read_session(doc) if doc else None

    def save_session(self, session: Session) -> None:
        """Write it; inside a transaction, which refuses what somebody changed meanwhile."""
        doc = asdict(session)
        self.collection("sessions").replace_one({"_id": doc.pop("id")}, doc, upsert=True)

    def end_sessions(self, account: str, now: datetime, *, only: str | None = None) -> int:
        """End all sessions of an account, or the named one. Returns how many were not over."""
        query: dict[str, object] = {"account": account, "ended_at": None, **({} if only is None else {"_id": only})}
        return self.collection("sessions").update_many(query, {"$set": {"ended_at": now}}).matched_count

    def open_sessions(
        self, account: str, used_after: datetime, limit: int, after: str | None, *, now: datetime
    ) -> keyset.Page[dict[str, Any]]:
        """Those that go on and were used after a moment, newest first, a page."""
        query = {**_open(account, now), "used_at": {"$gt": used_after}}
        return keyset.find_page(self.collection("sessions"), query, ("-started_at", "-_id"), after, limit)

    def sessions_beyond(self, newest: Session, most: int, now: datetime) -> list[str]:
        """The ids of those used least recently, if an account has more than `most` with its newest one."""
        query = {**_open(newest.account, now), "_id": {"$ne": newest.id}}
        rows = self.collection("sessions").find(query, {"_id": 1}).sort("used_at", -1).skip(most - 1)
        return [row["_id"] for row in rows]

    def sessions_by_identity(self, account: str, identity: str) -> list[str]:
        """The ids of those of an account that an identity has begun and that are not over."""
        query = {"account": account, "ended_at": None, "identity": identity}
        return [row["_id"] for row in self.collection("sessions").find(query, {"_id": 1})]

    def forget_second_factor(self, account: str) -> None:
        """No session of an account has shown one."""
        query = {"account": account, "ended_at": None}
        self.collection("sessions").update_many(query, {"$set": {"second_factor_at": None}})

    def limit_sessions(self, account: str, latest: datetime) -> None:
        """No session of an account lasts longer than `latest`."""
        query = {"account": account, "ended_at": None, "expires_at": {"$gt": latest}}
        self.collection("sessions").update_many(query, {"$set": {"expires_at": latest}})

    def sessions_of(self, account: str) -> list[Session]:
        """The last hundred, newest first."""
        rows = self.collection("sessions").find({"account": account}).sort("started_at", -1).limit(100)
        return [read_session(doc) for doc in rows]

    def forget_sessions(self, account: str) -> None:
        """Of a person who left."""
        self.collection("sessions").delete_many({"account": account})


def _open(account: str, now: datetime) -> dict[str, object]:
    return {"account": account, "ended_at": None, "expires_at": {"$gt": now}}


def read_session(doc: dict[str, Any]) -> Session:
    """A document as a session, without what another version of the service keeps there."""
    return Session(doc["_id"], **{name: value for name, value in doc.items() if name in _KEPT})

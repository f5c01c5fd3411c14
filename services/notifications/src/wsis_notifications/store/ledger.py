"""Deliveries: one document per event, template and person.

    queued -> sending -> sent | failed | bounced | unknown | skipped

`due` is when a queued delivery may be taken, and when a taken one counts as abandoned. `claim` names who has it. A
queued delivery that is claimed has not been talked about with the relay yet; one that is `sending` may have been.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pymongo.database import Database
from wsis_shared import clock, paging
from wsis_shared.events import Occurrence
from wsis_shared.mongo import after_commit
from wsis_shared.outbox import EventfulRepository

from wsis_notifications import errors
from wsis_notifications.domain import rules
from wsis_notifications.store.notices import Notices

# `$in` lists stay short: some stores that speak MongoDB's protocol take quadratic time for long ones.
CHUNK = 100


def chunks(items: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Lists of at most `size`."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


class Store(EventfulRepository):
    """The ledger."""

    source = "notifications"

    def __init__(self, db: Database[dict[str, Any]]) -> None:
        super().__init__(db)
        self.notices = Notices(db)

    @property
    def deliveries(self) -> Any:
        """The collection, joined to the open transaction."""
        return self.collection("deliveries")

    # -- onto the ledger -----------------------------------------------------------------------------------------

    def queue(self, notice: Mapping[str, Any], accounts: Sequence[str | None]) -> list[dict[str, Any]]:
        """Put one delivery for each account on the ledger unless it is there; returns the new ones. Call it inside a
        transaction: who loses a race runs again and sees."""
        now = clock.now()
        new: list[dict[str, Any]] = []
        for part in chunks(accounts):
            rows = [_row(notice, account, now) for account in part]
            known = self.deliveries.distinct("_id", {"_id": {"$in": [row["_id"] for row in rows]}})
            rows = [row for row in rows if row["_id"] not in known]
            if rows:
                self.deliveries.insert_many(rows)
            new += rows
        return new

    # -- the senders' side ---------------------------------------------------------------------------------------

    def claim(self, lane: str, limit: int, lease: float) -> list[dict[str, Any]]:
        """Take up to `limit` due deliveries; nobody else takes them for `lease` seconds."""
        now = clock.now()
        due = {"lane": lane, "state": "queued", "due": {"$lte": now}}
        ids = [row["_id"] for row in self.deliveries.find(due, {"_id": 1}).sort("due", 1).limit(limit)]
        claim = uuid.uuid4().hex
        for part in chunks(ids):
            self.deliveries.update_many(
                {"_id": {"$in": part}, **due}, {"$set": {"claim": claim, "due": now + timedelta(seconds=lease)}}
            )
        return [row for part in chunks(ids) for row in self.deliveries.find({"_id": {"$in": part}, "claim": claim})]

    def write_progress(
        self, claims: Mapping[str, str], lease: float, sent: Sequence[tuple[str, datetime]], begun: Sequence[str]
    ) -> set[str]:
        """What senders did and begin to do. Returns those of `begun` that are ours to send.

        A mail that was sent while its outcome was given up as unknown is sent all the same: the late truth wins.
        """
        for part in chunks(sent):
            self.deliveries.update_many(
                {"_id": {"$in": [id_ for id_, _ in part]}, "state": {"$in": ["sending", "unknown"]},
                 "claim": {"$in": [claims[id_] for id_, _ in part]}},
                {"$set": {"state": "sent", "sent_at": part[-1][1], "reason": None}},
            )  # fmt: skip
        ours: set[str] = set()
        until = clock.now() + timedelta(seconds=lease)
        for part in chunks(begun):
            mine = {"_id": {"$in": part}, "claim": {"$in": list({claims[id_] for id_ in part})}}
            done = self.deliveries.update_many(
                {**mine, "state": "queued"}, {"$set": {"state": "sending", "due": until}, "$inc": {"attempts": 1}}
            )
            if done.modified_count == len(part):
                ours.update(part)
            else:
                ours.update(self.deliveries.distinct("_id", {**mine, "state": "sending"}))
        return ours

    def postpone(self, rows: Sequence[Mapping[str, Any]], seconds: float) -> None:
        """Give back what was not begun, for later."""
        due = clock.now() + timedelta(seconds=seconds)
        for part in chunks(rows):
            self.deliveries.update_many(
                {"_id": {"$in": [row["_id"] for row in part]}, "state": "queued", "claim": part[0]["claim"]},
                {"$set": {"due": due, "claim": None}},
            )

    def settle(self, row: Mapping[str, Any], now: rules.Settlement, *happened: Occurrence) -> None:
        """Write what becomes of a delivery that was not sent, unless it is no longer in the state of `row`."""
        change: dict[str, Any] = {"state": now.state, "reason": now.reason, "attempts": row["attempts"]}
        if now.state == "queued":
            change |= {"claim": None, "due": clock.now() + timedelta(seconds=now.pause)}
        same = {"_id": row["_id"], "claim": row["claim"], "state": row["state"]}
        self.deliveries.update_one(same, self.happened({"$set": change}, row["attempts"], *happened))

    def abandoned(self, limit: int = 500) -> list[dict[str, Any]]:
        """Deliveries whose sender died, or was cut off, between `sending` and `sent`."""
        gone = {"lane": {"$in": list(rules.LANES)}, "state": "sending", "due": {"$lt": clock.now()}}
        return list(self.deliveries.find(gone).limit(limit))

    def forget(self, account: str) -> None:
        """An account is erased: what is still queued for it is skipped."""
        self.deliveries.update_many(
            {"account": account, "state": "queued"}, {"$set": {"state": "skipped", "reason": "no contact"}}
        )

    # -- the operators' side -------------------------------------------------------------------------------------

    def read(self, delivery: str) -> dict[str, Any]:
        """One delivery. Raises NotFound."""
        row: dict[str, Any] | None = self.deliveries.find_one({"_id": delivery})
        if row is None:
            raise errors.delivery_unknown(delivery)
        return row

    def again(self, row: Mapping[str, Any], occurrence: Occurrence, wake: Callable[[], None]) -> None:
        """Put one that did not arrive back into its lane, and wake that."""
        after_commit(wake)
        change = {"state": "queued", "attempts": 0, "claim": None, "due": clock.now(), "reason": None}
        self.deliveries.update_one(
            {"_id": row["_id"], "state": row["state"]}, self.happened({"$set": change}, row["attempts"], occurrence)
        )

    def page(self, limit: int, after: str | None, **filters: str | None) -> dict[str, Any]:
        """Newest first; `filters` are equalities, None does not narrow."""
        query: dict[str, Any] = {name: value for name, value in filters.items() if value is not None}
        position = paging.decode(after)
        if position is not None:
            at = clock.parse(position[0])
            query["$or"] = [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": position[1]}}]
        rows = self.deliveries.find(query).sort([("at", -1), ("_id", -1)]).limit(limit + 1)
        return paging.page([{**row, "id": row["_id"], "at": clock.iso(row["at"])} for row in rows], limit, "at", "id")

    def figures(self) -> dict[str, Any]:
        """Counts by template and state, and by lane; the age of the oldest queued mail in seconds."""
        counted = list(self.deliveries.aggregate([
            {"$group": {"_id": {"template": "$template", "lane": "$lane", "state": "$state"}, "count": {"$sum": 1}}}
        ]))  # fmt: skip
        lanes = {lane: {"lane": lane, **dict.fromkeys(rules.STATES, 0)} for lane in rules.LANES}
        templates: dict[tuple[str, str], int] = {}
        for item in counted:
            key, count = item["_id"], item["count"]
            lanes[key["lane"]][key["state"]] += count
            templates[key["template"], key["state"]] = templates.get((key["template"], key["state"]), 0) + count
        for name, lane in lanes.items():
            oldest = self.deliveries.find({"lane": name, "state": "queued"}, {"at": 1}).sort("due", 1).limit(1)
            lane["oldest_queued_seconds"] = max(
                (round((clock.now() - row["at"]).total_seconds(), 1) for row in oldest), default=0.0
            )
        return {
            "lanes": list(lanes.values()),
            "templates": [
                {"template": template, "state": state, "count": count}
                for (template, state), count in sorted(templates.items())
            ],
            "expanding": self.notices.unfinished(),
        }


def _row(notice: Mapping[str, Any], account: str | None, now: datetime) -> dict[str, Any]:
    return {
        "_id": rules.delivery_id(notice["event"], notice["template"], account), "event": notice["event"],
        "template": notice["template"], "notice": notice["_id"], "account": account, "lane": notice["lane"],
        "repeatable": notice["repeatable"], "state": "queued", "reason": None, "attempts": 0, "claim": None,
        "at": now, "due": now, "sent_at": None,
    }  # fmt: skip

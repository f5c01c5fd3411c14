"""The `jobs` collection of a service. Each change is stored together with its events: the outbox carries the message of
the next worker, so that no job is without one."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from wsis_shared import clock, context, keyset
from wsis_shared.collection import Filter
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.jobs import states
from wsis_shared.jobs.events import JOB_DUE, JOB_PROGRESSED
from wsis_shared.jobs.run import Superseded
from wsis_shared.jobs.states import LIVE, Job
from wsis_shared.metrics import JOBS
from wsis_shared.mongo import after_commit, in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

_log = logging.getLogger(__name__)

COLLECTION = "jobs"


class Jobs(EventfulRepository):
    """Jobs of one service, whose name is the first part of their ids. `kept_days`: how long a job is kept after its
    end."""

    def __init__(self, db: Database, service: str, kept_days: float) -> None:
        super().__init__(db)
        self.source, self.kept = service, timedelta(days=kept_days)

    def enqueue(self, kind: str, arguments: Mapping[str, object], *, key: str = "") -> Job:
        """Store a job; it is carried once the caller's transaction is committed. While a job of the same `key` is
        queued or running that one is returned, and nothing is stored."""
        return in_transaction(partial(self._enqueue, kind, arguments, key))

    def _enqueue(self, kind: str, arguments: Mapping[str, object], key: str) -> Job:
        live = self.collection(COLLECTION, Job).find_one({"live_key": key}) if key else None
        if live is not None:
            return live
        id = f"{self.source}.{uuid.uuid4().hex}"
        actor = context.current().actor
        job = states.new(id, kind, arguments, key=key, by=actor.id, now=clock.now(), roles=actor.roles)
        return self._write(None, job)

    def get(self, id: str) -> Job | None:
        """One job."""
        return self.collection(COLLECTION, Job).find_one({"_id": id})

    def claim(self, id: str, dispatch: int, runner: str) -> Job | None:
        """The job for the message of that number, carried by `runner` from now on; None where another message carries
        it, or nothing is left to do."""

        def work() -> Job | None:
            job = self.get(id)
            if job is None or not states.may_claim(job, dispatch):
                return None
            return self._write(job, states.claimed(job, runner, clock.now()))

        return in_transaction(work)

    def change(self, id: str, runner: str | None, change: Callable[[Job], Job]) -> Job:
        """Store what `change` makes of the job, in the open transaction or in one of its own. Raises Superseded where
        `runner` does not carry it any more."""

        def work() -> Job:
            return self._write(job := self.carried(id, runner), change(job))

        return in_transaction(work)

    def carried(self, id: str, runner: str | None) -> Job:
        """The job that `runner` carries. Raises Superseded."""
        job = self.get(id)
        if job is None or not states.is_live(job) or job["runner"] != runner:
            raise Superseded
        return job

    def cancel(self, id: str, clean_up: Callable[[Job], None]) -> Job | None:
        """End a job that no worker carries at the moment, after `clean_up(job)` in the same transaction; ask the worker
        of any other one to end it. Returns the job as it is then."""

        def work() -> Job | None:
            job = self.get(id)
            if job is None or not states.is_live(job):
                return job
            if job["runner"] is not None:
                return self._write(job, job | {"cancel_requested": True})
            clean_up(job)
            return self._write(job, states.cancelled(job, clock.now(), self.kept))

        return in_transaction(work)

    def live(self, kind: str) -> list[Job]:
        """Those of a kind that are queued or running."""
        return list(self.collection(COLLECTION, Job).find({"state": {"$in": list(LIVE)}, "kind": kind}))

    def lost(self, account: str, roles: Iterable[str]) -> list[Job]:
        """The live jobs of an account that it does not keep with these roles."""
        mine = self.collection(COLLECTION, Job).find({"state": {"$in": list(LIVE)}, "requested_by": account})
        return [job for job in mine if not states.is_kept(job, roles)]

    def pass_on(self, id: str, dispatch: int) -> None:
        """Give a job a new message in place of the one of that number, which its reader cannot carry."""

        def work() -> None:
            job = self.get(id)
            if job is not None and job["runner"] is None and states.may_claim(job, dispatch):
                self._write(job, states.dispatched(job))

        in_transaction(work)

    def dispatch_waiting(self, untouched_since: datetime) -> list[str]:
        """Give a new message to the postponed jobs that are due, and to live ones that nobody has touched since then:
        theirs is lost. Returns their ids."""
        due: dict[str, object] = {
            "state": {"$in": list(LIVE)},
            "$or": [{"updated_at": {"$lt": untouched_since}}, {"due_at": {"$lte": clock.now()}}],
        }
        ids = [row["_id"] for row in self.collection(COLLECTION, Job).find(due, {"_id": 1})]
        for id in ids:
            in_transaction(partial(self._dispatch, {**due, "_id": id}))
        return ids

    def _dispatch(self, query: Filter) -> None:
        if job := self.collection(COLLECTION, Job).find_one(query):
            self._write(job, states.dispatched(job))

    def listed(self, filters: Mapping[str, object], after: str | None, limit: int) -> keyset.Page[Job]:
        """Jobs that match, the newest first, a page."""
        query = {name: value for name, value in filters.items() if value is not None}
        return keyset.find_page(self.collection(COLLECTION, Job), query, ("-created_at", "-_id"), after, limit)

    def _write(self, before: Job | None, after: Job) -> Job:
        """Store the difference, and its events."""
        now, version = clock.now(), before.get("version", 0) + 1 if before else 1
        after = after | {"version": version, "updated_at": now}
        former: Mapping[str, object] = before or {}
        events = list[PendingEvent]()
        named: dict[str, object] = {"job": after["_id"], "kind": after["kind"]}
        if former.get("dispatch") != after["dispatch"]:
            events.append(new_event(JOB_DUE, after["_id"], **named, dispatch=after["dispatch"]))
        if states.must_announce(before, after, now):
            after["announced_at"] = now
            told = {"state": after["state"], "progress": after["progress"]}
            events.append(new_event(JOB_PROGRESSED, after["_id"], **named, **told))
        changed = {name: value for name, value in after.items() if name not in former or former[name] != value}
        update: dict[str, object] = {"$set": {name: value for name, value in changed.items() if name != "_id"}}
        if gone := former.keys() - after.keys():
            update["$unset"] = dict.fromkeys(gone, 1)
        self.collection(COLLECTION, Job).update_one({"_id": after["_id"]}, update, upsert=not before)
        self.store_events(version, *events)
        if before and states.is_live(before) and not states.is_live(after):
            after_commit(partial(self._count, after))
        return after

    def _count(self, job: Job) -> None:
        JOBS.labels(self.source, job["kind"], job["state"]).inc()
        level = logging.ERROR if job["state"] == "failed" else logging.INFO
        _log.log(level, "job ended", extra={"job": job["_id"], "kind": job["kind"], "state": job["state"]})

"""What the gateway asks every service about its jobs. A job that the actor may not see is unknown to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from wsis_shared import auth, clock, context
from wsis_shared.bus.jobs import cleaning
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.jobs import manifest, states
from wsis_shared.jobs.runner import run_of
from wsis_shared.jobs.states import Job
from wsis_shared.operations import every, rpc

if TYPE_CHECKING:
    from wsis_shared.bus.service import Bus

# A job that nobody has touched for so long has lost its message: the broker ends any delivery within 30 min.
LOST_AFTER = timedelta(minutes=40)


class JobApi:
    """The part of every service that shows and cancels jobs. `max_jobs_in_flight`: jobs that a process works on at a
    time, beside its requests, commands and events."""

    max_jobs_in_flight = 1
    bus: Bus

    @rpc
    def read_job(self, job: str) -> dict[str, object]:
        """One job."""
        return self.job_response(self._job(job, manifest.READ))

    @rpc
    def read_job_file(self, job: str) -> dict[str, object]:
        """The file that is the result of a job (`run.finish({"blob": id})`)."""
        result = self._job(job, manifest.READ)["result"]
        if not isinstance(result, dict) or not result.get("blob"):
            raise NotFound("suite.job_without_file")
        return {"blob": result["blob"]}

    @rpc(writes=True)
    def cancel_job(self, job: str) -> dict[str, object]:
        """Cancel it; one that has ended stays as it is."""
        found = self._job(job, manifest.CANCEL)
        kind = self.bus.job_kinds.get(found["kind"])
        if states.is_live(found) and (kind is None or not kind.cancellable):
            raise Conflict("suite.job_not_cancellable")
        if kind is not None:
            found = self._cancel(job, kind) or found
        return self.job_response(found)

    @rpc
    def list_jobs(
        self,
        service: str = "",
        state: str | None = None,
        kind: str | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> dict[str, object]:
        """Jobs of this service, the newest first; `service` has led the gateway here."""
        return self.bus.jobs.listed({"state": state, "kind": kind}, after, limit).response(self.job_response)

    @every(10)
    def dispatch_waiting_jobs(self) -> None:
        """Give a new message to jobs whose message is lost, and to those that wait for another attempt."""
        if self.bus.job_kinds:
            self.bus.jobs.dispatch_waiting(clock.now() - LOST_AFTER)

    def end_lost_jobs(self, account: str, roles: Iterable[str]) -> None:
        """These are the roles of an account that count now: cancel what it began with others. Every service with jobs
        calls it where roles end; a kind that must not be cancelled runs to its end."""
        for job in self.bus.jobs.lost(account, roles):
            kind = self.bus.job_kinds.get(job["kind"])
            if kind is not None and kind.cancellable:
                self._cancel(job["_id"], kind)

    def job_response(self, job: Job) -> dict[str, object]:
        """A job as an API response, for methods behind a route with `mode=Mode.JOB`."""
        titles = self.bus.job_titles.get(job["kind"], {})
        return {
            "id": job["_id"],
            "service": self.bus.service,
            "kind": job["kind"],
            "title": titles.get(context.current().locale) or titles.get("en") or job["kind"],
            "state": job["state"],
            "progress": job["progress"],
            "result": job["result"],
            "error": job["error"],
            "cancel_requested": job["cancel_requested"],
            "requested_by": job["requested_by"],
            "created_at": job["created_at"],
            "started_at": job["started_at"],
            "finished_at": job["finished_at"],
            "updated_at": job["updated_at"],
            "expires_at": job.get("expires_at"),
        }

    def _cancel(self, id: str, kind: manifest.JobKind) -> Job | None:
        clean_up = cleaning(self, getattr(type(self), kind.name).wsis_job)
        return self.bus.jobs.cancel(id, lambda job: clean_up(run_of(job)))

    def _job(self, id: str, permission: str) -> Job:
        job = self.bus.jobs.get(id)
        if job is None or not self._may(job, permission):
            raise NotFound("suite.job_unknown")
        return job

    def _may(self, job: Job, permission: str) -> bool:
        actor, kind = context.current().actor, self.bus.job_kinds.get(job["kind"])
        wanted = [permission, *([kind.permission] if kind is not None and kind.permission else [])]
        owns = actor.id is not None and job["requested_by"] == actor.id and states.is_kept(job, actor.roles)
        return owns or any(auth.is_allowed(actor, each, self.bus.grants) for each in wanted)

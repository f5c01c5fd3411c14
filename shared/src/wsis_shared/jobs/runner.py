"""Carries a job: step by step, each with its checkpoint, for as long as one message may take."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from marshmallow import Schema
from wsis_shared import clock, context
from wsis_shared.context import Actor
from wsis_shared.errors import Unavailable
from wsis_shared.jobs import states
from wsis_shared.jobs.repository import Jobs
from wsis_shared.jobs.run import Cancelled, Finish, Interrupted, Next, Run, Stopping, Superseded
from wsis_shared.jobs.states import Job
from wsis_shared.mongo import in_transaction

_log = logging.getLogger(__name__)

Step = Callable[[Run], Next | Finish]
Outcome = Job | Interrupted  # of a step: the job as it is then

# How long one message carries a job. RabbitMQ ends deliveries that are not acknowledged for 30 min.
MESSAGE_SECONDS = 10.0


@dataclass(frozen=True)
class Work:
    """How one kind of job is done. `step` runs a step; `clean_up` runs in the transaction that ends a job which failed
    or was cancelled. `result` is the schema of the result."""

    step: Step
    transaction: bool = True
    attempts: int = 5
    duty_cycle: float = 1.0
    clean_up: Callable[[Run], None] = lambda _: None
    result: Schema | None = None


class Runner:
    """Carries one job at a time. `instrumented(function)` runs it with retries while the store is away, and with the
    metrics of a handler."""

    def __init__(
        self,
        jobs: Jobs,
        work: Work,
        stopping: Callable[[], bool],
        instrumented: Callable[[Callable[[], Outcome]], Outcome],
    ) -> None:
        self._jobs, self._work, self._stopping, self._instrumented = jobs, work, stopping, instrumented
        self._name, self._until = uuid.uuid4().hex, float("inf")

    def carry(self, id: str, dispatch: int) -> None:
        """Run steps until the job ends, its time is over or the process stops. A message with an old number has no
        effect."""
        job = self._jobs.claim(id, dispatch, self._name)
        if job is None:
            return
        self._until = time.monotonic() + MESSAGE_SECONDS
        try:
            if states.has_crashed(job):
                job = self._give_up(id)
            while states.is_live(job) and job["runner"] == self._name:
                if self._stopping() or time.monotonic() > self._until:
                    self._jobs.change(id, self._name, states.dispatched)
                    return
                job = self._advance(id)
        except Superseded:
            _log.info("another worker carries the job", extra={"job": id})

    def _advance(self, id: str) -> Job:
        """Run a step once; returns the job as it is then."""
        began = time.monotonic()
        try:
            outcome = self._instrumented(partial(self._step, id))
        except Exception as error:  # noqa: BLE001 -- logged already; a step may raise anything
            return self._failed(id, error)
        if isinstance(outcome, Cancelled):
            return self._end(id, lambda job, now: states.cancelled(job, now, self._jobs.kept))
        if isinstance(outcome, Stopping):
            return self._jobs.carried(id, self._name)
        if isinstance(outcome, Interrupted):
            raise outcome
        self._pause((time.monotonic() - began) * (1 / self._work.duty_cycle - 1))
        return outcome

    def _step(self, id: str) -> Outcome:
        def step() -> Job:
            run = run_of(self._uncancelled(id))
            if not self._work.transaction:
                run.on_report = partial(self._report, id)
            with context.use(replace(context.current(), actor=Actor(run.requested_by))):  # the audit names them
                outcome = self._work.step(run)
            return in_transaction(partial(self._store, id, outcome))

        try:
            return in_transaction(step) if self._work.transaction else step()
        except Interrupted as interrupted:  # expected: no failure of the handler
            return interrupted

    def _store(self, id: str, outcome: Next | Finish) -> Job:
        if isinstance(outcome, Finish):
            outcome.effect()
        return self._jobs.change(id, self._name, lambda job: self._after(job, outcome))

    def _after(self, job: Job, outcome: Next | Finish) -> Job:
        if isinstance(outcome, Next):
            job = states.progressed(job, outcome.done, outcome.total, outcome.note)
            return states.advanced(job, outcome.checkpoint)
        result = outcome.result
        if self._work.result is not None and result is not None:
            result = self._work.result.dump(result)
        return states.succeeded(job, result, clock.now(), self._jobs.kept)

    def _report(self, id: str, done: int | None, total: int | None, note: str | None) -> None:
        if self._stopping():
            raise Stopping
        self._uncancelled(id)
        self._jobs.change(id, self._name, lambda job: states.progressed(job, done, total, note))

    def _uncancelled(self, id: str) -> Job:
        job = self._jobs.carried(id, self._name)
        if job["cancel_requested"]:
            raise Cancelled
        return job

    def _failed(self, id: str, error: Exception) -> Job:
        if isinstance(error, Unavailable) and error.code == "suite.store_away":
            raise error  # nothing can be stored: the message is requeued
        job = self._end(id, lambda job, now: states.attempted(job, error, self._work.attempts, now, self._jobs.kept))
        if not states.is_live(job):
            return job
        seconds = 0.25 * 4.0 ** job["attempts"]
        if time.monotonic() + seconds > self._until:  # other jobs wait for this worker
            due_at = clock.now() + timedelta(seconds=seconds)
            return self._jobs.change(id, self._name, lambda job: states.postponed(job, due_at))
        self._pause(seconds)
        return job

    def _give_up(self, id: str) -> Job:
        def crashed(job: Job, now: datetime) -> Job:
            return states.failed(job, "suite.job_crashed", {}, now, self._jobs.kept)

        try:
            return self._end(id, crashed)
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001 -- a clean-up may raise anything; the job ends nevertheless
            _log.error("clean-up failed", extra={"job": id, "error": type(error).__name__})
            return self._jobs.change(id, self._name, lambda job: crashed(job, clock.now()))

    def _end(self, id: str, change: Callable[[Job, datetime], Job]) -> Job:
        """Store what `change` makes of the job; clean up in the same transaction where that ends it."""

        def work() -> Job:
            job = self._jobs.carried(id, self._name)
            after = change(job, clock.now())
            if not states.is_live(after):
                self._work.clean_up(run_of(job))
            return self._jobs.change(id, self._name, lambda _: after)

        return in_transaction(work)

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))


def run_of(job: Job) -> Run:
    """The step that is next."""
    return Run(job["_id"], job["kind"], job["arguments"], job["checkpoint"], job["step"], job["requested_by"])

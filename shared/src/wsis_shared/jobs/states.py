"""The states of a job, as pure functions from one document to the next.

    queued -> running -> succeeded | failed | cancelled
       `---------------------------------------^

A message carries the job for some seconds, over many steps; then the next message does. `dispatch` is the number of the
message that may carry it, `runner` the worker that does: whoever holds another number or name has no effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.json_types import Input

LIVE = ("queued", "running")
STATES = (*LIVE, "succeeded", "failed", "cancelled")
MAX_CLAIMS = 6  # of one step, each by a worker that died; a worker that ends in order takes its claim back
ANNOUNCE_SECONDS = 0.5  # at least so long between two events about the progress of one job


class Progress(TypedDict):
    """How far a job is, for people."""

    done: int
    total: int
    note: str


class Failure(TypedDict):
    """Why a job failed."""

    code: str
    params: dict[str, object]


class Job(TypedDict):
    """A document of the collection `jobs`."""

    _id: str
    kind: str
    arguments: Input
    state: str
    requested_by: str | None
    requester_roles: NotRequired[list[str]]  # a job of a former version has none
    live_key: NotRequired[str]  # unique among those that are queued or running
    dispatch: int
    runner: str | None
    claims: int
    step: int
    attempts: int
    checkpoint: object  # of the service: what its step takes
    due_at: datetime | None
    progress: Progress
    result: object  # of the service: what the last step returned
    error: Failure | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    announced_at: NotRequired[datetime]
    expires_at: NotRequired[datetime]
    version: NotRequired[int]
    updated_at: NotRequired[datetime]


def new(
    id: str,
    kind: str,
    arguments: Mapping[str, object],
    *,
    key: str,
    by: str | None,
    now: datetime,
    roles: Sequence[str] = (),
) -> Job:
    """A job that waits for its first message, requested by an account with these roles."""
    job: Job = {
        "_id": id,
        "kind": kind,
        "arguments": dict(arguments),
        "state": "queued",
        "requested_by": by,
        "requester_roles": list(roles),
        "dispatch": 1,
        "runner": None,
        "claims": 0,
        "step": 0,
        "attempts": 0,
        "checkpoint": None,
        "due_at": None,
        "progress": {"done": 0, "total": 0, "note": ""},
        "result": None,
        "error": None,
        "cancel_requested": False,
        "created_at": now,
        "started_at": None,
        "finished_at": None,
    }
    if key:
        job["live_key"] = key
    return job


def is_live(job: Mapping[str, object]) -> bool:
    """Neither succeeded nor failed nor cancelled."""
    return job["state"] in LIVE


def is_kept(job: Job, roles: Iterable[str]) -> bool:
    """Does whoever requested the job keep it, with these roles? Whoever has lost a role has lost what they began with
    it. (A job of a former version has no roles.)"""
    return set(job.get("requester_roles", ())) <= set(roles)


def may_claim(job: Job | None, dispatch: int) -> bool:
    """May the message of that number carry the job?"""
    return job is not None and is_live(job) and job["dispatch"] == dispatch


def claimed(job: Job, runner: str, now: datetime) -> Job:
    """From now on `runner` carries it."""
    started_at = job["started_at"] or now
    return job | {"state": "running", "runner": runner, "claims": job["claims"] + 1, "started_at": started_at}


def has_crashed(job: Job) -> bool:
    """Have too many workers in a row died with the step that is next?"""
    return job["claims"] > MAX_CLAIMS


def progressed(job: Job, done: int | None, total: int | None, note: str | None) -> Job:
    """With other figures; None leaves one as it is."""
    progress = job["progress"].copy()
    if done is not None:
        progress["done"] = done
    if total is not None:
        progress["total"] = total
    if note is not None:
        progress["note"] = note
    return job | {"progress": progress}


def advanced(job: Job, checkpoint: object) -> Job:
    """One step is done, and the next one begins at `checkpoint`."""
    return job | {"step": job["step"] + 1, "checkpoint": checkpoint, "attempts": 0, "claims": 0}


def dispatched(job: Job) -> Job:
    """A further message carries it."""
    return job | {"dispatch": job["dispatch"] + 1, "runner": None, "claims": 0, "due_at": None}


def postponed(job: Job, due_at: datetime) -> Job:
    """No worker carries it before `due_at`; then it needs a further message."""
    return job | {"runner": None, "claims": 0, "due_at": due_at}


def succeeded(job: Job, result: object, now: datetime, kept: timedelta) -> Job:
    """The last step is done; a known total is reached."""
    ended = job | {"step": job["step"] + 1}
    if total := job["progress"]["total"]:
        ended = progressed(ended, total, None, None)
    return _ended(ended, "succeeded", now, kept) | {"result": result}


def attempted(job: Job, error: Exception, most: int, now: datetime, kept: timedelta) -> Job:
    """A step raised `error`: it is tried again, `most` times in all. A refusal fails the job at once."""
    attempts = job["attempts"] + 1
    refused = isinstance(error, SuiteError) and not isinstance(error, Unavailable)
    if not refused and attempts < most:
        return job | {"attempts": attempts}
    code, params = (error.code, error.params) if isinstance(error, SuiteError) else ("suite.internal_error", {})
    return failed(job | {"attempts": attempts}, code, params, now, kept)


def failed(job: Job, code: str, params: Mapping[str, object], now: datetime, kept: timedelta) -> Job:
    """Ended by an error."""
    return _ended(job, "failed", now, kept) | {"error": {"code": code, "params": dict(params)}}


def cancelled(job: Job, now: datetime, kept: timedelta) -> Job:
    """Ended on request."""
    return _ended(job, "cancelled", now, kept)


def ends_by_request(job: Job) -> bool:
    """In a clean-up: was the job cancelled, rather than failed? The one that carries it was asked to end it, or nobody
    carries it."""
    return job["cancel_requested"] or job["runner"] is None


def must_announce(before: Job | None, after: Job, now: datetime) -> bool:
    """Is this change an event? Each change of state is; progress is where the last event is long enough ago."""
    if before is None or before["state"] != after["state"]:
        return True
    last = before.get("announced_at")
    changed = before["progress"] != after["progress"]
    return changed and (last is None or now - last >= timedelta(seconds=ANNOUNCE_SECONDS))


def _ended(job: Job, state: str, now: datetime, kept: timedelta) -> Job:
    ended = job | {"state": state, "runner": None, "checkpoint": None, "finished_at": now, "expires_at": now + kept}
    ended.pop("live_key", None)
    return ended

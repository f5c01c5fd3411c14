"""What the page of the certification makes of what it has read: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject

from wsis_voting.contests.rules.contest import State
from wsis_voting.contests.rules.lifecycle import Wait

_RECOUNT = "recount"  # the kind of its jobs


def certification(values: Input, _locale: str) -> JsonObject:
    """`may_ask`: an officer may ask for the certification now. `job` where it is a recount of this edition, as the
    address can name any; `recounted`: what it has found."""
    shown, job = values["certification"], values["job"]
    result = job and job["result"]
    if job and (job["kind"] != _RECOUNT or result and result.get("edition") != shown["edition"]):
        job = result = None
    overrides = [wait for wait in shown["waits_for"] if wait in (Wait.DISAGREEMENT, Wait.REVIEW, Wait.DEAD_LETTERS)]
    unasked = overrides or not shown["requested"]  # something may hold it that the request did not know of
    may_ask = shown["state"] == State.CLOSED and bool(unasked) and Wait.REPAIR not in shown["waits_for"]
    return {
        "job": job,
        "recounted": result if job and job["state"] == "succeeded" else None,
        "may_ask": may_ask,
        "overrides": overrides,
    }

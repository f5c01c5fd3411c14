"""The states of a job, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from wsis_shared import auth
from wsis_shared.context import Actor
from wsis_shared.errors import Conflict, Unavailable
from wsis_shared.jobs import states
from wsis_shared.jobs.run import Run

NOW, KEPT = datetime(2017, 5, 1, tzinfo=UTC), timedelta(days=30)


def job(**changes: object) -> states.Job:
    return states.new("voting.1", "recount", {"edition": "2017"}, key="k", by="ann", now=NOW) | changes


def test_only_the_message_with_the_present_number_may_carry_a_live_job() -> None:
    moved = states.dispatched(states.claimed(job(), "worker", NOW))
    assert moved["runner"] is None
    assert [states.may_claim(moved, number) for number in (1, 2, 3)] == [False, True, False]
    assert not states.may_claim(states.cancelled(moved, NOW, KEPT), 2)
    assert not states.may_claim(None, 1)


def test_job_that_ended_gives_its_key_free_and_expires() -> None:
    for ended in (
        states.succeeded(job(), {"n": 1}, NOW, KEPT),
        states.cancelled(job(), NOW, KEPT),
        states.failed(job(), "suite.job_crashed", {}, NOW, KEPT),
    ):
        assert "live_key" not in ended
        assert (ended["finished_at"], ended["expires_at"]) == (NOW, NOW + KEPT)
    assert "live_key" in job()


def test_failing_step_is_retried_until_its_attempts_are_used_up() -> None:
    tried = job()
    for _ in range(2):
        tried = states.attempted(tried, RuntimeError("secret"), 3, NOW, KEPT)
        assert tried["state"] == "queued"
    ended = states.attempted(tried, RuntimeError("secret"), 3, NOW, KEPT)
    assert (ended["state"], ended["error"]) == ("failed", {"code": "suite.internal_error", "params": {}})
    assert states.advanced(tried, {"at": 1})["attempts"] == 0, "each step has all attempts"


def test_rejection_fails_at_once_and_absence_does_not() -> None:
    rejected = states.attempted(job(), Conflict("voting.closed", number=3), 5, NOW, KEPT)
    assert (rejected["state"], rejected["error"]) == ("failed", {"code": "voting.closed", "params": {"number": 3}})
    assert states.is_live(states.attempted(job(), Unavailable("suite.no_answer_in_time"), 5, NOW, KEPT))


def test_progress_is_announced_twice_a_second_and_each_state_at_once() -> None:
    before = job(announced_at=NOW)
    after = states.progressed(before, 1, None, None)
    assert not states.must_announce(before, after, NOW + timedelta(seconds=0.4))
    assert states.must_announce(before, after, NOW + timedelta(seconds=0.5))
    assert not states.must_announce(before, before, NOW + timedelta(hours=1))
    assert states.must_announce(after, states.claimed(after, "worker", NOW), NOW)


def test_step_in_a_transaction_reports_with_its_end_alone() -> None:
    run = Run("voting.1", "recount", {}, None, 0, "ann")
    with pytest.raises(TypeError, match="next"):
        run.report(1)


def test_grants_of_the_suite_and_of_manifests_add_up() -> None:
    grants = auth.grants([{"member": ("voting:cast",)}, {"operator": ("notifications:*",)}])
    operator, member = Actor("otto", ("member", "operator")), Actor("ann", ("member",))
    for permission in ("jobs:read", "jobs:own", "voting:cast", "notifications:read"):
        assert auth.is_allowed(operator, permission, grants)
    assert [auth.is_allowed(member, name, grants) for name in ("jobs:own", "jobs:read")] == [True, False]

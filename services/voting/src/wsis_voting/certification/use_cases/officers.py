"""Recounts, and the certification that an officer asks for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.amqp import queue_stats
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.jobs.run import Finish, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import job, rpc

from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.contests.rules.contest import CertificationRequest
from wsis_voting.contests.rules.lifecycle import Wait, dead_letters_hold, request_certification, waits
from wsis_voting.contests.store import AccessLog
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.review.use_cases.review import FraudReview
from wsis_voting.tallies.rules import counted
from wsis_voting.tallies.use_cases import closed_contest

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class CertificationCases:
    """What officers ask of a count."""

    def __init__(
        self, directory: ContestDirectory, lifecycle: ContestLifecycle, access_log: AccessLog, fraud_review: FraudReview
    ) -> None:
        self._directory, self._lifecycle, self._access_log, self._fraud_review = (
            directory,
            lifecycle,
            access_log,
            fraud_review,
        )
        self._contests, self._ballots, self._counters = lifecycle.contests, lifecycle.ballots, lifecycle.counters

    @rpc
    def read_certification(self, edition: str) -> JsonObject:
        """Where it stands, and all that it waits for: the request of an officer overrides dead letters too."""
        contest, document, now = self._directory.get(edition), self._contests.state(edition), clock.now()
        dead_letters = _dead_letters()
        held = [] if contest.certified else waits(document, contest, now, self._lifecycle.rules)
        waiting = dead_letters_hold(document, dead_letters or 0)
        if waiting and held != [Wait.CLOSE] and not contest.certified:
            held.append(Wait.DEAD_LETTERS)
        return {
            "edition": edition,
            "state": contest.state(now),
            "closes_at": contest.closes_at,
            "certified_at": document.get("certified_at"),
            "sealed": contest.sealed,
            "waits_for": held,
            "holding": self._fraud_review.held(edition),
            "dead_letters": dead_letters,
            "requested": document.get("certification"),
        }

    @rpc(writes=True)
    def recount_tally(self, ctx: Context, jobs: Jobs, edition: str) -> Job:
        """Start a recount of a closed contest, one at a time. Each request is in the audit."""
        closed_contest(self._directory, ctx, edition)
        if self._ballots.keys.shredded_at(edition):
            raise Conflict("voting.key_shredded", edition=edition)
        if self._fraud_review.decided_last(edition).going_on:
            raise Conflict("voting.review_busy")
        self._access_log.record(audit.entry("voting.tally_recounted", f"edition/{edition}/tally"))
        return jobs.enqueue("recount", {"edition": edition}, key=f"recount|{edition}")

    @job(transaction=False)
    def recount(self, run: Run) -> Finish:
        """Read each ballot and each vote once. In one step: a checkpoint would hold which ballot a vote is in. Raises
        exclusions_unaccounted, review_busy where a decision was applied meanwhile."""
        edition = str(run.arguments["edition"])
        contest, counters, at_first = (
            self._directory.get(edition),
            self._counters.read(edition),
            self._fraud_review.decided_last(edition),
        )
        total = counters.ballots_started + counters.cast.total()
        found = self._lifecycle.recount(contest, partial(run.track, total=total))
        if at_first.going_on or at_first != self._fraud_review.decided_last(edition):
            raise Conflict("voting.review_busy")
        if found.flags:
            raise Conflict("voting.exclusions_unaccounted", count=found.flags)
        tally = self._lifecycle.tallies.last(edition) if contest.certified else None
        return run.finish(
            {
                "edition": edition,
                "agrees": found.agrees,
                "votes_cast": found.votes.cast.total(),
                "votes_counted": counted(contest, found.votes, tally["disqualified"]) if tally else None,
                "ballots_complete": found.votes.ballots_complete,
                "places": len(found.different),
                "differences": found.sums() if contest.certified else [],
            }
        )

    @rpc(writes=True)
    def certify_tally(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Ask for the certification; it is done as soon as all accepted votes are stored, whatever holds it now. What
        comes to hold it later does, until an officer asks again. Raises already_certified, exclusions_unaccounted."""
        contest = closed_contest(self._directory, ctx, edition)
        if contest.certified:
            raise Conflict("voting.already_certified", edition=edition)
        document, now = self._contests.state(edition), clock.now()
        if unaccounted := document.get("unaccounted"):
            raise Conflict("voting.exclusions_unaccounted", count=unaccounted)
        request: CertificationRequest = {
            "by": ctx.actor.id,
            "reason": body["reason"],
            "at": now,
            "overrides": [*waits(document | {"certification": None}, contest, now, self._lifecycle.rules)],
            "dead_letters": _dead_letters() or 0,
        }
        requested = partial(request_certification, request=request)
        audited = audit.entry("voting.tally_certification_asked", f"edition/{edition}/tally", reason=body["reason"])
        self._contests.change(edition, requested, audited)
        return {"edition": edition, "state": contest.state(clock.now())}


def _dead_letters() -> int | None:
    """None while the broker cannot be asked."""
    try:
        return queue_stats.dead_letters("voting")
    except queue_stats.UNREACHABLE:
        return None

"""Tallies: read, counted again, certified."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.jobs.run import Finish, Run
from wsis_shared.operations import job, rpc

from wsis_voting import domain
from wsis_voting.domain import Contest, State, lifecycle
from wsis_voting.store import Ballots, Contests, Counters, Looks, Results, Tallies
from wsis_voting.use_cases.closing import Closing
from wsis_voting.use_cases.directory import ContestDirectory
from wsis_voting.use_cases.review import FraudReview

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class TallyCases:
    """What the public, officers and prizes learn of a tally."""

    def __init__(
        self,
        directory: ContestDirectory,
        contests: Contests,
        ballots: Ballots,
        counters: Counters,
        tallies: Tallies,
        results: Results,
        looks: Looks,
        closing: Closing,
        fraud_review: FraudReview,
    ) -> None:
        self._directory, self._contests, self._ballots = directory, contests, ballots
        self._counters, self._tallies, self._results = counters, tallies, results
        self._looks, self._closing, self._fraud_review = looks, closing, fraud_review

    @rpc
    def read_voting(self, edition: str) -> dict[str, Any]:
        """Where voting stands, for everybody; totals only of a certified tally."""
        contest, tally = self._directory.get(edition), None
        state = contest.state(clock.now())
        if state is State.CERTIFIED:
            tally = self._tallies.last(edition)
        return {
            "edition": edition, "state": state, "opens_at": contest.opens_at, "closes_at": contest.closes_at,
            "categories": len(contest.categories), "every_category": contest.every_category,
            "changes_allowed": False, "live_totals": False,
            "disqualified": [
                {"project": row["project"], "category": row["category"]}
                for row in self._contests.roster(edition)["disqualified"]
            ],
            "totals": tally and {
                "votes_cast": sum(row["cast"] for row in tally["projects"]),
                "votes_counted": sum(row["counted"] for row in tally["projects"]),
                "ballots_complete": tally["ballots"]["complete"],
            },
            "excluded": tally and tally.get("excluded", []),
        }  # fmt: skip

    @rpc
    def tally(self, ctx: Context, edition: str) -> dict[str, Any]:
        """Votes cast and counted by project, and what the signed result says of each category, for prizes; without
        figures until the certification. Raises totals_hidden before the close."""
        found = self._certified(ctx, edition)
        projects, result = found["projects"] if found else (), self._results.last(edition) if found else None
        return {
            "edition": edition, "certified": found is not None, "ballots": found and found["ballots"],
            "result": result and {name: result[name] for name in ("number", "rules", "categories")},
            "cast": {row["project"]: row["cast"] for row in projects},
            "counted": {row["project"]: row["counted"] for row in projects},
        }  # fmt: skip

    @rpc
    def read_tally(self, ctx: Context, edition: str) -> dict[str, Any]:
        """The certified tally; each access under embargo is audited before. Raises totals_hidden until then: two
        readings between which one account is excluded would tell its choices."""
        found = self._certified(ctx, edition)
        if found is None:
            raise Conflict("voting.totals_hidden")
        if self._results.published(edition) is None:
            self._looks.keep(audit.entry("voting.tally_read", f"edition/{edition}/tally"))
        return {**found, "certified": True}

    @rpc(writes=True)
    def recount_tally(self, ctx: Context, jobs: Jobs, edition: str) -> Job:
        """Start a recount of a closed contest, one at a time. Each request is in the audit."""
        self._closed(ctx, edition)
        if self._ballots.keys.shredded_at(edition):
            raise Conflict("voting.key_shredded", edition=edition)
        if self._fraud_review.decided_last(edition).going_on:
            raise Conflict("voting.review_busy")
        self._looks.keep(audit.entry("voting.tally_recounted", f"edition/{edition}/tally"))
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
        found = self._closing.recount(contest, partial(run.track, total=total))
        if at_first.going_on or at_first != self._fraud_review.decided_last(edition):
            raise Conflict("voting.review_busy")
        if found.flags:
            raise Conflict("voting.exclusions_unaccounted", count=found.flags)
        return run.finish({
            "edition": edition, "agrees": found.agrees, "votes_cast": found.votes.cast.total(),
            "votes_counted": sum(domain.valid(contest, found.votes).values()) if contest.certified else None,
            "ballots_complete": found.votes.ballots_complete, "places": len(found.different),
            "differences": found.sums() if contest.certified else [],
        })  # fmt: skip

    @rpc(writes=True)
    def certify_tally(self, ctx: Context, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask for the certification; it is done as soon as all accepted votes are stored. Raises already_certified,
        exclusions_unaccounted."""
        contest = self._closed(ctx, edition)
        if contest.certified:
            raise Conflict("voting.already_certified", edition=edition)
        if unaccounted := (self._contests.document(edition) or {}).get("unaccounted"):
            raise Conflict("voting.exclusions_unaccounted", count=unaccounted)
        requested = partial(
            lifecycle.request_certification, officer=ctx.actor.id, reason=body["reason"], now=clock.now()
        )
        audited = audit.entry("voting.tally_certification_asked", f"edition/{edition}/tally", reason=body["reason"])
        self._contests.change(edition, requested, audited)
        return {"edition": edition, "state": contest.state(clock.now())}

    def _certified(self, ctx: Context, edition: str) -> dict[str, Any] | None:
        """The tally of an edition, None until it is certified. Raises totals_hidden before the close."""
        return self._tallies.last(edition) if self._closed(ctx, edition).certified else None

    def _closed(self, ctx: Context, edition: str) -> Contest:
        contest = self._directory.get(edition)
        # By the gateway's clock, as votes are.
        if contest.state(min(clock.now(), ctx.received_at)) in (State.NOT_OPEN, State.OPEN):
            raise Conflict("voting.totals_hidden")
        return contest

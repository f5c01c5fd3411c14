"""Tallies: read, counted again, certified."""

from __future__ import annotations

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_voting.contests.rules.contest import Contest, State
from wsis_voting.contests.store import AccessLog
from wsis_voting.contests.use_cases import ContestDirectory, directory_of
from wsis_voting.public_log.store.results import Results
from wsis_voting.tallies.store import Tallies, Tally


class TallyCases:
    """What the public and officers learn of a tally."""

    def __init__(self, directory: ContestDirectory, tallies: Tallies, results: Results, access_log: AccessLog) -> None:
        self._directory, self._contests = directory, directory.contests
        self._tallies, self._results, self._access_log = tallies, results, access_log

    @rpc
    def read_voting(self, edition: str) -> JsonObject:
        """Where voting stands, for everybody; totals only of a certified tally."""
        contest, tally = self._directory.get(edition), None
        state = contest.state(clock.now())
        if state is State.CERTIFIED:
            tally = self._tallies.last(edition)
        return {
            "edition": edition,
            "state": state,
            "opens_at": contest.opens_at,
            "closes_at": contest.closes_at,
            "categories": len(contest.categories),
            "every_category": contest.every_category,
            "changes_allowed": False,
            "live_totals": False,
            "disqualified": [
                {"project": row["project"], "category": row["category"]}
                for row in self._contests.roster(edition)["disqualified"]
            ],
            "totals": tally
            and {
                "votes_cast": sum(row["cast"] for row in tally["projects"]),
                "votes_counted": sum(row["counted"] for row in tally["projects"]),
                "ballots_complete": tally["ballots"]["complete"],
            },
            "excluded": tally and tally.get("excluded", []),
        }

    @rpc
    def read_tally(self, ctx: Context, edition: str) -> JsonObject:
        """The certified tally; each access under embargo is audited before. Raises totals_hidden until then: two
        readings between which one account is excluded would tell its choices."""
        found = self._certified(ctx, edition)
        if found is None:
            raise Conflict("voting.totals_hidden")
        if self._results.published(edition) is None:
            self._access_log.record(audit.entry("voting.tally_read", f"edition/{edition}/tally"))
        return {**found, "certified": True}

    def _certified(self, ctx: Context, edition: str) -> Tally | None:
        """The tally of an edition, None until it is certified. Raises totals_hidden before the close."""
        return self._tallies.last(edition) if closed_contest(self._directory, ctx, edition).certified else None


def closed_contest(directory: ContestDirectory, ctx: Context, edition: str) -> Contest:
    """A contest that is over. Raises totals_hidden before."""
    contest = directory.get(edition)
    # By the gateway's clock, as votes are.
    if contest.state(min(clock.now(), ctx.received_at)) in (State.NOT_OPEN, State.OPEN):
        raise Conflict("voting.totals_hidden")
    return contest


def compose(parts: Parts) -> TallyCases:
    """The use cases with their collaborators; called once per process."""
    return TallyCases(directory_of(parts), Tallies(parts.db), Results(parts.db), AccessLog(parts.db))

"""Votes: recorded in batches, and what voters read of their ballots."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.errors import SuiteError
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import command, every, rpc

from wsis_voting.ballots.rules.ballots import (
    DECIDED,
    PENDING,
    Ballot,
    BallotKey,
    BatchChanges,
    VoteKey,
    commit,
    decide,
    required_choices,
)
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Counters, Recorders
from wsis_voting.ballots.use_cases import presenters
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.contests.store import Contests
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.keys.rules import NONCE_BYTES, Committed

if TYPE_CHECKING:
    from wsis_shared.bus import Command


class VoteCases:
    """What voters do."""

    def __init__(self, directory: ContestDirectory, ballots: Ballots, recorders: Recorders, recorder: Recorder) -> None:
        self._directory, self._ballots, self._recorders, self._recorder = directory, ballots, recorders, recorder

    @command("edition", batch=500, min_interval=0.03)
    def cast(self, commands: Sequence[Command]) -> list[JsonObject | SuiteError]:
        """Decide on votes, and store all that stands in one transaction."""
        requests = [presenters.request_of(each) for each in commands]
        with self._recorders.batch(
            [request.received_at for request in requests], sum(len(request.votes) for request in requests)
        ):
            contests, ballots = dict[str, Contest | None](), dict[BallotKey, Ballot]()
            for edition, accounts in presenters.accounts_of(requests).items():
                stored, of_edition = self._ballots.read_with_contest(edition, accounts)
                contests[edition] = self._directory.find(edition, stored)
                if stored is None:  # prizes has told of it just now
                    of_edition = self._ballots.read(edition, accounts)
                ballots |= of_edition
            known = {edition: contest for edition, contest in contests.items() if contest is not None}
            choices = self._ballots.choices(required_choices(requests, known, ballots))
            changes = decide(requests, known, ballots, choices)
            committed = self._recorder.record(changes)
            receipts = self._ballots.receipts(presenters.accepted(changes.results), committed)
            return [
                presenters.outcome(
                    result,
                    contests[result.request.edition],
                    each,
                    self._directory.away(result.request.edition),
                    receipts,
                )
                for result, each in zip(changes.results, commands, strict=True)
            ]

    @rpc
    def read_ballot(self, ctx: Context, edition: str) -> JsonObject:
        """The caller's ballot, with the choices that only the caller may see."""
        contest, ballot = self._own(edition, str(ctx.actor.id))
        votes = self._ballots.own_votes(ballot)
        return {
            **presenters.progress_of(contest, ballot, ctx.received_at, ctx.locale),
            "state": contest.state(ctx.received_at),
            "order": presenters.order_of(edition, ballot.account),
            "voted": [
                {
                    "category": category,
                    "project": votes[category].project if category in votes else None,
                    "receipt": votes[category].receipt if category in votes else None,
                }
                for category in ballot.voted
            ],
            "missing": sorted(contest.categories.difference(ballot.voted), key=presenters.number_of),
            "opens_at": contest.opens_at,
            "closes_at": contest.closes_at,
        }

    @rpc
    def read_outcome(self, ctx: Context, edition: str, command: str) -> JsonObject:
        """What became of one of the caller's commands; `pending` while it is not decided."""
        contest, ballot = self._own(edition, str(ctx.actor.id))
        items = ballot.outcome(command)
        return {
            **presenters.progress_of(contest, ballot, ctx.received_at, ctx.locale),
            "command": command,
            "state": PENDING if items is None else DECIDED,
            "votes": presenters.results(items, ballot, self._ballots.receipts_of(ballot)) if items else [],
        }

    @every(1, singleton=False)
    def beat(self) -> None:
        """Each process says that it lives, and whether it has votes in flight."""
        self._recorders.heartbeat_when_due(self._directory.contests.is_watched)

    @every(60, singleton=False)
    def forget_keys(self) -> None:
        """Each process drops the keys that are shredded."""
        self._ballots.keys.forget()

    def _own(self, edition: str, account: str) -> tuple[Contest, Ballot]:
        stored, ballots = self._ballots.read_with_contest(edition, [account])
        return self._directory.get(edition, stored), ballots[edition, account]


# The recorder: stores what was decided on votes.


class Recorder:
    """Knows nothing of a contest's life but that it joins a count."""

    def __init__(self, contests: Contests, ballots: Ballots, counters: Counters) -> None:
        self._contests, self._ballots, self._counters = contests, ballots, counters

    def record(self, changes: BatchChanges) -> Mapping[VoteKey, Committed]:
        """Store votes, participation and counters, in the open transaction. Returns the commitments to the new
        votes."""
        committed = commit(changes.votes, os.urandom(NONCE_BYTES * len(changes.votes)), clock.now())
        self._ballots.save_changes(changes, committed)
        for edition in self._counters.add(changes):
            self._contests.join(edition)
        return committed

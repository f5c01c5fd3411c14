"""The recorder: stores what was decided on votes."""

from __future__ import annotations

import os
from collections.abc import Mapping

from wsis_shared import clock

from wsis_voting.ballots.rules.ballots import Decisions, VoteKey, commit
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.counters import Counters
from wsis_voting.contests.store.contests import Contests
from wsis_voting.keys.rules import NONCE_BYTES, Committed


class Recorder:
    """Knows nothing of a contest's life but that it joins a count."""

    def __init__(self, contests: Contests, ballots: Ballots, counters: Counters) -> None:
        self._contests, self._ballots, self._counters = contests, ballots, counters

    def record(self, decisions: Decisions) -> Mapping[VoteKey, Committed]:
        """Store votes, participation and counters, in the open transaction. Returns the commitments to the new
        votes."""
        committed = commit(decisions.votes, os.urandom(NONCE_BYTES * len(decisions.votes)), clock.now())
        self._ballots.save_decisions(decisions, committed)
        for edition in self._counters.add(decisions):
            self._contests.join(edition)
        return committed

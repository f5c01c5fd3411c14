"""The rules of public voting, pure: no input or output, no clock."""

from wsis_voting.domain.ballots import (
    Ballot,
    Decisions,
    Item,
    Settled,
    Wish,
    commit,
    complete_now,
    decide,
    needed,
    progress,
)
from wsis_voting.domain.contest import Contest, State, contest_of
from wsis_voting.domain.tally import Counts, Difference, Kind, Recount, Sums, differences, of_votes, valid

__all__ = [
    "Ballot", "Contest", "Counts", "Decisions", "Difference", "Item", "Kind", "Recount", "Settled", "State", "Sums",
    "Wish", "commit", "complete_now", "contest_of", "decide", "differences", "needed", "of_votes", "progress",
    "valid",
]  # fmt: skip

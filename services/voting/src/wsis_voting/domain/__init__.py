"""The rules of public voting, pure: no input or output, no clock."""

from wsis_voting.domain.ballots import Ballot, Decisions, Item, Settled, Wish, complete_now, decide, needed, progress
from wsis_voting.domain.contest import Contest, State, awaiting, contest_of, with_window
from wsis_voting.domain.tally import Counts, Difference, Kind, Recount, Sums, differences, of_votes, valid

__all__ = [
    "Ballot", "Contest", "Counts", "Decisions", "Difference", "Item", "Kind", "Recount", "Settled", "State", "Sums",
    "Wish", "awaiting", "complete_now", "contest_of", "decide", "differences", "needed", "of_votes", "progress",
    "valid", "with_window",
]  # fmt: skip

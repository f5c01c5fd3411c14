"""Load, decide, store, respond: one module per subject. `compose` injects the collaborators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_voting import store
from wsis_voting.use_cases.closing import Closing
from wsis_voting.use_cases.contests import ContestCases
from wsis_voting.use_cases.decisions import DecisionCases
from wsis_voting.use_cases.directory import ContestDirectory
from wsis_voting.use_cases.mails import MailCases
from wsis_voting.use_cases.public_log import PublicLogCases
from wsis_voting.use_cases.publishing import Publishing
from wsis_voting.use_cases.review import FraudReview, ReviewCases
from wsis_voting.use_cases.scans import ScanCases
from wsis_voting.use_cases.tallies import TallyCases
from wsis_voting.use_cases.turnout import TurnoutCases
from wsis_voting.use_cases.voters import VoterCases
from wsis_voting.use_cases.votes import VoteCases

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class VotingCases:
    """Public online voting."""

    votes: VoteCases
    contests: ContestCases
    tallies: TallyCases
    mails: MailCases
    voters: VoterCases
    public_log: PublicLogCases
    turnout: TurnoutCases
    review: ReviewCases
    decisions: DecisionCases
    scans: ScanCases


def compose(parts: Parts) -> VotingCases:
    """The use cases of one process."""
    db = parts.db
    contests, ballots = store.Contests(db), store.Ballots(db)
    counters, recorders = store.Counters(db), store.Recorders(db)
    tallies, log, results, looks = store.Tallies(db), store.Log(db), store.Results(db), store.Looks(db)
    registrations, review = store.Registrations(db), store.Review(db)
    directory = ContestDirectory(contests, parts.client("prizes", timeout=2.0))
    publishing = Publishing(log, results, ballots)
    closing = Closing(contests, ballots, counters, recorders, tallies, publishing)
    fraud_review = FraudReview(directory, contests, counters, review)
    scans = ScanCases(directory, contests, counters, registrations, looks, review, fraud_review)
    return VotingCases(
        VoteCases(directory, ballots, recorders, closing.recorder),
        ContestCases(directory, contests, ballots, recorders, results, publishing, closing, scans),
        TallyCases(directory, contests, ballots, counters, tallies, results, looks, closing, fraud_review),
        MailCases(directory, contests, ballots, recorders),
        VoterCases(ballots, registrations, review),
        PublicLogCases(directory, publishing, store.Lookup(store.Log(db))),
        TurnoutCases(directory, contests, counters, recorders, registrations, looks),
        ReviewCases(directory, ballots, review, fraud_review),
        DecisionCases(directory, contests, ballots, counters, tallies, review, fraud_review),
        scans,
    )

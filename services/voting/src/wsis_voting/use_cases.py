"""Load, decide, store, respond: one module per subject. `compose` injects the collaborators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.counters import Counters
from wsis_voting.ballots.store.recorders import Recorders
from wsis_voting.ballots.use_cases.mails import MailCases
from wsis_voting.ballots.use_cases.votes import VoteCases
from wsis_voting.certification.use_cases.closing import Closing
from wsis_voting.certification.use_cases.lifecycle import LifecycleCases
from wsis_voting.certification.use_cases.officers import CertificationCases
from wsis_voting.contests.store.contests import Contests
from wsis_voting.contests.store.looks import Looks
from wsis_voting.contests.use_cases.contests import ContestCases
from wsis_voting.contests.use_cases.directory import ContestDirectory
from wsis_voting.keys.store import Keys
from wsis_voting.public_log.store.log import Log
from wsis_voting.public_log.store.lookup import Lookup
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.publishing import Publishing
from wsis_voting.public_log.use_cases.reading import PublicLogCases
from wsis_voting.receipts.use_cases import ReceiptCases
from wsis_voting.review.store import Review
from wsis_voting.review.use_cases.decisions import DecisionCases
from wsis_voting.review.use_cases.review import FraudReview, ReviewCases
from wsis_voting.review.use_cases.scans import ScanCases
from wsis_voting.tallies.store import Tallies
from wsis_voting.tallies.use_cases import TallyCases
from wsis_voting.turnout.store import Registrations
from wsis_voting.turnout.use_cases import TurnoutCases
from wsis_voting.voters.use_cases import VoterCases

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class VotingCases:
    """Public online voting."""

    votes: VoteCases
    contests: ContestCases
    receipts: ReceiptCases
    lifecycle: LifecycleCases
    tallies: TallyCases
    certification: CertificationCases
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
    contests, ballots = Contests(db), Ballots(db)
    counters, recorders = Counters(db), Recorders(db)
    tallies, log, results, looks = Tallies(db), Log(db), Results(db), Looks(db)
    registrations, review = Registrations(db), Review(db)
    directory = ContestDirectory(contests, parts.client("prizes", timeout=2.0))
    publishing = Publishing(log, results, Keys(db))
    closing = Closing(contests, ballots, counters, recorders, tallies, publishing)
    fraud_review = FraudReview(directory, contests, counters, review)
    scans = ScanCases(directory, contests, counters, registrations, looks, review, fraud_review)
    return VotingCases(
        VoteCases(directory, ballots, recorders, closing.recorder),
        ContestCases(directory, contests),
        ReceiptCases(directory, log, results, ballots, Lookup(log)),
        LifecycleCases(directory, closing, scans),
        TallyCases(directory, contests, tallies, results, looks),
        CertificationCases(directory, closing, looks, fraud_review),
        MailCases(directory, contests, ballots, recorders),
        VoterCases(ballots, registrations, review),
        PublicLogCases(directory, log, results),
        TurnoutCases(directory, contests, counters, recorders, registrations, looks),
        ReviewCases(directory, ballots, review, fraud_review),
        DecisionCases(directory, contests, ballots, counters, tallies, review, fraud_review),
        scans,
    )

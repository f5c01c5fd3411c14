"""The clock opens, closes and certifies; officers ask for counts."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_voting.ballots.store.ballots import of_process
from wsis_voting.ballots.store.recorders import Counters
from wsis_voting.certification.use_cases.lifecycle import lifecycle_of
from wsis_voting.certification.use_cases.officers import CertificationCases
from wsis_voting.certification.use_cases.timers import LifecycleCases
from wsis_voting.contests.store import AccessLog
from wsis_voting.contests.use_cases import directory_of
from wsis_voting.review.store import Review
from wsis_voting.review.use_cases import scans
from wsis_voting.review.use_cases.review import FraudReview


def compose(parts: Parts) -> tuple[LifecycleCases, CertificationCases]:
    """The use cases with their collaborators; called once per process."""
    db, directory, lifecycle = parts.db, directory_of(parts), lifecycle_of(of_process(parts.db))
    fraud_review = FraudReview(directory, Counters(db), Review(db))
    return (
        LifecycleCases(directory, lifecycle, scans.compose(parts)),
        CertificationCases(directory, lifecycle, AccessLog(db), fraud_review),
    )

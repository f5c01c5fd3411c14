"""Finalists are fixed, ruled out and decided on."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_prizes.certificates.store import Certificates
from wsis_prizes.editions.store import Editions
from wsis_prizes.eligibility.store import PastWinners
from wsis_prizes.finalists.store import Results
from wsis_prizes.finalists.use_cases.deciding import DecisionCases
from wsis_prizes.finalists.use_cases.disqualifying import DisqualificationCases
from wsis_prizes.finalists.use_cases.fixing import FinalistCases
from wsis_prizes.jury.store import Jurors
from wsis_prizes.jury.use_cases.experts import experts_of
from wsis_prizes.projects.store import Projects


def compose(parts: Parts) -> tuple[FinalistCases, DecisionCases, DisqualificationCases]:
    """The use cases with their collaborators; called once per process."""
    editions, projects, results = Editions(parts.db), Projects(parts.db), Results(parts.db)
    experts = experts_of(parts)
    return (
        FinalistCases(editions, projects, results, experts),
        DecisionCases(editions, projects, Jurors(parts.db), results, experts),
        DisqualificationCases(editions, projects, PastWinners(parts.db), results, Certificates(parts.db), experts),
    )

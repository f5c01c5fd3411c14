"""The Expert Group is named and assigned, and reviews."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_prizes.editions.store import Editions
from wsis_prizes.jury.store import Jurors
from wsis_prizes.jury.use_cases.assigning import AssignmentCases
from wsis_prizes.jury.use_cases.experts import experts_of
from wsis_prizes.jury.use_cases.reviewing import ReviewCases
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews.store import Reviews


def compose(parts: Parts) -> tuple[AssignmentCases, ReviewCases]:
    """The use cases with their collaborators; called once per process."""
    db = parts.db
    editions, projects, reviews, jurors = Editions(db), Projects(db), Reviews(db), Jurors(db)
    experts = experts_of(parts)
    return (
        AssignmentCases(editions, projects, reviews, jurors, experts),
        ReviewCases(editions, projects, reviews, experts),
    )

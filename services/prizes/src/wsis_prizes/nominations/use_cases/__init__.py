"""The list of nominees is fixed, published and read."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_prizes.editions.store import Editions
from wsis_prizes.jury.use_cases.experts import experts_of
from wsis_prizes.nominations.store import NominationLists
from wsis_prizes.nominations.use_cases.drafting import DraftCases
from wsis_prizes.nominations.use_cases.publishing import NominationCases
from wsis_prizes.nominations.use_cases.reading import NomineeCases
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews.store import Reviews


def compose(parts: Parts) -> tuple[DraftCases, NominationCases, NomineeCases]:
    """The use cases with their collaborators; called once per process."""
    editions, projects = Editions(parts.db), Projects(parts.db)
    reviews, lists = Reviews(parts.db), NominationLists(parts.db)
    return (
        DraftCases(editions, projects, reviews, lists, experts_of(parts)),
        NominationCases(editions, projects, reviews, lists),
        NomineeCases(editions, projects),
    )

"""The form is read, projects are drafted and submitted."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_prizes.editions.store import Editions
from wsis_prizes.projects.store import Projects
from wsis_prizes.projects.use_cases.form import FormCases
from wsis_prizes.projects.use_cases.projects import ProjectCases
from wsis_prizes.reviews.store import Reviews


def compose(parts: Parts) -> tuple[FormCases, ProjectCases]:
    """The use cases with their collaborators; called once per process."""
    editions, projects = Editions(parts.db), Projects(parts.db)
    return FormCases(editions), ProjectCases(editions, projects, Reviews(parts.db))

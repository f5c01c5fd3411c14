"""Documents: build, edit, publish, read."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_consultation.documents.store import Documents, Partners, Sources
from wsis_consultation.documents.use_cases.building import BuildingCases
from wsis_consultation.documents.use_cases.editing import EditingCases
from wsis_consultation.documents.use_cases.reading import ReadingCases
from wsis_consultation.editions.store import Editions
from wsis_consultation.settings import Settings


def compose(parts: Parts) -> tuple[BuildingCases, EditingCases, ReadingCases]:
    """The use cases with their collaborators; called once per process."""
    documents, editions = Documents(parts.db), Editions(parts.db)
    return (
        BuildingCases(documents, Sources(parts.db), Partners(parts.db), editions, Settings.load()),
        EditingCases(documents, editions),
        ReadingCases(documents, editions),
    )

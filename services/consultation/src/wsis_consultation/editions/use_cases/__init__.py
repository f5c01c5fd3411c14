"""What can be done with editions."""

from __future__ import annotations

from wsis_shared.parts import Parts
from wsis_shared.resources import load_object

from wsis_consultation.editions.store import Editions
from wsis_consultation.editions.use_cases.editions import EditionCases


def compose(parts: Parts) -> EditionCases:
    """The use cases with their collaborators; called once per process. The manifest knows the collections of all
    subjects."""
    collections = load_object("wsis_consultation.plugin:plugin").load("collections")
    return EditionCases(
        Editions(parts.db), others=(collection.name for collection in collections if collection.name != "editions")
    )

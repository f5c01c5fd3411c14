"""What can be done with editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared.resources import load_object
from wsis_shared.settings import Suite

from wsis_consultation.documents.store import Documents
from wsis_consultation.editions.store import Editions
from wsis_consultation.editions.use_cases.editions import EditionCases
from wsis_consultation.people.store import Contacts

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


def compose(parts: Parts) -> EditionCases:
    """The use cases with their collaborators; called once per process. The manifest knows the collections of all
    subjects."""
    collections = load_object("wsis_consultation.plugin:plugin").load("collections")
    return EditionCases(
        Editions(parts.db),
        Documents(parts.db),
        Contacts(parts.db),
        Suite.current().public_url.rstrip("/"),
        others=(collection.name for collection in collections if collection.name != "editions"),
    )

"""What can be done with phases and deadlines."""

from __future__ import annotations

from wsis_shared.parts import Parts
from wsis_shared.settings import Suite

from wsis_consultation.dates.use_cases.dates import DateCases
from wsis_consultation.documents.store import Documents
from wsis_consultation.editions.store import Editions
from wsis_consultation.meetings.store import Participants
from wsis_consultation.people.store import Contacts


def compose(parts: Parts) -> DateCases:
    """The use cases with their collaborators; called once per process."""
    db, public_url = parts.db, Suite.current().public_url.rstrip("/")
    return DateCases(Editions(db), Documents(db), Contacts(db), Participants(db), public_url)

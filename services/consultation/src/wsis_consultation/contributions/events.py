"""Events of contributions: what everybody may read, and no longer."""

from __future__ import annotations

from wsis_shared.events import EventType

from wsis_consultation.submissions.events import FACETS, RECEIVED_EXAMPLE, Received

CONTRIBUTION_PUBLISHED = EventType(
    "contribution_published",
    "Everybody may read a submission: its author consents",
    Received,
    RECEIVED_EXAMPLE,
    public=True,
    facets=FACETS,
)
CONTRIBUTION_UNPUBLISHED = EventType(
    "contribution_unpublished",
    "A submission is no longer public: its author has withdrawn the consent",
    Received,
    RECEIVED_EXAMPLE,
    public=True,
    facets=FACETS,
)

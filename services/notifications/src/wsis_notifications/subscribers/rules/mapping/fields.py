"""What a column of a list can be, and how its fields are read."""

from __future__ import annotations

FIELDS = (
    "email",
    "first_name",
    "last_name",
    "language",
    "format",
    "topics",
    "stakeholder_type",
    "country",
    "subscribed",
    "consent_at",
    "consent_source",
    "consent_text",
)
"""What a column can be. `subscribed` says who has left the list: they do not come in."""
NEEDED = ("email", "consent_at", "consent_source", "consent_text")
CONSTANTS = (
    "consent_at",
    "consent_source",
    "consent_text",
    "language",
    "format",
    "topics",
    "stakeholder_type",
    "country",
)
"""Fields that may have one value for all rows that say nothing."""
LISTS = ("topics",)
"""Fields that may have several columns."""
DATES = ("consent_at",)
PERSONAL = frozenset(("email", "first_name", "last_name"))
CODED = ("language", "format", "topics", "stakeholder_type", "country", "subscribed")
"""Fields of codes."""
ASKED = frozenset(("topics", "subscribed"))
"""Of these a value that is not understood refuses its row: who chose something gets no more than that."""

ACTIVE, LEFT = "active", "left"
SUBSCRIBED = (ACTIVE, LEFT)

"""Figures of readers as tables."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.tables import ENCODING_NAMES

from wsis_notifications.subscribers.rules.subscribers import STATES

# Part of the figures -> reference set with the titles of its codes.
SETS = {"languages": "languages", "topics": "newsletter_topics", "regions": "regions"}


def figures(values: Input, _locale: str) -> JsonObject:
    """The tables, and the last year of joins and departures, the newest first."""
    found = values["figures"]
    return {
        "states": STATES,
        "tables": [(name, kind, found[name]) for name, kind in SETS.items()],
        "months": found["months"][-12:][::-1],
    }


def encodings(_values: Input, _locale: str) -> JsonObject:
    """Encodings by their names, which are the same in all languages."""
    return {"encodings": ENCODING_NAMES}

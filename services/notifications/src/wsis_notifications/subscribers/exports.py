"""Titles beside the codes of the list of readers. Pure: the gateway loads it to write files."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.exports import labels

from wsis_notifications.subscribers.rules import topics

LABELS = labels(
    {
        "language": reference.language_name,
        "topics": topics.title,
        "stakeholder_type": lambda code, locale: reference.title(reference.stakeholder_type(code), locale),
        "country": reference.country_name,
        "region": lambda code, locale: reference.title(reference.itu_region(code), locale),
    }
)

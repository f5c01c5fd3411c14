"""Nominees as responses, and as events name them in public."""

from __future__ import annotations

from collections import Counter

from wsis_prizes.projects.rules import images
from wsis_prizes.projects.rules.projects import Project


def named(doc: Project) -> dict[str, object]:
    """A project as events name it in public."""
    return {
        "project": doc["_id"],
        "number": doc["number"],
        "category": doc["category"],
        "title": doc["title"],
        "organization": doc["organization"],
        "country": doc["country"],
    }


def nominee(doc: Project) -> dict[str, object]:
    """A project in the voters' list."""
    return {
        **named(doc),
        "language": doc.get("language"),
        "region": doc.get("region"),
        "short_description": doc["short_description"],
        "sdgs": [link["sdg"] for link in doc.get("sdgs", [])],
        "website": doc.get("website"),
        "image": images.of_nominee(doc),
    }


def nominee_page(doc: Project) -> dict[str, object]:
    """A nominee with all that the public may read."""
    more = ("edition", "sdgs", "impact", "partnerships", "challenges", "timeframe", "stakeholder_type")
    return {**nominee(doc), **{name: doc.get(name) for name in more}, "countries": doc.get("countries") or []}


def nomination_list(edition: str, waiting: list[Project], chosen: set[str], *, published: bool) -> dict[str, object]:
    """The list by figures."""
    return {
        "edition": edition,
        "nominated": len(chosen),
        "not_nominated": len(waiting) - len(chosen),
        "by_category": dict(Counter(row["category"] for row in waiting if row["_id"] in chosen)),
        "published": published,
    }

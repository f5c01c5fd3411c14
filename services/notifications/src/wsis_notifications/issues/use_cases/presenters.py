"""Issues as responses."""

from __future__ import annotations

from wsis_shared.json_types import JsonObject

from wsis_notifications.issues.rules import markdown
from wsis_notifications.issues.rules.contents import Issue, Section, in_language, sections
from wsis_notifications.issues.rules.lifecycle import content_of
from wsis_notifications.issues.rules.rendering import image_url, subject_of


def summary(issue: Issue, locale: str) -> JsonObject:
    """An issue in a list."""
    return {
        **{name: issue[name] for name in ("month", "topics", "languages", "sent_at", "state", "version", "created_at")},
        "id": issue["_id"],
        "number": issue.get("number"),
        "title": subject_of(issue, locale),
        "summary": in_language(issue["summary"], locale, issue["language"]),
    }


def to_readers(issue: Issue, locale: str, public_url: str) -> JsonObject:
    """An issue in the reader's language."""
    return {**summary(issue, locale), "sections": [_section(one, public_url) for one in sections(issue, locale)]}


def to_officers(issue: Issue) -> JsonObject:
    """An issue with all its texts."""
    return {
        **{name: issue[name] for name in ("number", "state", "version", "created_at", "sent_at", "images")},
        "id": issue["_id"],
        "content": content_of(issue),
    }


def _section(section: Section, public_url: str) -> JsonObject:
    image = section.image
    return {
        "kind": section.kind,
        "language": section.language,
        "title": section.title,
        "html": markdown.to_html(markdown.parse(section.text, public_url, section.language)),
        "image": image_url(image.id, public_url) if image else None,
        "alt": image.alt if image else "",
        "url": markdown.absolute(section.url, public_url) or None,
    }

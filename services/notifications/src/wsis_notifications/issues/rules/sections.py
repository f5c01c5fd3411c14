"""Kinds of sections of an issue, with titles in seven languages."""

from __future__ import annotations

from collections.abc import Iterator

from wsis_shared.translations import by_key


def rows() -> Iterator[dict[str, object]]:
    """The reference set `newsletter_sections`."""
    for code, title in by_key("wsis_notifications", "newsletter_sections").items():
        yield {"code": code, "title": dict(title)}

"""Topics of the newsletter: what readers choose, and what issues and segments name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wsis_shared.translations import by_key

_TITLES: Mapping[str, Mapping[str, str]] = by_key("wsis_notifications", "newsletter_topics")
TOPICS: tuple[str, ...] = tuple(_TITLES)


def rows() -> Iterator[dict[str, object]]:
    """The reference set `newsletter_topics`."""
    for code, title in _TITLES.items():
        yield {"code": code, "title": dict(title)}


def title(code: str, locale: str) -> str:
    """The title of a topic. Raises KeyError."""
    return _TITLES[code][locale]

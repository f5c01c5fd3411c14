"""How people read what an entry says: in which language, and its codes as words."""

from __future__ import annotations

from collections.abc import Mapping

from wsis_shared.json_types import Input

from wsis_stocktaking.register.rules.codes import short_code, title_of

# Field of a content -> the facet whose titles its codes have.
_FACETS = {
    "kind": "kind",
    "coverage": "coverage",
    "status": "status",
    "original_language": "language",
    "countries": "country",
    "regions": "region",
    "sdgs": "sdg",
    "targets": "target",
    "organization.type": "stakeholder_type",
    "organization.country": "country",
}


def read_in(content: Input, locale: str) -> str:
    """The reader's language where the entry has it, else the one in which it was written, else any."""
    title: Mapping[str, str] = content["title"]
    original = str(content["original_language"])
    return next((language for language in (locale, original, *title) if title.get(language)), original)


def named(facet: str, code: str, locale: str) -> str:
    """A code as people read it: "C1 · The role of ...", "3 · Good health", "Kenya"."""
    title, short = title_of(facet, code, locale), short_code(facet, code)
    if short is None or short == title:
        return title
    return f"{short.partition('.')[0] if facet == 'action_line' else short} · {title}"


def line(row: Input, locale: str) -> str:
    """An action line with its sub-themes."""
    themes = [title_of("sub_theme", f"{row['line']}.{code}", locale) for code in row["sub_themes"]]
    return ": ".join(filter(None, (named("action_line", row["line"], locale), ", ".join(themes))))


def told(field: str, value: object, locale: str) -> list[str]:
    """The value of a field of a content, a line for each of several: codes by their titles, texts as they are."""
    values = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return [_one(field, each, locale) for each in values]


def _one(field: str, value: object, locale: str) -> str:
    if field in _FACETS:
        return named(_FACETS[field], str(value), locale)
    if isinstance(value, Mapping):
        return line(value, locale) if "line" in value else str(value.get("url") or value.get("status") or "")
    return str(value)

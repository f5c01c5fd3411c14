"""The card of an entry: all that the public may read of it, as lists, exports, the index and reports take it; its
facets, and the light that says how old it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from wsis_stocktaking.register.rules import contents, entries, translations

# Facet -> how many values a card may have at it. Counts and filters use the same values.
FACETS = (
    "action_line",
    "sub_theme",
    "sdg",
    "target",
    "country",
    "region",
    "stakeholder_type",
    "kind",
    "coverage",
    "status",
    "year",
    "language",
    "prize",
    "edition",
)
PRIZES = ("nominated", "champion", "winner")


class Card(contents.Content):
    """All that the public may read of an entry. `revised_at` is when its revision became public."""

    entry: str
    revision: int
    sequence: int
    prize: entries.Prize | None
    published_at: datetime
    revised_at: datetime
    last_updated_at: datetime | None  # None: nobody knows
    translated_by: dict[str, str]  # by language of a translation


def card(entry: entries.PublicEntry) -> Card:
    """The card of an entry that is public: its content, and what the register knows of it."""
    content = entries.content_of(entry)
    return {
        "entry": entry["_id"],
        "revision": entry["revision"],
        "sequence": entry["sequence"],
        **content,
        "original_language": contents.language_of(content),
        "regions": contents.regions_of(content),
        "prize": entry.get("prize"),
        "published_at": entry["published_at"],
        "revised_at": entry["revised_at"],
        "last_updated_at": entry.get("last_updated_at", entry["revised_at"]),
        "translated_by": translations.translated_by(content, entry.get("by_secretariat", ())),
    }


def facet_values(card: Card, year: int) -> dict[str, list[str]]:
    """Facet -> the codes of a card, all as text: {"sdg": ["2"], "sub_theme": ["C1.partnerships"], ...}. An ongoing
    activity without an end runs to `year`, this year, whenever it came into the register."""
    lines = card["action_lines"]
    return {
        "action_line": [named["line"] for named in lines],
        "sub_theme": [f"{named['line']}.{code}" for named in lines for code in named["sub_themes"]],
        "sdg": [str(number) for number in card["sdgs"]],
        "target": list(card["targets"]),
        "country": list(card["countries"]),
        "region": list(card["regions"]),
        "stakeholder_type": [card["organization"]["type"]],
        "kind": [card["kind"]],
        "coverage": [card["coverage"]],
        "status": [card["status"]],
        "year": [str(year) for year in contents.years_of(card, year)],
        "language": sorted(card["title"]),
        "prize": [card["prize"]["status"]] if card["prize"] else [],
        "edition": [card["prize"]["edition"]] if card["prize"] else [],
    }


GREEN, YELLOW, RED, UNKNOWN = LIGHTS = ("green", "yellow", "red", "unknown")
YELLOW_YEARS, RED_YEARS = 1, 2  # since the last update
DAYS_OF_YEAR = 365.2425


def before(moment: datetime, years: float) -> datetime:
    """The moment so many years earlier."""
    return moment - timedelta(days=years * DAYS_OF_YEAR)


def light(last_updated_at: datetime | None, now: datetime) -> str:
    """Green until it is YELLOW_YEARS old, yellow until it is RED_YEARS old, then red; unknown without a date."""
    if last_updated_at is None:
        return UNKNOWN
    if last_updated_at < before(now, RED_YEARS):
        return RED
    return YELLOW if last_updated_at < before(now, YELLOW_YEARS) else GREEN

"""What exports of the register say beside its codes: their titles, and the terms of use. Pure: the gateway loads it to
write files, without nameko and pymongo."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from wsis_shared import reference
from wsis_shared.exports import ExportLabels, ExportSource, ExportTerms
from wsis_shared.json_types import Input
from wsis_shared.sentences import Sentences

from wsis_stocktaking.exchange.linked_data.catalogue import PUBLISHER
from wsis_stocktaking.exchange.linked_data.conditions import contact_page, licence
from wsis_stocktaking.register.rules.readers import named

_SAY, _PAGES = Sentences("wsis_stocktaking", "exchange"), Sentences("wsis_stocktaking", "pages")
_REPORTS = Sentences("wsis_stocktaking", "reports")

# Column of a card -> the facet whose titles its codes have.
_FACETS = {
    "original_language": "language",
    "organization.type": "stakeholder_type",
    "organization.country": "country",
    "kind": "kind",
    "coverage": "coverage",
    "countries": "country",
    "regions": "region",
    "status": "status",
    "action_lines": "action_line",
    "action_lines.sub_themes": "sub_theme",
    "sdgs": "sdg",
    "prize.category": "action_line",
    "prize.status": "prize",
    "freshness": "freshness",
}
_PATHS = {column: tuple(column.split(".")) for column in _FACETS if not column.startswith("action_lines")}


def titles(card: Input, language: str) -> dict[str, list[str]]:
    """The titles of the codes of a card by column; of a list with selected fields, of those that it has."""
    lines = card.get("action_lines") or ()
    codes: dict[str, tuple[object, ...]] = {
        **{column: _codes(card, path) for column, path in _PATHS.items()},
        "action_lines": tuple(line["line"] for line in lines),
        "action_lines.sub_themes": tuple(f"{line['line']}.{code}" for line in lines for code in line["sub_themes"]),
    }
    return {column: _titles(facet, codes[column], language) for column, facet in _FACETS.items() if codes[column]}


def titles_of_change(change: Input, language: str) -> dict[str, list[str]]:
    """The same of a change in the register, whose card may be missing."""
    return {f"card.{column}": found for column, found in titles(change.get("card") or {}, language).items()}


def _codes(card: Input, path: tuple[str, ...]) -> tuple[object, ...]:
    value: object = card
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return tuple(value) if isinstance(value, list) else () if value in (None, "") else (value,)


@lru_cache(maxsize=4096)
def _titles(facet: str, codes: tuple[object, ...], language: str) -> list[str]:
    """Of these codes; shared, never to be changed."""
    return [_title(facet, str(code), language) for code in codes]


def _title(facet: str, code: str, language: str) -> str:
    """A prize may have been won in a category that is no action line: it has no title here."""
    if facet == "freshness":
        return _PAGES(f"freshness_{code}", language)
    return code if facet == "action_line" and not reference.is_action_line(code) else named(facet, code, language)


def terms(source: ExportSource) -> ExportTerms:
    """Where a file comes from, and under which terms it may be used."""
    language = source.locale
    statements = (
        ("source", _SAY("register_title", language)),
        ("publisher", str(PUBLISHER["foaf:name"])),
        ("address", source.url),
        ("made_at", f"{source.made_at:%Y-%m-%d %H:%M} UTC"),
        ("licence", licence() or _SAY("no_licence", language)),
        ("rights", _REPORTS("disclaimer_text", language)),
        ("contact", contact_page(source.base_url)),
        ("columns", _SAY("columns_text", language)),
    )
    return ExportTerms(
        licence=licence(),
        described_by=f"{source.base_url}/v1/entry-catalogue",
        title=_SAY("about_file", language),
        statements=tuple((_SAY(f"file_{name}", language), text) for name, text in statements),
    )


LABELS = ExportLabels(tuple(_FACETS), titles)
CHANGE_LABELS = ExportLabels(tuple(f"card.{column}" for column in _FACETS), titles_of_change)

"""What exports of the register say beside its codes: their titles, and the terms of use. Pure: the gateway loads it to
write files, without nameko and pymongo."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial

from wsis_shared import reference
from wsis_shared.exports import ExportLabels, ExportSource, ExportTerms, codes_of, labels
from wsis_shared.json_types import Input
from wsis_shared.sentences import Sentences

from wsis_stocktaking.exchange.linked_data.catalogue import PUBLISHER
from wsis_stocktaking.exchange.linked_data.conditions import terms_of_use
from wsis_stocktaking.register.rules.readers import named

_SAY, _PAGES = Sentences("wsis_stocktaking", "exchange"), Sentences("wsis_stocktaking", "pages")

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
_LINES = "action_lines"
_LINK = {"line": "action_line", "sdg": "sdg"}
_EVIDENCE = {"original_language": "language", "countries": "country", "kind": "kind", "prize": "prize"}
_OWN = {"visibility": "visibility", "state": "draft", "source": "source", "freshness": "freshness"}
_REVIEW = {
    **_OWN,
    "stakeholder_type": "stakeholder_type",
    "action_lines": "action_line",
    "countries": "country",
}
_CALL = {"state": "call", "action_lines": "action_line", "regions": "region"}
# Facets whose titles are texts of the pages -> how the names of these texts begin.
_WORDS = {
    "freshness": "freshness",
    "visibility": "state",
    "draft": "state",
    "source": "source",
    "call": "call_state",
}


def titles(card: Input, language: str) -> dict[str, list[str]]:
    """The titles of the codes of a card by column; of a list with selected fields, of those that it has."""
    lines = card.get(_LINES) or ()
    of_lines: dict[str, object] = {
        _LINES: [line["line"] for line in lines],
        f"{_LINES}.sub_themes": [f"{line['line']}.{code}" for line in lines for code in line["sub_themes"]],
    }
    found = {column: of_lines.get(column, _value(card, column)) for column in _FACETS}
    return {
        column: _titles(facet, codes_of(found[column]), language) for column, facet in _FACETS.items() if found[column]
    }


def titles_of_change(change: Input, language: str) -> dict[str, list[str]]:
    """The same of a change in the register, whose card may be missing."""
    return {f"card.{column}": found for column, found in titles(change.get("card") or {}, language).items()}


def _labels(facets: Mapping[str, str]) -> ExportLabels:
    """Of items whose columns have the codes of these facets."""
    return labels({column: partial(_title, facet) for column, facet in facets.items()})


def _value(card: Input, column: str) -> object:
    value: object = card
    for key in column.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


@lru_cache(maxsize=4096)
def _titles(facet: str, codes: tuple[object, ...], language: str) -> list[str]:
    """Of these codes; shared, never to be changed."""
    return [_title(facet, str(code), language) for code in codes]


def _title(facet: str, code: str, language: str) -> str:
    """A prize may have been won in a category that is no action line: it has no title here."""
    if facet in _WORDS:
        return _PAGES(f"{_WORDS[facet]}_{code}", language)
    return code if facet == "action_line" and not reference.is_action_line(code) else named(facet, code, language)


def terms(source: ExportSource) -> ExportTerms:
    """Where a file comes from, and under which terms it may be used."""
    language = source.locale
    use = terms_of_use(source.base_url, language)
    statements = (
        ("source", _SAY("register_title", language)),
        ("publisher", str(PUBLISHER["foaf:name"])),
        ("address", source.url),
        ("made_at", f"{source.made_at:%Y-%m-%d %H:%M} UTC"),
        ("licence", use["licence"] or _SAY("no_licence", language)),
        ("rights", use["rights"]),
        ("contact", use["contact"]),
        ("columns", _SAY("columns_text", language)),
    )
    return ExportTerms(
        licence=use["licence"],
        described_by=use["described_by"],
        title=_SAY("about_file", language),
        statements=tuple((_SAY(f"file_{name}", language), text) for name, text in statements),
    )


LABELS = ExportLabels(tuple(_FACETS), titles)
LINK_LABELS, EVIDENCE_LABELS = _labels(_LINK), _labels(_EVIDENCE)
OWN_LABELS, REVIEW_LABELS, REVISION_LABELS = _labels(_OWN), _labels(_REVIEW), _labels({"source": "source"})
CALL_LABELS, PROPOSAL_LABELS = _labels(_CALL), _labels({"line": "action_line"})
CHANGE_LABELS = ExportLabels(tuple(f"card.{column}" for column in _FACETS), titles_of_change)

"""What the page of a mapping makes of it: rows with a field to choose, and values with their codes."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.imports.rules.mapping.fields import CONSTANTS, DATES, FIELDS, GROUPS, TEXTS
from wsis_stocktaking.register.rules import codes

MAX_WIDE = 60  # columns up to which each may get a second field: the page of more would be too large
_FACETS = {
    "kind": "kind",
    "coverage": "coverage",
    "status": "status",
    "organization.type": "stakeholder_type",
    "organization.country": "country",
    "original_language": "language",
    "countries": "country",
    "regions": "region",
    "action_lines": "action_line",
    "sdgs": "sdg",
}
_CODES = {
    "country": lambda: [country.code for country in reference.countries()],
    "language": lambda: list(LOCALES),
}


def mapping(values: Input, locale: str) -> JsonObject:
    """`columns`, `constants` and `unknown` values as rows of the form; `fields` that can be chosen, by their labels."""
    found = values["mapping"]
    wide = len(found["columns"]) <= MAX_WIDE
    constants = {each["field"]: each["value"] for each in found["constants"]}
    known = {(each["field"], each["value"]) for each in found["values"]}
    return {
        "fields": [(name, label_of(name), name.partition(".")[2] if is_text(name) else "") for name in FIELDS],
        "columns": [
            {**each, "is_date": each["field"] in DATES or each["also"] in DATES, "is_wide": wide}
            for each in found["columns"]
        ],
        "constants": [
            {"field": name, "label": label_of(name), "value": constants.get(name, ""), "choices": choices(name, locale)}
            for name in CONSTANTS
        ],
        "known": [_value({**each, "says_nothing": not each["codes"]}, locale) for each in found["values"]],
        "unknown": [
            _value({**row, "codes": row.get("likely") or []}, locale)
            for row in values["unread"]["items"]
            if row["value"] and row["field"] in GROUPS and (row["field"], row["value"]) not in known and _is_word(row)
        ],
        "missing": [label_of(name) for name in found.get("missing") or []],
    }


def _is_word(row: Input) -> bool:
    """Was the value not understood, rather than not valid?"""
    return str(row["code"]).endswith(("import_value_left_out", "import_value_unread"))


def _value(row: Input, locale: str) -> JsonObject:
    return {**row, "label": label_of(row["field"]), "choices": choices(row["field"], locale)}


def is_text(name: str) -> bool:
    """Is it a text in one language?"""
    return name.partition(".")[0] in TEXTS and "." in name


def label_of(name: str) -> str:
    """The key of the text that names a field."""
    first = name.partition(".")[0]
    return f"label_{first}" if first in (*TEXTS, "countries", "links") else f"label_{name.replace('.', '_')}"


def choices(name: str, locale: str) -> dict[str, str]:
    """The codes of a field with their titles; none where it is a text."""
    facet = _FACETS.get(name)
    if facet is None:
        return {}
    listed = _CODES.get(facet, lambda: list(codes.listed(facet)))()
    titles = {code: codes.title_of(facet, code, locale) for code in codes.in_order(facet, listed, locale)}
    short = {code: codes.short_code(facet, code) for code in titles}
    return {code: f"{short[code]} {title}" if short[code] else title for code, title in titles.items()}

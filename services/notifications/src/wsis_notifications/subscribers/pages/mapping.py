"""What the pages of a mapping make of it: rows with a field to choose, and values with their codes."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.schemas import LOCALES

from wsis_notifications.subscribers.rules.mapping.fields import CODED, CONSTANTS, DATES, FIELDS, SUBSCRIBED
from wsis_notifications.subscribers.rules.subscribers import FORMATS
from wsis_notifications.subscribers.rules.topics import TOPICS

LABELS = {"stakeholder_type": "stakeholder_type"}  # of the kit of pages; the others are `label_<field>`
TITLES = {
    "language": "languages",
    "country": "countries",
    "stakeholder_type": "stakeholder_types",
    "topics": "newsletter_topics",
}
"""Fields with the reference set that has the titles of their codes."""
LONG = ("consent_text",)


def mapping(values: Input, _locale: str) -> JsonObject:
    """`columns`, `constants` and `unknown` values as rows of the form; `fields` that can be chosen, by their labels;
    `codes` of each field, and the reference sets with their `titles`."""
    found = values["mapping"]
    constants = {each["field"]: each["value"] for each in found["constants"]}
    known = {(each["field"], each["value"]) for each in found["values"]}
    return {
        "fields": [(name, label_of(name)) for name in FIELDS],
        "columns": [{**each, "is_date": each["field"] in DATES} for each in found["columns"]],
        "constants": [
            {"field": name, "label": label_of(name), "value": constants.get(name, ""), "is_long": name in LONG}
            for name in CONSTANTS
        ],
        "known": [
            {**each, "label": label_of(each["field"]), "says_nothing": not each["codes"]} for each in found["values"]
        ],
        "unknown": [
            {**row, "label": label_of(row["field"]), "codes": row.get("likely") or []}
            for row in values["unread"]["items"]
            if row["value"] and row["field"] in CODED and (row["field"], row["value"]) not in known and _is_word(row)
        ],
        "missing": [label_of(name) for name in found.get("missing") or []],
        "titles": TITLES,
        "codes": {
            "language": LOCALES,
            "country": [country.code for country in reference.countries()],
            "stakeholder_type": [kind.code for kind in reference.stakeholder_types()],
            "topics": TOPICS,
            "format": FORMATS,
            "subscribed": SUBSCRIBED,
        },
    }


def unread(values: Input, _locale: str) -> JsonObject:
    """Values that were not understood, with the labels of their fields, and what `may` be done."""
    found = values["shown"]
    has_file = bool(found.get("file_until")) and not found.get("application")
    return {
        "values": [{**row, "label": label_of(row["field"])} for row in (values.get("unread") or {}).get("items", ())],
        "may_map": has_file and found.get("reading") is not None,
        "may_apply": has_file and found.get("mapping_state") != "proposed" and bool(found["counts"].get("created")),
    }


def _is_word(row: Input) -> bool:
    """Was the value not understood, rather than one too many?"""
    return str(row["code"]).endswith(("import_value_left_out", "import_value_unread"))


def label_of(name: str) -> str:
    """The key of the text that names a field."""
    return LABELS.get(name, f"label_{name}")

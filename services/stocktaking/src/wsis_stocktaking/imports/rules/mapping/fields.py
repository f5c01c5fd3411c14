"""What a column of a register can be, and how its fields are read."""

from __future__ import annotations

from wsis_shared.schemas import LOCALES

TEXTS = ("title", "description")
OWN_LANGUAGE = tuple(f"{name}.{locale}" for name in TEXTS for locale in LOCALES)
PLAIN_FIELDS = (
    "import_key",
    *TEXTS,
    "original_language",
    "organization.name",
    "organization.type",
    "organization.country",
    "organization.website",
    "kind",
    "coverage",
    "countries",
    "regions",
    "status",
    "start_date",
    "end_date",
    "action_lines",
    "sdgs",
    "partners",
    "keywords",
    "links",
    "contact.name",
    "contact.email",
    "last_updated_at",
)
FIELDS = (*PLAIN_FIELDS, *OWN_LANGUAGE)
"""What a column can be: `title` in the original language, `sdgs` with targets, `action_lines` with sub-themes."""
CONSTANTS = (
    "original_language",
    "organization.name",
    "organization.type",
    "organization.country",
    "kind",
    "coverage",
    "countries",
    "regions",
    "status",
    "action_lines",
)
"""Fields that may have one value for all rows that say nothing."""
LISTS = ("countries", "regions", "action_lines", "sdgs", "partners", "keywords", "links")
"""Fields that may have several columns."""
DATES = ("start_date", "end_date", "last_updated_at")
PAIRS = {"period": ("start_date", "end_date"), "contact": ("contact.name", "contact.email")}
"""Columns with two fields, by their name in `data/import_columns.yaml`."""
PERSONAL = frozenset(("contact.name", "contact.email"))

GROUPS = {
    "kind": "kinds",
    "coverage": "coverages",
    "status": "statuses",
    "organization.type": "stakeholder_types",
    "organization.country": "countries",
    "original_language": "languages",
    "countries": "countries",
    "regions": "regions",
    "action_lines": "action_lines",
    "sdgs": "sdgs",
}
"""Fields of codes with the group of their words."""
SINGLE = frozenset(("kind", "coverage", "status", "organization.type", "organization.country", "original_language"))
"""Of these a row has one code."""

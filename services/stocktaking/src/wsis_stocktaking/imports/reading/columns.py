"""The table of an import: the columns of an export of the register, and what a row of it says.

Lists are joined by "; ". Action lines are codes ("C1; C7.e-health") with their sub-themes in a column of their own
("C1.partnerships"), or the objects of an export. A sub-theme implies its line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from wsis_shared.json_types import JsonObject
from wsis_shared.mapping.documents import Problem
from wsis_shared.schemas import LOCALES
from wsis_shared.tables import FaultyCell, NumberCell

from wsis_stocktaking.exchange.files import LABELS
from wsis_stocktaking.imports.reading import refused

TEXTS = ("title", "description")
PLAIN = ("original_language", "kind", "coverage", "status", "start_date", "end_date")
LISTS = ("countries", "regions", "sdgs", "targets", "partners", "keywords")
NESTED = ("organization", "contact")
ENTRY, IMPORT_KEY, CONTACT, UPDATED = "entry", "import_key", "contact", "last_updated_at"
EMAIL = f"{CONTACT}.email"
KEYS = (ENTRY, IMPORT_KEY)
UNREAD = (
    "revision",
    "sequence",
    "prize",
    "prize.edition",
    "prize.category",
    "prize.status",
    "published_at",
    "translated_by",
    "revised_at",
    "freshness",
    "licence",
    "labels",
    *(f"{column}.label" for column in LABELS.columns),
    "row",
    "reasons",
)
"""Columns of an export that the register itself knows, titles beside codes, and those that a file of refused rows has
in front."""
_NAMES = {"organization": ("name", "type", "country", "website"), "contact": ("name", "email")}
COLUMNS = (
    *KEYS,
    *(f"{name}.{locale}" for name in TEXTS for locale in LOCALES),
    *PLAIN,
    *LISTS,
    *(f"{name}.{part}" for name in NESTED for part in _NAMES[name]),
    "action_lines",
    "sub_themes",
    "links",
    UPDATED,
)
KNOWN = frozenset((*COLUMNS, *UNREAD))
_NO_CONTENT = frozenset((*UNREAD, *KEYS, UPDATED))
_REQUIRED = ("organization.name", "organization.type", "kind", "coverage", "status", "action_lines")

NOT_OBJECTS = "Not a list of codes, or of objects as in an export."
NO_VALUE = "The cell has an error, or a formula without a value: {value}"
LOST_ZERO = "The number {code} may have been {whole}: make the cell a text."
ERRORS = frozenset(("=", "#REF!", "#VALUE!", "#N/A", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"))
"""Cells without a value, where a file has them as texts: one that was corrected elsewhere, or saved as CSV."""
MAX_REFUSED = 300_000  # characters of a refused row that are kept
_SHORTENED = ("8.1", "16.1", "17.1")  # also codes of targets with another zero


class ColumnsMissing(Exception):
    """The columns are not those of an export of ours."""


class Header:
    """Which column is where. Raises ColumnsMissing, TableRefused for a column that is there twice."""

    def __init__(self, cells: Sequence[str]) -> None:
        names = [cell.strip().lower() for cell in cells]
        self.places = {name: place for place, name in enumerate(names) if name in KNOWN}
        named = [cell.strip() for cell in cells if cell.strip()]
        self.unknown = [name[:80] for name in named if name.lower() not in KNOWN]
        missing = [name for name in _REQUIRED if name not in self.places]
        groups = [KEYS, *([f"{name}.{locale}" for locale in LOCALES] for name in TEXTS)]  # one of each is needed
        if missing or any(self.places.keys().isdisjoint(group) for group in groups):
            raise ColumnsMissing
        if repeated := next((name for name in self.places if names.count(name) > 1), None):
            raise refused("columns_repeated", column=repeated)

    def row(self, cells: Sequence[str]) -> dict[str, str]:
        """The cells of a row that have a value, by column."""
        return {name: cells[place] for name, place in self.places.items() if place < len(cells) and cells[place]}


def content_of(row: Mapping[str, str]) -> tuple[JsonObject, list[Problem]]:
    """What a row says, as the schema of contents takes it, and what cannot be read."""
    problems: list[Problem] = [
        (name, NO_VALUE.format(value=cell), cell)
        for name, cell in row.items()
        if isinstance(cell, FaultyCell) or cell in ERRORS
    ]
    content: dict[str, Any] = {name: {} for name in TEXTS}
    for name, cell in row.items():
        first, _, rest = name.partition(".")
        if name in _NO_CONTENT or first == CONTACT:
            continue
        if rest:
            content.setdefault(first, {})[rest] = cell
        elif name in LISTS:
            content[name] = [part for part in map(str.strip, cell.split(";")) if part]
        elif name in PLAIN:
            content[name] = cell.strip()
    if isinstance(code := row.get("targets"), NumberCell) and code in _SHORTENED:
        problems.append(("targets", LOST_ZERO.format(code=code, whole=f"{code}0"), code))
    content["sdgs"] = [int(part) if part.isdecimal() and len(part) < 4 else part for part in content.get("sdgs", ())]
    for name, key in (("action_lines", "line"), ("links", "url")):
        try:
            content[name] = _objects(row.get(name, ""), key)
        except (ValueError, RecursionError):
            problems.append((name, NOT_OBJECTS, row[name]))
    for theme in filter(None, map(str.strip, row.get("sub_themes", "").split(";"))):
        line, _, code = theme.rpartition(".")
        content.setdefault("action_lines", []).append({"line": line, "sub_themes": [code]})
    if "original_language" not in content and len(content["title"]) == 1:
        content["original_language"] = next(iter(content["title"]))
    return content, problems


def remarks_of(row: Mapping[str, str]) -> JsonObject:
    """What a row says of an entry beside its content."""
    contact = {part: row[f"{CONTACT}.{part}"] for part in _NAMES[CONTACT] if f"{CONTACT}.{part}" in row}
    return {**({CONTACT: contact} if contact else {}), **({UPDATED: row[UPDATED]} if UPDATED in row else {})}


def to_be_corrected(row: Mapping[str, str]) -> dict[str, str]:
    """The cells of a row that is refused. A code that has lost its zero stays refused until somebody chooses."""
    code = row.get("targets")
    is_shortened = isinstance(code, NumberCell) and code in _SHORTENED
    return {**row, **({"targets": f"{code} / {code}0"} if is_shortened else {})}


def cells_of(item: JsonObject) -> dict[str, str]:
    """An item of a JSON file as the cells of a row: what the columns of an export would have."""
    cells = {}
    for name in COLUMNS:
        first, _, rest = name.partition(".")
        value = item.get(first)
        if rest:
            value = value.get(rest) if isinstance(value, Mapping) else None
        if value not in (None, "", [], {}):
            cells[name] = "; ".join(map(_text, value)) if isinstance(value, list) else _text(value)
    return cells


def nested(cells: Mapping[str, str]) -> JsonObject:
    """The cells as an object: {"title": {"en": ...}}."""
    parts: dict[str, dict[str, str]] = {}
    for name, cell in cells.items():
        first, _, rest = name.partition(".")
        if rest:
            parts.setdefault(first, {})[rest] = cell
    return {**{name: cell for name, cell in cells.items() if "." not in name}, **parts}


def bounded(cells: Mapping[str, str]) -> dict[str, str]:
    """The cells that are kept of a refused row: of a huge one its key alone."""
    known = {name: cell for name, cell in cells.items() if name in COLUMNS}
    if sum(map(len, known.values())) <= MAX_REFUSED:
        return known
    return {name: known[name] for name in KEYS if name in known and len(known[name]) <= MAX_REFUSED}


def _text(value: object) -> str:
    if isinstance(value, float):  # a code as a number: refused again until somebody chooses
        return f"{value} / {value}0"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _objects(cell: str, key: str) -> list[object]:
    cell = cell.strip()
    if not cell.startswith("{"):
        return [{key: part} for part in map(str.strip, cell.split(";")) if part]
    found, place, decoder = [], 0, json.JSONDecoder()
    while place < len(cell):
        item, place = decoder.raw_decode(cell, place)
        found.append(item)
        if cell[place:] and not cell.startswith("; ", place):
            raise ValueError
        place += 2
    return found

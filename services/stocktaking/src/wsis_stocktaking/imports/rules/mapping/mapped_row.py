"""A row as it is understood, with what was left out of it and why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from wsis_shared.json_types import JsonObject
from wsis_shared.mapping.documents import UNREAD, UNREAD_CODE, Problem
from wsis_shared.mapping.words import fold

from wsis_stocktaking.imports.rules.mapping.fields import TEXTS

NO_DATE = "Not a date: left out."
NO_LINK = "Not an address of the web: left out."
NO_EMAIL = "Not an email address: left out."
SEVERAL = "More than one value: the first one counts."
TOO_LONG = "Longer than {count} characters: cut."
TOO_MANY = "More than {count}: the others are left out."
LOST_ZERO = "The number {code} may have been {whole}: only its goal was read."
NO_VALUE = "The cell has an error, or a formula without a value: left out."
PLACE_OF_ORGANIZATION = "No country: that of the organization was taken."
DERIVED = "Taken from the rest of the row."

WARNINGS = (
    UNREAD,
    UNREAD_CODE,
    NO_DATE,
    NO_LINK,
    NO_EMAIL,
    SEVERAL,
    TOO_LONG,
    TOO_MANY,
    LOST_ZERO,
    NO_VALUE,
    PLACE_OF_ORGANIZATION,
    DERIVED,
)

REQUIRED_CODES = frozenset(("organization.type", "kind", "coverage", "status", "action_lines"))


@dataclass
class MappedRow:
    """A row as it is understood. `reach` is the coverage that its places say, "Global". `cells` is the same as columns
    of an import, to be corrected where it is refused."""

    key: str = ""
    language: str = "en"
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    organization: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    last_updated_at: str | None = None
    is_open: bool = False
    reach: str | None = None
    warnings: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> JsonObject:
        """What the schema of contents takes."""
        return {
            **self.texts,
            **self.plain,
            **self.lists,
            "original_language": self.language,
            "organization": self.organization,
            "action_lines": [_named_line(code) for code in self.lists["action_lines"]],
            "sdgs": [int(code) for code in self.lists["sdgs"]],
            "links": [{"url": url} for url in self.lists["links"]],
        }

    def warn(self, name: str, message: str, value: object = None) -> None:
        """Something is left out, or taken in another way."""
        self.warnings.append((name, message, value))


def _is_theme(code: str) -> bool:
    """Is it a sub-theme, C1.partnerships? The lines of C7 have a point too."""
    return "." in code and not code.startswith("C7")


def _named_line(code: str) -> JsonObject:
    if not _is_theme(code):
        return {"line": code}
    line, _, theme = code.partition(".")
    return {"line": line, "sub_themes": [theme]}


def to_cells(found: MappedRow) -> dict[str, str]:
    """The row as the columns of an import: what was understood as it would be written there, the rest as it came."""
    cells = {f"{name}.{language}": text for name in TEXTS for language, text in found.texts[name].items()}
    cells |= {f"organization.{part}": text for part, text in found.organization.items()}
    cells |= {"original_language": found.language, **found.plain}
    cells |= {name: "; ".join(codes) for name, codes in found.lists.items()}
    lines = found.lists["action_lines"]
    cells["action_lines"] = "; ".join(code for code in lines if not _is_theme(code))
    cells["sub_themes"] = "; ".join(code for code in lines if _is_theme(code))
    cells |= {f"contact.{part}": text for part, text in found.contact.items()}
    if found.last_updated_at:
        cells["last_updated_at"] = found.last_updated_at
    for name, _, value in found.problems:
        if isinstance(value, str) and name in REQUIRED_CODES:
            cells[name] = "; ".join(filter(None, (cells.get(name, ""), value)))
    return {name: text for name, text in cells.items() if text}


def key_of(row: MappedRow) -> str:
    """The key of a row that has none: the same for the same title and organization."""
    texts = (*sorted(row.texts["title"].values()), row.organization["name"])
    return f"row-{hashlib.sha256('/'.join(map(fold, texts)).encode()).hexdigest()[:16]}"

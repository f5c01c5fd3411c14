"""Imports of an existing register: what a row of a file does to the register, and the state of an import.

Registers number their rows 1, 2, 3, so a key says nothing without its source: the code of the register it is of.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import clock
from wsis_shared import import_states as states
from wsis_shared.import_states import Import
from wsis_shared.json_types import Input
from wsis_shared.mapping.documents import Problem

from wsis_stocktaking.imports.rules.likely import LikelyDuplicate
from wsis_stocktaking.register.rules import entries
from wsis_stocktaking.register.rules.contents import Content, Difference
from wsis_stocktaking.register.rules.entries import Entry

CREATED, UPDATED, PROPOSED = "created", "updated", "proposed"
UNCHANGED, REFUSED = "unchanged", "refused"
COUNTS = (CREATED, UPDATED, PROPOSED, UNCHANGED, REFUSED)

# Why a row that is sound stays without effect.
EDITED = "Somebody edited the entry since it was imported: it stays as it is."
DRAFTED = "A draft of the entry waits: it stays as it is."
WITHDRAWN = "The entry was withdrawn or merged: it stays as it is."
FOREIGN = "The entry was not imported: it stays as it is."
OTHER_SOURCE = "The entry is of the register {source}: it stays as it is."
UNSOURCED = "The entry was imported without a source: import with adopt_unsourced, if it is of this register."

SAMPLE_ROWS = 5


class RowContact(TypedDict):
    """Whom a row says to ask."""

    name: str | None
    email: str | None


class Outcome(TypedDict):
    """What a row of a file is: sound, with a content, or refused, with problems and its cells as it came. `warnings`
    say what of it was left out."""

    row: int
    key: str
    entry: NotRequired[str]
    content: NotRequired[Content]
    digest: NotRequired[str]
    contact: NotRequired[RowContact | None]
    last_updated_at: NotRequired[str | None]
    problems: NotRequired[Sequence[Problem]]
    warnings: NotRequired[Sequence[Problem]]
    cells: NotRequired[dict[str, str]]


class Reversal(TypedDict):
    """The reversal of an import: its last job, and how many changes it undid and left."""

    state: str
    job: str
    at: datetime
    reverted: int
    left: int


class RegisterImport(Import):
    """An import of a register. Of the first and last `sequence` that its rows took; `named_encoding` is the encoding of
    before `options`. What counts rows apart came later. `uncorrected_since` is there while it has refused rows that no
    later import of its source has brought. Of a dry run, `likely` new rows are likely duplicates, the first of which
    are `duplicates`."""

    adopt_unsourced: NotRequired[bool]
    unsourced: NotRequired[int]
    size: int
    by: str | None
    format: str | None
    unread_sheets: list[str]
    sample: list[dict[str, str]]
    first_sequence: int | None
    last_sequence: int | None
    changes: NotRequired[int]
    refused_rows: NotRequired[int]
    uncorrected_since: NotRequired[datetime]
    likely: NotRequired[int]
    duplicates: NotRequired[list[LikelyDuplicate]]
    reversal: Reversal | None


class Former(TypedDict):
    """What an import said before of an entry."""

    digest: str
    last_updated_at: datetime | None


class Change(TypedDict):
    """What a row made of an entry. Unless it is of a dry run, `version` is the one of the entry that the import wrote,
    and `reversal` None, REVERTED or LEFT."""

    row: int
    key: str
    entry: str
    decision: str
    differences: list[Difference]
    former: Former | None
    version: NotRequired[int]
    revision: NotRequired[int]
    reversal: NotRequired[str | None]


class StoredChange(Change):
    """A change in the order of the file."""

    _id: str
    number: int


def new(id: str, upload: Input, body: Input, *, by: str | None, at: datetime) -> RegisterImport:
    """An import that waits for its job, whose id is its own."""
    return {
        **states.new(id, upload, COUNTS, body, at),  # type: ignore[typeddict-item]  # has no `uncorrected_since`
        "named_encoding": body.get("encoding"),
        "adopt_unsourced": bool(body.get("adopt_unsourced")),
        "unsourced": 0,
        "size": upload["size"],
        "by": by,
        "format": None,
        "unread_sheets": [],
        "sample": [],
        "first_sequence": None,
        "last_sequence": None,
        "changes": 0,
        "refused_rows": 0,
        "likely": 0,
        "duplicates": [],
        "reversal": None,
    }


def entry_id(source: str | None, key: str) -> str:
    """The entry of a key of a source: always the same, so that none is made twice. None: as imports of before sources
    named it."""
    name = f"stocktaking/import/{key}" if source is None else f"stocktaking/register/{source}/{key}"
    return uuid.uuid5(uuid.NAMESPACE_URL, name).hex


def former_id(outcome: Outcome) -> str | None:
    """The entry that an import of before sources would have made of a row; None where the row names its entry."""
    return None if outcome["entry"] == outcome["key"] else entry_id(None, outcome["key"])


def target(stored: Mapping[str, Entry], outcome: Outcome, found: RegisterImport) -> str:
    """The entry that a row is about: the one of its key, or one of before sources that is of this source, or that
    this import adopts."""
    former = former_id(outcome)
    if former is None or former not in stored or outcome["entry"] in stored:
        return str(outcome["entry"])
    return former if stored[former].get("imported") and is_of_source(stored[former], found) else str(outcome["entry"])


def is_unsourced(entry: Entry | None) -> bool:
    """Was it imported before imports had a source?"""
    return bool(entry and entry.get("imported") and entry.get("import_source") is None)


def is_of_source(entry: Entry, found: RegisterImport) -> bool:
    """Is an imported entry of the register of this import?"""
    if entry.get("import_source") is None:
        return found.get("source") is None or bool(found.get("adopt_unsourced"))
    return bool(entry["import_source"] == found.get("source"))


def decide(entry: Entry | None, outcome: Outcome, found: RegisterImport) -> tuple[str, str | None]:
    """What a sound row does: CREATED, UPDATED, PROPOSED, UNCHANGED, or REFUSED with the reason. `entry` is what is
    stored under its key. Only an entry of this source whose last revision came from an import is updated, and of one
    that somebody owns the owner decides."""
    if entry is None:
        return CREATED, None
    imported, draft = entry.get("imported"), entry["draft"]
    if (
        entry["visibility"] == entries.WITHDRAWN
        and imported
        and imported.get("reversed")
        and is_of_source(entry, found)
    ):
        return CREATED, None
    if entry["visibility"] != entries.PUBLIC:
        return REFUSED, DRAFTED if entry["visibility"] == entries.UNPUBLISHED else WITHDRAWN
    is_last = imported is not None and imported["revision"] == entry["revision"]
    if imported["digest"] == outcome["digest"] if imported and is_last else entry["content"] == outcome["content"]:
        may_date = is_last and is_of_source(entry, found) and not draft and not entry["owner"]
        return UPDATED if may_date and _says_another_date(entry, outcome) else UNCHANGED, None
    if not imported:
        return REFUSED, FOREIGN
    if not is_of_source(entry, found):
        source = entry.get("import_source")
        return REFUSED, UNSOURCED if source is None else OTHER_SOURCE.format(source=source)
    if entry["owner"] and imported.get("proposed") == outcome["digest"]:
        return UNCHANGED, None
    if draft and not (entry["owner"] and entries.is_untouched_proposal(entry)):
        return REFUSED, DRAFTED
    if entry["owner"] and imported["digest"] != outcome["digest"]:
        return PROPOSED, None
    return (UPDATED, None) if is_last else (REFUSED, EDITED)


def _says_another_date(entry: Entry, outcome: Outcome) -> bool:
    """Of the last update. One after the import that wrote the entry was cut to its moment."""
    said = outcome["last_updated_at"]
    return said is not None and min(clock.parse(said), entry["revised_at"]) != entry["last_updated_at"]


def updated_at(outcome: Outcome, now: datetime) -> datetime | None:
    """When the organization last said what a row says, never later than now; None where the row does not say it."""
    return min(clock.parse(outcome["last_updated_at"]), now) if outcome["last_updated_at"] else None


def add_counts(
    found: RegisterImport, position: int, counts: Mapping[str, int], refusals: int, sequences: Sequence[int]
) -> RegisterImport:
    """The import after the rows up to `position`; `sequences` are those that they took."""
    # One that began before PROPOSED has no count of it.
    known: RegisterImport = {**found, "counts": {**dict.fromkeys(COUNTS, 0), **found["counts"]}}
    return {
        **known,
        **states.add_counts(known, position, counts, refusals),
        "first_sequence": found["first_sequence"] or (sequences[0] if sequences else None),
        "last_sequence": sequences[-1] if sequences else found["last_sequence"],
    }


def has_changed_the_register(found: RegisterImport) -> bool:
    """Did any row become public?"""
    return found["last_sequence"] is not None


def sample_of(outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """The first texts of a file, by which an officer sees whether its encoding was understood."""
    shown = [row["content"] for row in outcomes if "content" in row][:SAMPLE_ROWS]
    return [
        {"title": each["title"][each["original_language"]][:200], "organization": each["organization"]["name"][:200]}
        for each in shown
    ]

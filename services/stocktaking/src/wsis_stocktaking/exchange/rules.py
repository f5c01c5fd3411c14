"""What other systems get of the register: changes, and the files of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from wsis_stocktaking.register.rules.cards import Card, card
from wsis_stocktaking.register.rules.contents import lines_of
from wsis_stocktaking.register.rules.entries import PUBLIC, Entry, content_of

# Format -> how the name of its file ends. A workbook is compressed already.
FORMATS = {"jsonl": "jsonl.gz", "csv": "csv.gz", "jsonld": "jsonld.gz", "xlsx": "xlsx"}
SNAPSHOTS_KEPT = 4


def is_packed(format: str) -> bool:
    """Is its file compressed by gzip?"""
    return FORMATS[format].endswith(".gz")


def lacking(files: Iterable[str]) -> list[str]:
    """The formats that are not among these, in the order in which they are written."""
    return [format for format in FORMATS if format not in set(files)]


class SnapshotFile(TypedDict):
    """A file of a snapshot."""

    blob: str
    size: int
    sha256: str


class Snapshot(TypedDict):
    """All `entries` that were public at a sequence, in files by format."""

    _id: str
    sequence: int
    entries: int
    taken_at: datetime
    files: dict[str, SnapshotFile]


class Change(TypedDict):
    """The last change of an entry: published, withdrawn or merged. `outside`: it is under none of the reader's lines
    any more."""

    sequence: int
    entry: str
    change: str
    at: datetime | None
    outside: bool
    merged_into: str | None
    card: Card | None


def change(entry: Entry, lines: Sequence[str]) -> Change:
    """The last change of an entry, for a reader of these lines; no lines: of all."""
    public = entry["visibility"] == PUBLIC
    outside = public and bool(lines) and not set(lines) & set(lines_of(content_of(entry)))
    return {
        "sequence": entry["sequence"],
        "entry": entry["_id"],
        "change": "published" if public else entry["visibility"],
        "at": entry["revised_at"] if public else None,
        "outside": outside,
        "merged_into": entry.get("merged_into"),
        "card": card(entry) if public and not outside else None,
    }

"""What other systems get of the register: changes, and the files of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wsis_stocktaking.register.rules.cards import card
from wsis_stocktaking.register.rules.contents import lines_of
from wsis_stocktaking.register.rules.entries import PUBLIC

FORMATS = ("jsonl", "csv", "jsonld")
SNAPSHOTS_KEPT = 4


def change(entry: Mapping[str, Any], lines: Sequence[str]) -> dict[str, Any]:
    """The last change of an entry, for a reader of these lines; no lines: of all. `outside`: it is under none of them
    any more."""
    public = entry["visibility"] == PUBLIC
    outside = public and bool(lines) and not set(lines) & set(lines_of(entry["content"]))
    return {
        "sequence": entry["sequence"],
        "entry": entry["_id"],
        "change": "published" if public else entry["visibility"],
        "at": entry["revised_at"] if public else None,
        "outside": outside,
        "merged_into": entry.get("merged_into"),
        "card": card(entry) if public and not outside else None,
    }

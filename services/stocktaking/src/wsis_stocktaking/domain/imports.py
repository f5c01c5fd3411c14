"""Imports of an existing register: what a row of a file does to the register, and the state of an import."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wsis_shared import clock
from wsis_shared import import_states as states
from wsis_shared.import_states import Import

Row = Mapping[str, Any]

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"
COUNTS = (CREATED, UPDATED, UNCHANGED, REFUSED)

# Why a row that is sound stays without effect.
EDITED = "Somebody edited the entry since it was imported: it stays as it is."
DRAFTED = "A draft of the entry waits: it stays as it is."
WITHDRAWN = "The entry was withdrawn or merged: it stays as it is."
FOREIGN = "The entry was not imported: it stays as it is."

SAMPLE_ROWS = 5


def new(id: str, upload: Row, *, dry_run: bool, encoding: str | None, by: str | None, at: datetime) -> Import:
    """An import that waits for its job, whose id is its own."""
    return {
        **states.new(id, upload, COUNTS, dry_run=dry_run, at=at), "named_encoding": encoding, "size": upload["size"],
        "by": by, "format": None, "encoding": None, "unread_sheets": [], "sample": [],
        "first_sequence": None, "last_sequence": None,
    }  # fmt: skip


def entry_id(key: str) -> str:
    """The entry of an import key: always the same, so that none is made twice."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"stocktaking/import/{key}").hex


def decide(entry: Row | None, outcome: Row) -> tuple[str, str | None]:
    """What a sound row does: CREATED, UPDATED, UNCHANGED, or REFUSED with the reason. `entry` is what is stored under
    its key. Only an entry whose last revision came from an import is updated."""
    if entry is None:
        return CREATED, None
    imported = entry.get("imported") or {}
    if entry["visibility"] != "public":
        return REFUSED, DRAFTED if entry["visibility"] == "unpublished" else WITHDRAWN
    is_own = imported.get("revision") == entry["revision"]
    if is_own and imported["digest"] == outcome["digest"]:
        return UNCHANGED, None
    if entry["draft"]:
        return REFUSED, DRAFTED
    if is_own:
        return UPDATED, None
    return (UNCHANGED, None) if entry["content"] == outcome["content"] else (REFUSED, EDITED if imported else FOREIGN)


def updated_at(outcome: Row, now: datetime) -> datetime:
    """When the organization last said what a row says; now where the row does not say it, or names a later moment."""
    return min(clock.parse(outcome["last_updated_at"]), now) if outcome["last_updated_at"] else now


def add_counts(
    found: Import, position: int, counts: Mapping[str, int], refusals: int, sequences: Sequence[int]
) -> Import:
    """The import after the rows up to `position`; `sequences` are those that they took."""
    return {
        **states.add_counts(found, position, counts, refusals),
        "first_sequence": found["first_sequence"] or (sequences[0] if sequences else None),
        "last_sequence": sequences[-1] if sequences else found["last_sequence"],
    }


def has_changed_the_register(found: Import) -> bool:
    """Did any row become public?"""
    return found["last_sequence"] is not None


def sample_of(outcomes: Sequence[Row]) -> list[dict[str, Any]]:
    """The first texts of a file, by which an officer sees whether its encoding was understood."""
    shown = [row["content"] for row in outcomes if "content" in row][:SAMPLE_ROWS]
    return [
        {"title": each["title"][each["original_language"]][:200], "organization": each["organization"]["name"][:200]}
        for each in shown
    ]

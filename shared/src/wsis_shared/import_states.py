"""The states of an import: pure functions of its document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_shared.json_types import Input
from wsis_shared.mapping.documents import Example, RowMapping
from wsis_shared.tables import Reading, ReadOptions, options_of


class Progress(TypedDict):
    """How far an import is: the row that was read last, and how many rows have each decision."""

    state: str
    position: int
    rows: int
    refusals: int
    counts: dict[str, int]


class Import(Progress):
    """An import of a table, whose columns may be those of somebody else, and what a service adds. `blob` is the file,
    which ends with the import; `refusal` is why it was refused, in English. `options` are what an officer said of the
    file, `reading` what it was read as. Other columns have a `mapping`: proposed, or confirmed as the version
    `mapping_number` of its source. `warned` rows had something left out; `unread` are the different values that
    were not understood or not valid. Of a dry run, its file is there `file_until`, and `application` is the next
    import of it."""

    _id: str
    dry_run: bool
    filename: str
    sha256: str
    blob: str
    unknown_columns: list[str]
    refusal: str | None
    created_at: datetime
    ended_at: datetime | None
    encoding: str | None
    named_encoding: NotRequired[str | None]
    options: NotRequired[ReadOptions]
    reading: NotRequired[Reading | None]
    source: NotRequired[str | None]
    mapping: NotRequired[RowMapping | None]
    mapping_state: NotRequired[str | None]
    mapping_number: NotRequired[int | None]
    examples: NotRequired[list[Example]]
    unsure_dates: NotRequired[list[str]]
    warned: NotRequired[int]
    unread: NotRequired[int]
    file_until: NotRequired[datetime | None]
    application: NotRequired[str | None]


QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED = "queued", "running", "completed", "failed", "cancelled"
STATES = (QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED)
LIVE = (QUEUED, RUNNING)
FILE_KEPT = timedelta(days=1)
"""How long the file of a dry run is there for its next import."""


def new(id: str, upload: Input, decisions: tuple[str, ...], body: Input, at: datetime) -> Import:
    """An import that waits for its job, whose id is its own. `decisions` are what a row can do."""
    return {
        "_id": id,
        "state": QUEUED,
        "dry_run": body["dry_run"],
        "filename": upload["filename"],
        "sha256": upload["sha256"],
        "blob": upload["id"],
        "unknown_columns": [],
        "position": 0,
        "rows": 0,
        "refusals": 0,
        "counts": dict.fromkeys(decisions, 0),
        "refusal": None,
        "created_at": at,
        "ended_at": None,
        "encoding": None,
        "options": options_of(body),
        "reading": None,
        "source": body.get("source"),
        "mapping": None,
        "mapping_state": None,
        "mapping_number": None,
        "examples": [],
        "unsure_dates": [],
        "warned": 0,
        "unread": 0,
        "file_until": None,
        "application": None,
    }


def add_counts(found: Import, position: int, counts: Mapping[str, int], refusals: int) -> Progress:
    """How far it is after the rows up to `position`, of which `counts` have each decision."""
    return {
        "state": RUNNING,
        "position": position,
        "refusals": found["refusals"] + refusals,
        "rows": found["rows"] + sum(counts.values()),
        "counts": {name: count + counts.get(name, 0) for name, count in found["counts"].items()},
    }


def read_options(found: Import) -> ReadOptions:
    """What an officer said of the file: before `options` came, its encoding alone."""
    return found.get("options") or {"encoding": found.get("named_encoding", found["encoding"])}


def has_file(tried: Import, now: datetime) -> bool:
    """Is the file of a dry run still there for its next import?"""
    until = tried.get("file_until")
    return until is not None and until > now and not tried.get("application")

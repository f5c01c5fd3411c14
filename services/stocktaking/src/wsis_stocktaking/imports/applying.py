"""The import of a file that was tried: its dry run keeps the file for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from wsis_shared.errors import Conflict
from wsis_shared.import_states import has_file
from wsis_shared.mapping.documents import PROPOSED
from wsis_shared.tables import ReadOptions

from wsis_stocktaking.imports.rules import imports as rules
from wsis_stocktaking.imports.rules.imports import RegisterImport

FILE_KEPT_FOR_OTHERS = timedelta(days=7)  # after the dry run


def read_options(found: RegisterImport) -> ReadOptions:
    """What an officer said of the file."""
    return found.get("options") or {"encoding": found["named_encoding"]}


def require_applicable(tried: RegisterImport, now: datetime) -> None:
    """Raise Conflict unless the file of a dry run is still there, was not imported, and its mapping is confirmed."""
    require_file(tried, now)
    if tried.get("mapping_state") == PROPOSED:
        raise Conflict("stocktaking.import_mapping_unconfirmed", id=tried["_id"])


def require_other(tried: RegisterImport, officer: str | None) -> None:
    """Raise Conflict for the officer who tried the file."""
    if tried["by"] == officer:
        raise Conflict("stocktaking.import_second_officer_needed", id=tried["_id"])


def require_file(tried: RegisterImport, now: datetime) -> None:
    """Raise Conflict unless the file of a dry run is still there for its next import."""
    if not has_file(tried, now):
        raise Conflict("stocktaking.import_not_applicable", id=tried["_id"])


def applied(tried: RegisterImport, id: str, *, by: str | None, at: datetime) -> RegisterImport:
    """The import of the file of a dry run, as it was tried."""
    return _next(tried, id, tried.get("mapping_number"), dry_run=False, by=by, at=at)


def tried_again(tried: RegisterImport, id: str, number: int, *, by: str | None, at: datetime) -> RegisterImport:
    """The dry run of the same file by a version of the mapping."""
    return _next(tried, id, number, dry_run=True, by=by, at=at)


def _next(
    tried: RegisterImport, id: str, number: int | None, *, dry_run: bool, by: str | None, at: datetime
) -> RegisterImport:
    upload = {"filename": tried["filename"], "sha256": tried["sha256"], "size": tried["size"], "id": tried["blob"]}
    body = {**read_options(tried), "dry_run": dry_run, "source": tried.get("source")}
    adopts = {"adopt_unsourced": tried.get("adopt_unsourced")}
    return {**rules.new(id, upload, {**body, **adopts}, by=by, at=at), "mapping_number": number}

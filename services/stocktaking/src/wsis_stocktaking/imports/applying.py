"""The import of a file that was tried: its dry run keeps the file for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from wsis_shared.errors import Conflict
from wsis_shared.tables import ReadOptions

from wsis_stocktaking.imports import rules
from wsis_stocktaking.imports.rules import RegisterImport

FILE_KEPT = timedelta(days=1)  # after the dry run


def read_options(found: RegisterImport) -> ReadOptions:
    """What an officer said of the file."""
    return found.get("options") or {"encoding": found["named_encoding"]}


def require_applicable(tried: RegisterImport, now: datetime) -> None:
    """Raise Conflict unless the file of a dry run is still there and was not imported."""
    until = tried.get("file_until")
    if until is None or until <= now or tried.get("application"):
        raise Conflict("stocktaking.import_not_applicable", id=tried["_id"])


def applied(tried: RegisterImport, id: str, *, by: str | None, at: datetime) -> RegisterImport:
    """The import of the file of a dry run, as it was tried."""
    upload = {"filename": tried["filename"], "sha256": tried["sha256"], "size": tried["size"], "id": tried["blob"]}
    body = {**read_options(tried), "dry_run": False, "source": tried.get("source")}
    adopts = {"adopt_unsourced": tried.get("adopt_unsourced")}
    return rules.new(id, upload, {**body, **adopts}, by=by, at=at)

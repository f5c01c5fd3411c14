"""Errors of imports of an existing register."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound, SuiteError


def import_unknown(id: str) -> NotFound:
    """There is no such import."""
    return NotFound("stocktaking.import_unknown", f"No import {id}.", id=id)


def import_running(id: str) -> Conflict:
    """Imports come one after the other."""
    return Conflict("stocktaking.import_running", "Another import has not ended.", id=id)


def file_refused(message: str) -> SuiteError:
    """The whole file is refused."""
    return Invalid("stocktaking.import_file_refused", "The file is refused.", fields={"file": [message]})

"""Errors of imports of an existing register."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound, SuiteError, Unavailable


def import_unknown(id: str) -> NotFound:
    """There is no such import."""
    return NotFound("stocktaking.import_unknown", f"No import {id}.", id=id)


def import_running(id: str) -> Conflict:
    """Imports come one after the other."""
    return Conflict("stocktaking.import_running", "Another import has not ended.", id=id)


def source_needed() -> Invalid:
    """Nobody knows of which register the file is."""
    return Invalid(
        "stocktaking.import_source_needed",
        "Name the register that the file is of.",
        fields={"source": ["Missing data for required field."]},
    )


def not_reversible(id: str) -> Conflict:
    """It changed nothing, or is of before imports kept what they changed."""
    return Conflict("stocktaking.import_not_reversible", f"Import {id} has nothing to undo.", id=id)


def file_refused(message: str) -> SuiteError:
    """The whole file is refused."""
    return Invalid("stocktaking.import_file_refused", "The file is refused.", fields={"file": [message]})


def import_busy() -> Unavailable:
    """The machine had no time or no memory to read the file: it may be read later."""
    return Unavailable("stocktaking.import_busy", "The file cannot be read at the moment.", retry_after=60)

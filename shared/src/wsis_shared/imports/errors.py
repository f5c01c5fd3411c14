"""How a service refuses what cannot be imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wsis_shared.errors import Conflict, Invalid, NotFound, Unavailable


@dataclass(frozen=True)
class ImportErrors:
    """Errors of a service about its imports; most are made of the id of one."""

    unknown: Callable[[str], NotFound]
    without_columns: Callable[[str], NotFound]
    without_mapping: Callable[[str], NotFound]  # the source
    running: Callable[[str], Conflict]
    not_applicable: Callable[[str], Conflict]
    mapping_unconfirmed: Callable[[str], Conflict]
    mapping_invalid: Callable[[dict[str, list[str]]], Invalid]  # what is wrong with which field
    file_refused: Callable[[str], Invalid]  # why, in English
    busy: Callable[[], Unavailable]

"""How a service refuses what it cannot do with its documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wsis_shared.errors import Conflict, NotFound, Unavailable


@dataclass(frozen=True)
class Errors:
    """Errors of a service about its documents; most are made of the id of a version."""

    unknown: Callable[[str], NotFound]
    file_unknown: Callable[[str], NotFound]
    not_draft: Callable[[str], Conflict]
    not_rendered: Callable[[str, str], Conflict]  # and the languages
    number_too_low: Callable[[str, str], Conflict]  # the number, and the last one
    rendering_failed: Callable[[], Unavailable]

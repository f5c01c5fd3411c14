"""The portrait of a candidate: their own, drawn anew, and public once an officer has accepted it."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from wsis_shared.errors import Conflict, NotFound

WIDTH = 320  # pixels, and no taller than twice that
NONE, WAITS, ACCEPTED = "none", "waiting", "accepted"


class Portrait(TypedDict):
    """`blob` is a file, its sides are in pixels; `accepted` says whether an officer has looked at it."""

    blob: str
    width: int
    height: int
    at: datetime
    accepted: bool


def state_of(portrait: Portrait | None) -> str:
    """NONE, WAITS or ACCEPTED."""
    if portrait is None:
        return NONE
    return ACCEPTED if portrait["accepted"] else WAITS


def require(portrait: Portrait | None) -> Portrait:
    """Raises NotFound where there is none."""
    if portrait is None:
        raise NotFound("consultation.portrait_unknown")
    return portrait


def decided(portrait: Portrait | None, accepted: bool, seen: str) -> Portrait | None:
    """Accepted, or gone. `seen` is the one that was looked at. Raises NotFound, Conflict where it is another by now."""
    known = require(portrait)
    if known["blob"] != seen:
        raise Conflict("consultation.portrait_changed")
    return {**known, "accepted": True} if accepted else None

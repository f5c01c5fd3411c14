"""What each stored document has."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict


class Stored(TypedDict):
    """A document; the store adds all but its id."""

    _id: str
    version: NotRequired[int]
    updated_at: NotRequired[datetime]


class Edited(Stored):
    """A document that people edit: the version in which each field was changed last (`wsis_shared.revisions`)."""

    revisions: NotRequired[dict[str, int]]

"""Events of editions."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType
from wsis_shared.schemas import ResponseSchema


class EditionOpened(ResponseSchema):
    """An edition."""

    edition = fields.String(required=True)


EDITION_OPENED = EventType(
    "edition_opened", "There is a consultation for another edition", EditionOpened, {"edition": "2018"}, public=True
)


EDITION_REMOVED = EventType(
    "edition_removed",
    "The consultation of an edition was opened by mistake",
    EditionOpened,
    {"edition": "2018"},
    public=True,
)

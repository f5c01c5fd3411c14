"""When voting opens and closes, and what prizes says of a contest."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema, Utc


class OfEdition(ResponseSchema):
    """Which contest, and until when."""

    edition = fields.String(required=True)
    opens_at = Utc()
    closes_at = Utc()


_WINDOW = {"edition": "2017", "opens_at": "2017-03-16T00:00:00Z", "closes_at": "2017-04-30T21:00:00Z"}
VOTING_OPENED = EventType(
    "voting_opened",
    "Public voting has opened",
    OfEdition,
    _WINDOW,
    public=True,
    notifications=(EmailNotification("voting_opened", to="everyone", kind="voting"),),
)
# Apart from voting_opened, because nobody is to be invited twice: prizes tells everyone of the new date.
VOTING_REOPENED = EventType(
    "voting_reopened", "Public voting was extended after it had closed", OfEdition, _WINDOW, public=True
)
VOTING_CLOSED = EventType("voting_closed", "Public voting has closed", OfEdition, _WINDOW, public=True)


DEPENDS_ON = (
    EventDependency("prizes", "nominees_published", reads=("edition", "nominees")),
    EventDependency("prizes", "voting_window_changed", reads=("edition", "opens_at", "closes_at", "every_category")),
    EventDependency("prizes", "project_disqualified", reads=("edition", "project", "category")),
    EventDependency("prizes", "project_withdrawn", reads=("edition", "nominated")),
)

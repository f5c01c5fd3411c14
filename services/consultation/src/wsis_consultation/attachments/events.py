"""Events of attachments: files attached to a submission."""

from __future__ import annotations

from wsis_shared.events import EventDependency, EventType

PUBLISHES: tuple[EventType, ...] = ()
DEPENDS_ON: tuple[EventDependency, ...] = ()

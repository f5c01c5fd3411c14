"""Events of overview: what officers see of all submissions: lists, counts, coverage."""

from __future__ import annotations

from wsis_shared.events import EventDependency, EventType

PUBLISHES: tuple[EventType, ...] = ()
DEPENDS_ON: tuple[EventDependency, ...] = ()

"""Events. Kinds of mail that people decline, unsubscription, and the suppression list."""

from __future__ import annotations

from wsis_shared.events import EventDependency, EventSelection, EventType

PUBLISHES: tuple[EventType, ...] = ()
DEPENDS_ON: tuple[EventDependency, ...] = ()
SELECTS: tuple[EventSelection, ...] = ()

"""What this service reads of erasures."""

from __future__ import annotations

from wsis_shared.events import EventDependency, EventType

PUBLISHES: tuple[EventType, ...] = ()
DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",)),
    EventDependency("accounts", "address_erased", reads=("address",)),
)

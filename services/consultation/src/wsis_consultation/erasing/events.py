"""Erasures: what this service reads of others, and says when it has forgotten somebody."""

from __future__ import annotations

from wsis_shared.events import EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class PersonForgotten(ResponseSchema):
    """Nothing: who it was is told nowhere."""


PERSON_FORGOTTEN = EventType(
    "person_forgotten", "Somebody's name is in no document any more: public copies are read anew", PersonForgotten, {}
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",)),
    EventDependency("accounts", "address_erased", reads=("address",)),
)

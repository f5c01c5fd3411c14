"""Outbox: events are stored in the transaction of the change that causes them, and published by a relay afterwards."""

from wsis_shared.outbox.repository import COLLECTION, EventfulRepository

__all__ = ["COLLECTION", "EventfulRepository"]

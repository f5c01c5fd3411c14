"""How often a handler may fail with a message before it is dead-lettered.

The broker counts whatever comes back: a store that is away, a process that stops. What has failed is counted in the
inbox, for all processes of the service; what ends the process leaves no other trace, so that is counted before it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from pymongo.errors import PyMongoError
from wsis_shared import inbox
from wsis_shared.bus.entrypoints import STORE_RETRY_SECONDS
from wsis_shared.errors import Unavailable
from wsis_shared.mongo import retry_while_unavailable

if TYPE_CHECKING:
    from wsis_shared.bus.service import Bus


class GivenUp(Exception):
    """The message has failed too often: it is dead-lettered."""


@contextmanager
def counted(bus: Bus, handler: str, message_id: str) -> Iterator[None]:
    """Count a failure before the block begins. It is none where the block raises Unavailable. Raises GivenUp."""
    count = partial(inbox.has_failed_too_often, bus.db, handler, message_id)
    if retry_while_unavailable(count, seconds=STORE_RETRY_SECONDS, stopping=bus.stopping):
        raise GivenUp
    try:
        yield
    except Unavailable:
        with suppress(PyMongoError):
            inbox.has_not_failed(bus.db, handler, message_id)
        raise

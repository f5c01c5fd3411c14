"""Start and stop of the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from wsis_shared import probes, process_registry
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.collection_specs import declare
from wsis_shared.errors import Unavailable
from wsis_shared.mongo import database
from wsis_shared.settings import Suite

from wsis_agencies.deliveries import store as deliveries
from wsis_agencies.event_log import store as event_log
from wsis_agencies.event_log.events import EVENTS_LOGGED
from wsis_agencies.event_subscriptions import store as event_subscriptions
from wsis_agencies.settings import WebhookSettings
from wsis_agencies.webhooks.client import WebhookClient
from wsis_agencies.webhooks.in_store import in_store
from wsis_agencies.webhooks.sending import Sender
from wsis_agencies.webhooks.supervisor import Supervisor

_log = logging.getLogger(__name__)

RESOLVING = 64  # names at a time; one whose servers do not reply holds a thread for half a minute


async def run(stop: asyncio.Event) -> None:
    """Deliver until `stop`."""
    settings, db = WebhookSettings.load(), database("agencies")
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(RESOLVING, thread_name_prefix="resolve"))
    declare(db, (*event_log.COLLECTIONS, *event_subscriptions.COLLECTIONS, *deliveries.COLLECTIONS))
    registry = process_registry.register(db)
    probes.CHECKS["store"] = registry.problem
    beating = asyncio.create_task(_beat(registry))
    try:
        async with WebhookClient(
            seconds=settings.webhooks_timeout, allow_loopback=settings.webhooks_loopback
        ) as client:
            supervisor = Supervisor(db, settings, Sender(client))
            events = _listen(supervisor.look)
            try:
                await supervisor.run(stop)
            finally:
                await asyncio.to_thread(events.stop)
    finally:  # after a fault too: the lanes wait for no lease to expire
        beating.cancel()
        await in_store(registry.deregister)


def _listen(look: Callable[[], None]) -> AmqpClient:
    """Look when the log has grown, and after each connect: it may have, meanwhile."""
    loop = asyncio.get_running_loop()

    def wake(*_event: object) -> None:
        loop.call_soon_threadsafe(look)

    return AmqpClient(
        Suite.load().amqp_uri,
        "agencies-webhooks",
        events=(("agencies", EVENTS_LOGGED.type),),
        on_event=wake,
        on_connect=wake,
    ).start()


async def _beat(registry: process_registry.ProcessRegistry) -> None:
    """Say that this process lives, and end the transactions and leases of those that do not: a killed process holds its
    lanes locked otherwise, for a minute."""
    while True:
        try:
            await in_store(registry.heartbeat)
        except Unavailable:
            _log.warning("store unavailable, no heartbeat")
        await asyncio.sleep(process_registry.HEARTBEAT_SECONDS)

"""Start and stop of the process."""

from __future__ import annotations

import asyncio
import logging

from wsis_shared import probes
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.blobs import store as blobs
from wsis_shared.keys import mailbox_secret
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite

from wsis_notifications.mails.inbound import listener
from wsis_notifications.mails.inbound.intake import Intake
from wsis_notifications.mails.inbound.recipients import Mailboxes
from wsis_notifications.mails.inbound.settings import InboundSettings, host_and_port

_log = logging.getLogger(__name__)

STOP_SECONDS = 10.0


async def run(stop: asyncio.Event) -> None:
    """Listen until `stop`; sessions that are open then may finish the mail that they have begun."""
    suite, settings = Suite.load(), InboundSettings.load()
    mailboxes = Mailboxes(discover(routes=False), (settings.mail_domain, settings.newsletter_domain), mailbox_secret())
    client = AmqpClient(suite.amqp_uri, "notifications-inbound").start()
    probes.CHECKS["broker"] = client.problem
    handler = listener.Handler(mailboxes, settings, Intake(client, blobs.of).accept)
    connections = listener.Connections(settings.inbound_connections, settings.inbound_connections_per_address)
    servers = []
    try:
        for address, kind in ((settings.inbound_smtp, listener.smtp), (settings.inbound_lmtp, listener.lmtp)):
            if address:
                host, port = host_and_port(address)
                factory = kind(handler, settings, connections)
                servers.append(await asyncio.get_running_loop().create_server(factory, host, port, reuse_port=True))
        _log.info("listening", extra={"mailboxes": len(mailboxes)})
        await stop.wait()
        for server in servers:
            server.close()
        await connections.close(STOP_SECONDS)
    finally:
        await asyncio.to_thread(client.stop)

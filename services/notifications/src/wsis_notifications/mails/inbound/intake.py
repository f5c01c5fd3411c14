"""A mail is safe when its blob is stored and the broker has confirmed the reference in the plugin's queue."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from wsis_shared import clock, tracing
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.amqp.failures import broker_away
from wsis_shared.errors import Unavailable

from wsis_notifications.mails.inbound.recipients import Recipient

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

# From the arrival until the raw mail goes, where no handler has done with it: it may wait for an operator.
BLOB_LIFETIME = timedelta(days=30)
CONFIRM_SECONDS, CONNECT_SECONDS = 10.0, 2.0
NOT_QUEUED = ("suite.broker_full", "suite.service_away")  # after any other error the message may be in its queue


def mail_id(recipient: str, content: bytes) -> str:
    """The same for a mail that is delivered twice: a peer that did not read our 250 sends it again."""
    return hashlib.sha256(recipient.encode() + b"\0" + content).hexdigest()


class Intake:
    """`blobs(plugin)` is the blob store of a plugin."""

    def __init__(self, client: AmqpClient, blobs: Callable[[str], BlobStore]) -> None:
        self._client, self._blobs = client, blobs

    def accept(self, recipient: Recipient, sender: str, content: bytes) -> None:
        """Returns when the mail is safe. Raises Unavailable or a driver's error; the same mail then comes again, and it
        does for days: what cannot be queued is not kept."""
        if not self._client.wait_connected(CONNECT_SECONDS):
            raise broker_away()
        now, id = clock.now(), mail_id(recipient.address, content)
        blobs = self._blobs(recipient.plugin)
        blob = blobs.put(
            [content],
            owner=f"mail/{id}",
            filename="mail.eml",
            media_type="message/rfc822",
            expires_at=now + BLOB_LIFETIME,
        )
        event = {
            "specversion": "1.0",
            "id": id,
            "source": "/wsis/mail",
            "type": "wsis.mail.received.v1",
            "time": clock.iso(now),
            "datacontenttype": "application/json",
            "traceparent": tracing.new_traceparent(),
            "data": {"recipient": recipient.address, "sender": sender, "blob": blob.id, "size": len(content)},
        }
        queue = topology.mail_queue(recipient.plugin, recipient.mailbox.handler).name
        try:
            self._client.deliver(topology.MAIL.name, queue, event, message_id=id, timeout=CONFIRM_SECONDS)
        except Unavailable as error:
            if error.code in NOT_QUEUED:
                blobs.discard(blob.id)
            raise

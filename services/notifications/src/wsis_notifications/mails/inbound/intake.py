"""A mail is safe when its blob is stored and the broker has confirmed the reference in the plugin's queue."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from wsis_shared import clock, tracing
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient

from wsis_notifications.mails.inbound.recipients import Recipient

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

# From the arrival until the raw mail goes, where no handler has done with it: it may wait for an operator.
BLOB_LIFETIME = timedelta(days=30)
CONFIRM_SECONDS = 10.0


def mail_id(recipient: str, content: bytes) -> str:
    """The same for a mail that is delivered twice: a peer that did not read our 250 sends it again."""
    return hashlib.sha256(recipient.encode() + b"\0" + content).hexdigest()


class Intake:
    """`blobs(plugin)` is the blob store of a plugin."""

    def __init__(self, client: AmqpClient, blobs: Callable[[str], BlobStore]) -> None:
        self._client, self._blobs = client, blobs

    def accept(self, recipient: Recipient, sender: str, content: bytes) -> None:
        """Returns when the mail is safe. Raises Unavailable or a driver's error; the same mail may then come again."""
        now, id = clock.now(), mail_id(recipient.address, content)
        blob = self._blobs(recipient.plugin).put(
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
        self._client.deliver(topology.MAIL.name, queue, event, message_id=id, timeout=CONFIRM_SECONDS)

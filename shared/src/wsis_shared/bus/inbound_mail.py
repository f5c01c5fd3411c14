"""Inbound mail: the listener stores it as a blob of the plugin and publishes a reference (wsis_shared.mailboxes)."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from kombu import Queue
from nameko.extensions import register_entrypoint
from pymongo.errors import PyMongoError
from wsis_shared import clock, context
from wsis_shared.amqp import topology
from wsis_shared.blobs.store import BlobStore
from wsis_shared.bus.subscriptions import Subscribe, handle_event
from wsis_shared.errors import Unavailable
from wsis_shared.json_types import Input

if TYPE_CHECKING:
    from wsis_shared.bus.service import Service

_log = logging.getLogger(__name__)

M = TypeVar("M", bound=Callable[..., None])


@dataclass(frozen=True)
class InboundMail:
    """A mail to one of our mailboxes. `id` is the same for a mail that is delivered twice; `sender` is the envelope's,
    empty for a bounce, and proves nothing; `blob` is the id of the raw mail (RFC 5322), which is deleted once it is
    handled, unless the handler keeps it."""

    id: str
    recipient: str
    sender: str
    blob: str
    size: int
    received_at: datetime

    @classmethod
    def of_event(cls, event: Input) -> InboundMail:
        """From the message that the listener publishes. Raises KeyError, ValueError."""
        data = event["data"]
        return cls(
            event["id"], data["recipient"], data["sender"], data["blob"], data["size"], clock.parse(event["time"])
        )


class Mail:
    """The mail of a mailbox that the manifest declares."""

    def queue(self, service: str, handler: str) -> Queue:
        """`mail.<service>.<handler>`."""
        return topology.mail_queue(service, handler)


def inbound_mail(fn: M) -> M:
    """The entrypoint of `wsis_shared.operations.inbound_mail`."""

    @functools.wraps(fn)
    def served(self: Service, ctx: context.Context, event: Input, again: bool = False) -> None:
        mail = InboundMail.of_event(event)
        handle_event(self.bus, fn.__name__, ctx, event["id"], partial(fn, self, mail), again=again)
        _discard(self.bus.blobs, mail)

    served.wsis_kind = "mail"  # type: ignore[attr-defined]  # read by tests and by the broker definitions
    return cast(M, register_entrypoint(served, Subscribe(Mail())) or served)


def _discard(blobs: BlobStore, mail: InboundMail) -> None:
    """A mail that came back has an address, and what was written to it: a code, a ballot. A repeat, which no handler
    gets, has it too."""
    try:
        blobs.discard(mail.blob)
    except (PyMongoError, Unavailable) as error:
        _log.warning("a mail that is handled is left to expire", extra={"error": type(error).__name__})

"""SMTP (RFC 5321) and LMTP (RFC 2033) sessions with limits. A mail is accepted when `accept` has returned."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from prometheus_client import Counter as Metric

from wsis_notifications.mails.inbound.recipients import Mailboxes, Recipient
from wsis_notifications.mails.inbound.settings import InboundSettings

_log = logging.getLogger(__name__)

MAILS = Metric("wsis_inbound_mails_total", "Mails and recipients at the listener, by outcome", ["outcome"])

# Stores the mail for one recipient and hands it to the plugin; raises where that is not safe yet.
Accept = Callable[[Recipient, str, bytes], None]

# aiosmtpd logs addresses and contents; the lines of this module say what an operator needs.
for _name in ("mail.log", "mail.debug"):
    logging.getLogger(_name).setLevel("CRITICAL")


class Connections:
    """The open sessions, limited in all and from one address."""

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most, self._most_per_address = most, most_per_address
        self._of_address: Counter[str] = Counter()
        self._sessions: set[_Limited] = set()

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, session: _Limited, address: str) -> bool:
        """False where one more is too many."""
        limited = self._most_per_address and self._of_address[address] >= self._most_per_address
        if limited or len(self._sessions) >= self._most:
            return False
        self._sessions.add(session)
        self._of_address[address] += 1
        return True

    def remove(self, session: _Limited, address: str) -> None:
        """It is closed."""
        self._sessions.discard(session)
        self._of_address[address] -= 1
        if self._of_address[address] <= 0:
            del self._of_address[address]

    async def close(self, seconds: float) -> None:
        """End all sessions: at once those that send no content, the others after their reply or after `seconds`."""
        until = asyncio.get_running_loop().time() + seconds
        while self._sessions:
            late = asyncio.get_running_loop().time() > until
            for session in [session for session in self._sessions if late or not session.receives]:
                session.end("421 4.3.2 Service shuts down")
            await asyncio.sleep(0.02)


class _Limited(SMTP):
    """A session that ends after a time, and is not begun where too many are open."""

    line_length_limit = 16_384  # RFC 5321 allows 1000, but bounces quote what others wrote

    def __init__(self, handler: Handler, settings: InboundSettings, connections: Connections) -> None:
        super().__init__(
            handler,
            data_size_limit=settings.inbound_max_bytes,
            enable_SMTPUTF8=True,
            hostname=settings.mail_domain,
            ident="WSIS",
            timeout=settings.inbound_idle_seconds,
            command_call_limit=settings.inbound_commands,
            loop=asyncio.get_running_loop(),
        )
        self._connections, self._seconds = connections, settings.inbound_session_seconds
        self._address: str | None = None
        self._end: asyncio.TimerHandle | None = None
        self.receives = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin, or refuse."""
        address = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._connections.add(self, address):
            MAILS.labels("too_many_connections").inc()
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        self._address = address
        self._end = self.loop.call_later(self._seconds, self.end, "421 4.4.2 The session took too long")
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for another."""
        if self._address is None or self._end is None:
            return
        self._connections.remove(self, self._address)
        self._end.cancel()
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """The peer sends no more."""
        return False if self._address is None else super().eof_received()

    def end(self, reply: str) -> None:
        """Say why, and close."""
        transport: asyncio.Transport | None = self.transport
        if transport is not None and not transport.is_closing():
            transport.write(f"{reply}\r\n".encode())
            transport.close()

    async def smtp_DATA(self, arg: str | None) -> None:
        """A stop waits for the reply to content that has begun."""
        self.receives = True
        try:
            await super().smtp_DATA(arg)
        finally:
            self.receives = False


class _Smtp(_Limited):
    """SMTP."""


class _Lmtp(_Limited, LMTP):
    """LMTP, one recipient at a time: one reply after the content is then the reply for each recipient."""


class Handler:
    """What the sessions ask."""

    def __init__(self, mailboxes: Mailboxes, settings: InboundSettings, accept: Accept) -> None:
        self._mailboxes, self._most, self._accept = mailboxes, settings.inbound_recipients, accept

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Known or not, from the address alone: whoever is refused here never makes us send a bounce."""
        recipient = self._mailboxes.find(address)
        if recipient is None:
            MAILS.labels("no_such_mailbox").inc()
            _log.warning("recipient refused")  # an unknown address, or one whose signature is forged
            return "550 5.1.1 No such mailbox here"
        if len(envelope.rcpt_tos) >= (1 if isinstance(server, LMTP) else self._most):
            return "452 4.5.3 Too many recipients, send the rest in another transaction"
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """250 only when all recipients have it; what a repeat brings twice is one."""
        content: bytes = envelope.original_content or b""
        recipients: list[Recipient] = envelope.rcpt_tos
        if any(len(content) > recipient.mailbox.max_bytes for recipient in recipients):
            MAILS.labels("too_large").inc()
            return "552 5.3.4 The mail is too large for this mailbox"
        sender = (envelope.mail_from or "").strip("<>")
        for recipient in recipients:
            try:
                await asyncio.to_thread(self._accept, recipient, sender, content)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the peer keeps the mail and tries again
                MAILS.labels("unavailable").inc()
                _log.error("mail not accepted", extra={"plugin": recipient.plugin, "error": type(error).__name__})
                return "451 4.3.0 Not stored, try again later"
            MAILS.labels("accepted").inc()
        return "250 2.0.0 OK"

    async def handle_exception(self, error: Exception) -> str:
        """A fault of ours tells the peer nothing."""
        _log.error("session failed", extra={"error": type(error).__name__})
        return "451 4.3.0 Try again later"


def smtp(handler: Handler, settings: InboundSettings, connections: Connections) -> Callable[[], SMTP]:
    """What `create_server` calls for each SMTP connection."""
    return lambda: _Smtp(handler, settings, connections)


def lmtp(handler: Handler, settings: InboundSettings, connections: Connections) -> Callable[[], SMTP]:
    """The same for LMTP."""
    return lambda: _Lmtp(handler, settings, connections)

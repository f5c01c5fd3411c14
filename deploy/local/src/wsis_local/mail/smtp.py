"""The catcher's SMTP side."""

from __future__ import annotations

import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from wsis_local.mail.mailbox import Mailbox

LARGEST = 32 * 1024 * 1024  # bytes of one mail


class _Receiver:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail. It is on disk when the sender reads the answer."""
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        number = self._mailbox.add(envelope.mail_from or "", envelope.rcpt_tos, raw)
        return f"250 kept as {number}"


def listen(mailbox: Mailbox, host: str, port: int, certificate: str = "") -> Controller:
    """A receiver for the mailbox; `start()` and `stop()` it. With a certificate, a file that has its key too, it takes
    mails after STARTTLS alone."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    return Controller(
        _Receiver(mailbox),
        hostname=host,
        port=port,
        ident="WSIS mail catcher",
        data_size_limit=LARGEST,
        enable_SMTPUTF8=True,
        tls_context=context,
        require_starttls=context is not None,
    )

"""The log of a relay as Postfix writes it, and who settles mails by it."""

from __future__ import annotations

import os
from email import message_from_bytes
from pathlib import Path
from typing import Any

from wsis_shared.parts import Parts

from wsis_notifications.returned.use_cases import compose
from wsis_notifications.returned.use_cases.relay_log import UnknownMails

from .sink import Sink

MAIL, OTHER = "0123456789abcdef" * 2, "f" * 32
FATES = {
    "sent": "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9F1)",
    "away": "dsn=4.4.1, status=deferred (connect to mx.people.example[192.0.2.9]:25: Connection timed out)",
    "nobody": "dsn=5.1.1, status=bounced (host mx.people.example[192.0.2.9] said: 550 5.1.1 No such user)",
    "plain": "dsn=5.0.0, status=bounced (host mx.people.example[192.0.2.9] said: 550 no such user)",
    "full": "dsn=5.2.2, status=bounced (host mx.people.example[192.0.2.9] said: 552 5.2.2 Over quota)",
}


def lines(id: str, *fates: str, queue: str = "4Xk2Lz1b3Zz9rT", at: str = "Dec  1 05:14:32") -> list[str]:
    """What Postfix writes of a mail."""
    head = f"{at} mail postfix"
    to = "to=<ama@people.example>, relay=mx.people.example[192.0.2.9]:25, delay=0.2, delays=0.01/0/0.1/0.09,"
    return [
        f"{head}/smtpd[811]: {queue}: client=unknown[192.0.2.1]",
        f"{head}/cleanup[812]: {queue}: message-id=<{id}@wsis.example>",
        f"{head}/qmgr[700]: {queue}: from=<b.x@mail.wsis.example>, size=3012, nrcpt=1 (queue active)",
        *(f"{head}/smtp[813]: {queue}: {to} {FATES[fate]}" for fate in fates),
        *([f"{head}/qmgr[700]: {queue}: removed"] if fates and fates[-1] != "away" else []),
    ]


def write(path: Path, *texts: str, at: int = 0) -> None:
    path.write_text("".join(f"{text}\n" for text in texts))
    os.utime(path, (at, at))


def settling(db: Any, accounts: Any = None) -> UnknownMails:
    _, _, unknown = compose(Parts(db, lambda *_, **__: accounts))
    return unknown


def message_key(sink: Sink, email: str) -> str:
    return str(message_from_bytes(sink.contents[email])["Message-ID"]).strip("<>").partition("@")[0]

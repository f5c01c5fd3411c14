"""The mail catcher of a local stack: accepts every mail over SMTP, delivers none, and shows them.

Tests and the demo read confirmation codes from it. SMTP takes mails from everybody and gives none out. The web side
asks everybody for the password that is in `Mail.web_uri` (HTTP Basic). Addresses, relative to that:

    GET    /                       the inbox, for people
    GET    /api/messages           ?to=&subject=&message_id=&after=&before=&limit=   newest first
                                   -> {"messages": [{"id", "to", "from", "return_path", "subject", "date",
                                                     "headers"}], "total"}
    GET    /api/messages/{id}      -> the same fields and "text", "html" (null when the mail has no such part)
    GET    /api/messages/{id}/raw  -> the mail as it came (.eml)
    DELETE /api/messages           -> 204; the inbox is empty

`to` is a whole address, compared without case; `subject` is a part of the subject; `message_id` is a whole Message-ID;
`after` is the id of the last message already seen: only later ones come; `before` is the id of the oldest one seen:
the next page; `limit` is 1 to 500 (50 by default).
`id` is a number that grows with each mail; `to` is the list of the envelope's recipients, blind copies included;
`return_path` is the envelope's sender, where bounces go;
`date` is when the catcher took the mail (ISO 8601, UTC); `headers` are decoded, the last of a name wins;
`total` counts all that match. What no message or query fits is answered with {"error": "..."} and 404 or 400.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wsis_local.ports import LOOPBACK, Ports, listens
from wsis_local.secret import kept_login
from wsis_local.supervise import INFRASTRUCTURE, Program

PORT_NAMES = ("smtp", "mail_http")


@dataclass(frozen=True)
class Mail:
    """Where mail goes. `web_uri` is None, and `programs` empty, when the server is not our catcher."""

    smtp_uri: str
    web_uri: str | None = field(default=None, repr=False)
    programs: tuple[Program, ...] = ()
    ports: tuple[int, ...] = ()

    def answers(self) -> bool:
        """True when the catcher takes connections; a server that is not ours is not asked."""
        return all(listens(port) for port in self.ports)


def find(environ: Mapping[str, str]) -> Mail | None:
    uri = environ.get("WSIS_SMTP_URI")
    return Mail(uri) if uri else None


def private(run_dir: Path, ports: Ports) -> Mail:
    """A catcher with its mails in `run_dir`/mail."""
    numbers = (ports["smtp"], ports["mail_http"])
    folder = run_dir / "mail"
    argv = (sys.executable, "-m", "wsis_local.mail", str(folder), *map(str, numbers))
    program = Program("mail", argv, priority=20, group=INFRASTRUCTURE)
    web_uri = f"http://{kept_login(folder)}@{LOOPBACK}:{numbers[1]}"
    return Mail(f"smtp://{LOOPBACK}:{numbers[0]}", web_uri, (program,), numbers)

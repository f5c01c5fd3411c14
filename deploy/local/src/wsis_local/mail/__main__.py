"""`python -m wsis_local.mail FOLDER SMTP_PORT WEB_PORT [HOST [CERTIFICATE]]`: run the catcher until SIGTERM."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from wsis_local.mail.mailbox import Mailbox
from wsis_local.mail.smtp import listen
from wsis_local.mail.web import Server
from wsis_local.ports import LOOPBACK
from wsis_local.secret import kept_login


def main(folder: str, smtp_port: str, web_port: str, host: str = LOOPBACK, certificate: str = "") -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    mailbox = Mailbox(Path(folder))
    receiver = listen(mailbox, host, int(smtp_port), certificate)
    receiver.start()  # in a thread of its own
    try:
        Server((host, int(web_port)), mailbox, kept_login(Path(folder))).serve_forever()
    finally:
        receiver.stop()
        mailbox.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

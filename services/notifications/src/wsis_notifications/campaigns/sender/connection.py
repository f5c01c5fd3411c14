"""A connection to the relay with pipelining (RFC 2920): two round trips for a mail instead of four."""

from __future__ import annotations

import smtplib

from wsis_notifications.mails.rules.deliveries import Outcome
from wsis_notifications.mails.rules.message import Envelope
from wsis_notifications.mails.smtp import Connection


class PipelinedConnection(Connection):
    """Commands go in one write where the relay offers it. The content has no line that begins with a dot."""

    def _dialogue(self, mail: Envelope) -> Outcome:
        smtp = self._smtp
        if smtp is None or mail.needs_utf8 or not smtp.has_extn("pipelining"):
            return super()._dialogue(mail)
        stage = "mail"
        try:
            smtp.send(f"MAIL FROM:<{mail.sender}>\r\nRCPT TO:<{mail.recipient}>\r\nDATA\r\n".encode("ascii"))
            replies = {}
            for stage in ("mail", "rcpt", "data"):
                replies[stage] = smtp.getreply()
            for refused, (code, text) in replies.items():
                if not 200 <= code < 400:
                    if replies["data"][0] == 354:  # it waits for content although it has no recipient
                        smtp.docmd(".")
                    return self._refused(refused, code, text)
            stage = "content"
            return self._hand_over(smtp, mail.content + b".\r\n")
        except (OSError, smtplib.SMTPException) as error:
            return self._lost(stage, error)

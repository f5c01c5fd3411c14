"""One connection to the relay, kept open for many mails.

smtplib's `sendmail` hides at which step a dialogue broke, and that is what decides whether a mail may go again: so the
four steps are taken one by one here.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from wsis_shared.settings import SettingError

from wsis_notifications.mails.rules.deliveries import SENT, Outcome, outcome_of
from wsis_notifications.mails.rules.message import Envelope

# A relay looks through a mail before it takes it, and who leaves meanwhile may have it sent twice: RFC 5321, 4.5.3.2.6,
# asks for ten minutes. By default ours end before WSIS_STOP_SECONDS; what is not answered then is of unknown outcome.
CONTENT_PATIENCE = 2  # times WSIS_SMTP_TIMEOUT

_LINE_DOT = re.compile(rb"^\.", re.MULTILINE)


class RelayAway(OSError):
    """The relay takes no connection, or refuses who we are: nothing is wrong with the mails."""


@dataclass(frozen=True)
class Relay:
    """Where mails go."""

    host: str
    port: int
    security: str = ""  # "", "starttls" or "tls"
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, uri: str) -> Relay:
        """smtp://[user:password@]host[:port], smtp+starttls://..., smtps://... Raises SettingError."""
        parts = urlsplit(uri)
        security = {"smtp": "", "smtp+starttls": "starttls", "smtps": "tls"}.get(parts.scheme)
        if security is None or not parts.hostname:
            raise SettingError("WSIS_SMTP_URI must be smtp://, smtp+starttls:// or smtps:// and a host")
        if parse_qs(parts.query).get("starttls", ["no"])[-1] in ("1", "yes", "true"):
            security = security or "starttls"
        default = {"": 25, "starttls": 587, "tls": 465}[security]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        relay = cls(parts.hostname, parts.port or default, security, user, password)
        if relay.user and not security and relay.host not in ("127.0.0.1", "::1", "localhost"):
            raise SettingError("WSIS_SMTP_URI: a password goes over TLS only: smtp+starttls:// or smtps://")
        return relay


class Connection:
    """`deliver` takes one mail through the dialogue. Not for use by two threads at once."""

    def __init__(self, relay: Relay, timeout: float) -> None:
        self._relay, self._timeout = relay, timeout
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect, if we are not. Raises RelayAway; until here no mail is in doubt."""
        if self._smtp is not None:
            return
        relay = self._relay
        try:
            smtp = (
                smtplib.SMTP_SSL(relay.host, relay.port, timeout=self._timeout, context=ssl.create_default_context())
                if relay.security == "tls"
                else smtplib.SMTP(relay.host, relay.port, timeout=self._timeout)
            )
            if relay.security == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if relay.user:
                smtp.login(relay.user, relay.password)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: a password beyond ASCII
            raise RelayAway(type(error).__name__) from None
        self._smtp = smtp

    def close(self) -> None:
        """Say goodbye, and wait for no answer: a relay that hangs must not hold up a stop."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.putcmd("QUIT")
            self._drop()

    def deliver(self, mail: Envelope) -> Outcome:
        """One dialogue. A connection that the relay closed while it was idle is made anew once. Raises RelayAway where
        that fails: nothing was said about the mail then."""
        self.open()
        try:
            return self._dialogue(mail)
        except IdleError:
            self.open()
        try:
            return self._dialogue(mail)
        except IdleError:
            raise RelayAway("closed at once") from None

    def _dialogue(self, mail: Envelope) -> Outcome:
        smtp = self._smtp
        assert smtp is not None  # noqa: S101 -- for the type checker: `deliver` has opened it
        if mail.needs_utf8 and not smtp.has_extn("smtputf8"):
            return Outcome("failed", "smtputf8_not_offered")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if mail.needs_utf8 else []
        stage = "mail"
        try:
            if mail.needs_utf8:
                smtp.command_encoding = "utf-8"
            for stage, talk in (
                ("mail", lambda: smtp.mail(mail.sender, options)),
                ("rcpt", lambda: smtp.rcpt(mail.recipient)),
                ("data", lambda: smtp.docmd("DATA")),
            ):
                code, text = talk()
                if not 200 <= code < 400:
                    return self._refused(stage, code, text)
            stage = "content"
            end = b".\r\n" if mail.content.endswith(b"\n") else b"\r\n.\r\n"
            return self._hand_over(smtp, _LINE_DOT.sub(b"..", mail.content) + end)
        except (OSError, smtplib.SMTPException) as error:
            return self._lost(stage, error)

    def _hand_over(self, smtp: smtplib.SMTP, content: bytes) -> Outcome:
        smtp.send(content)
        assert smtp.sock is not None  # noqa: S101 -- for the type checker: `send` has used it
        smtp.sock.settimeout(CONTENT_PATIENCE * self._timeout)
        code, text = smtp.getreply()
        smtp.sock.settimeout(self._timeout)
        return SENT if 200 <= code < 300 else self._refused("content", code, text)

    def _lost(self, stage: str, error: Exception) -> Outcome:
        """The connection ended amid a stage."""
        self._drop()
        if stage == "content":
            # The relay may have the whole mail and we only lack its answer.
            return Outcome("unknown", f"no answer: {type(error).__name__}")
        if stage == "mail":
            raise IdleError from None
        return Outcome("retry", f"{stage}: {type(error).__name__}")

    def _refused(self, stage: str, code: int, text: bytes) -> Outcome:
        if code == 421:
            self._drop()
            if stage == "mail":
                raise IdleError
        else:
            self._reset()
        return outcome_of(stage, code, text.decode("ascii", "replace"))

    def _reset(self) -> None:
        try:
            if self._smtp is not None:
                self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


class IdleError(Exception):
    """The connection ended before the dialogue began."""

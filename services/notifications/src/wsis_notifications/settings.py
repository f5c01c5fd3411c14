"""What notifications reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import SettingError, setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Where mails go and who they come from."""

    smtp_uri: str = setting(
        "",
        "The relay, required: smtp://[user:password@]host[:port], smtp+starttls://..., smtps://...",
        secret=True,
    )
    smtp_timeout: float = setting(10.0, "Seconds that one answer of the relay may take")
    mail_from: str = setting("WSIS Process <no-reply@wsis.invalid>", "From, and the envelope's sender")
    mail_domain: str = setting(
        "", "Domain of the process `inbound`: bounces come back to signed addresses in it; empty: to WSIS_MAIL_FROM"
    )
    mail_reply_to: str = setting("", "Reply-To; empty: none")
    newsletter_connections: int = setting(24, "SMTP connections of one process `sender`")
    newsletter_per_second: float = setting(800.0, "Mails of campaigns per second, of all processes; 0: no limit")
    newsletter_per_domain: str = setting("", "Mails per second to some domains: gmail.com=50,yahoo.com=20")
    newsletter_per_day: int = setting(0, "Mails of campaigns per day (UTC); 0: no limit")
    dkim_domain: str = setting("", "Domain that mails are signed for (DKIM); empty: not signed")
    dkim_selector: str = setting("wsis", "Name of the key: <selector>._domainkey.<domain> in the DNS")
    dkim_key: str = setting("", "Private key of DKIM in PEM, RSA of 2048 bits", secret=True)
    mail_page: int = setting(
        500, "Recipients whose deliveries are stored in one step of a mail to many", development=True
    )
    nice: int = setting(10, "Scheduling priority of the process, as in nice(1): votes come before mails")
    public_url: str = setting("http://127.0.0.1:8000", "Where people reach the gateway; links in mails start with it")

    mail_smtputf8: bool = setting(
        False, "The relay offers SMTPUTF8 (RFC 6531): addresses with letters beyond ASCII before the @ may subscribe"
    )

    def check_start(self) -> None:
        """Without a relay no code arrives, so nobody can sign in, and nobody knows."""
        if not self.smtp_uri:
            raise SettingError("WSIS_SMTP_URI must be set: the relay that takes the mails")

    @property
    def lease(self) -> float:
        """Seconds after which a mail in work counts as abandoned: longer than the slowest dialogue of four answers."""
        return 5 * self.smtp_timeout

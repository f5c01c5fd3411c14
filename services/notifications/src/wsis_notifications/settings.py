"""What notifications reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Where mails go and who they come from."""

    smtp_uri: str = setting(
        "smtp://127.0.0.1:25",
        "The relay: smtp://[user:password@]host[:port], smtp+starttls://..., smtps://...",
        secret=True,
    )
    smtp_timeout: float = setting(10.0, "Seconds that one answer of the relay may take")
    mail_from: str = setting("WSIS Process <no-reply@wsis.invalid>", "From, and the envelope's sender")
    mail_domain: str = setting(
        "", "Domain of the process `inbound`: bounces come back to signed addresses in it; empty: to WSIS_MAIL_FROM"
    )
    mail_reply_to: str = setting("", "Reply-To; empty: none")
    mail_fast_connections: int = setting(4, "SMTP connections of one process for what somebody waits for")
    mail_bulk_connections: int = setting(8, "SMTP connections of one process for everything else")
    mail_page: int = setting(500, "Recipients that are put on the ledger in one step of a mail to many")
    nice: int = setting(10, "Scheduling priority of the process, as in nice(1): votes come before mails")
    public_url: str = setting("http://127.0.0.1:8000", "Where people reach the gateway; links in mails start with it")

    @property
    def lease(self) -> float:
        """Seconds after which a mail in work counts as abandoned: longer than the slowest dialogue of four answers."""
        return 5 * self.smtp_timeout

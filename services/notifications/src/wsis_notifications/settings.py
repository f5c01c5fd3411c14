"""What notifications reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Where mails go and who they come from."""

    smtp_uri: str = setting(
        "",
        "The relay, required: smtp://[user:password@]host[:port], smtp+starttls://..., smtps://...",
        secret=True,
    )
    relay_log: str = setting(
        "",
        "The log of the relay (Postfix), readable to the service notifications: a mail of unknown outcome is searched "
        "for in it; empty: an officer decides on it",
    )
    smtp_timeout: float = setting(10.0, "Seconds that one answer of the relay may take; to a whole mail, twice as long")
    mail_from: str = setting("WSIS Process <no-reply@wsis.invalid>", "From, and the envelope's sender")
    mail_domain: str = setting(
        "", "Domain of the process `inbound`: bounces come back to signed addresses in it; empty: to WSIS_MAIL_FROM"
    )
    mail_reply_to: str = setting("", "Reply-To; empty: none")
    newsletter_from: str = setting("", "From of campaigns and of mails that people may decline; empty: WSIS_MAIL_FROM")
    newsletter_domain: str = setting("", "Domain of the bounces of these mails; empty: WSIS_MAIL_DOMAIN")
    newsletter_dkim_domain: str = setting("", "Domain that these mails are signed for; empty: WSIS_DKIM_DOMAIN")
    newsletter_dkim_selector: str = setting("", "Name of their key; empty: WSIS_DKIM_SELECTOR")
    newsletter_dkim_key: str = setting("", "Their private key in PEM; empty: WSIS_DKIM_KEY", secret=True)
    newsletter_connections: int = setting(24, "SMTP connections of one process `sender`")
    newsletter_per_second: float = setting(800.0, "Mails of campaigns per second, of all processes; 0: no limit")
    newsletter_per_domain: str = setting(
        "gmail.com=20,googlemail.com=20,outlook.com=10,hotmail.com=10,live.com=10,msn.com=10,yahoo.com=10,icloud.com=10,"
        "qq.com=5,163.com=5,126.com=5,mail.ru=5,yandex.ru=5",
        "Mails of campaigns per second to some domains: gmail.com=50,yahoo.com=20",
    )
    newsletter_warm_up: str = setting(
        "0=500,1=1000,2=2000,4=5000,7=10000,10=20000,14=50000,18=100000,21=0",
        "Mails of campaigns per hour by the days since the first campaign of the domain that sends them: from day 1 on "
        "1000, and so on; 0: no limit. 0=0: providers know it already",
    )
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

    @property
    def lease(self) -> float:
        """Seconds after which a mail in work counts as abandoned: longer than the slowest dialogue, of three answers
        and that to the content. Who loses a mail by then is dead or cut off."""
        return 6 * self.smtp_timeout

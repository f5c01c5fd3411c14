"""Two streams of mail: codes with what concerns somebody's own things, and what goes to many.

Mailbox providers judge a stream by its sender, its bounce domain and its signature: complaints about the newsletter
must not keep a code from its inbox.
"""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared.settings import SettingError

from wsis_notifications.mails.rules import message
from wsis_notifications.mails.rules.dkim import Signer
from wsis_notifications.settings import Settings


@dataclass(frozen=True)
class Stream:
    """`return_domain`: bounces come back to signed addresses in it; empty: to the sender. `signer` is None where mails
    are not signed."""

    sender: message.Mailbox
    return_domain: str
    signer: Signer | None

    @property
    def host(self) -> str:
        """The domain of its Message-IDs."""
        return self.sender.address.rpartition("@")[2]


def personal(settings: Settings) -> Stream:
    """Codes, receipts, decisions. Raises SettingError."""
    signer = _signer("DKIM", settings.dkim_domain, settings.dkim_selector, settings.dkim_key)
    return Stream(message.from_setting(settings.mail_from), settings.mail_domain, signer)


def bulk(settings: Settings) -> Stream:
    """Campaigns, and mails of a kind that people may decline; as the other stream where nothing else is set. Raises
    SettingError."""
    signer = _signer(
        "NEWSLETTER_DKIM",
        settings.newsletter_dkim_domain or settings.dkim_domain,
        settings.newsletter_dkim_selector or settings.dkim_selector,
        settings.newsletter_dkim_key or settings.dkim_key,
    )
    sender = message.from_setting(settings.newsletter_from or settings.mail_from)
    return Stream(sender, settings.newsletter_domain or settings.mail_domain, signer)


def reply_to(settings: Settings) -> message.Mailbox | None:
    """Where answers to either go."""
    return message.from_setting(settings.mail_reply_to) if settings.mail_reply_to else None


def _signer(prefix: str, domain: str, selector: str, key: str) -> Signer | None:
    if not domain:
        return None
    try:
        return Signer(domain, selector, key.replace("\\n", "\n"))
    except ValueError:
        raise SettingError(f"WSIS_{prefix}_KEY must be a private key of RSA in PEM") from None

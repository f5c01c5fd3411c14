"""Which mails people do not get: kinds that they declined, and anything but transactional mail at a suppressed address.

Asked for a batch before its mails are written, so that a mail costs no query of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from wsis_shared.mongo import in_transaction

from wsis_notifications.addresses.rules import suppression
from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.addresses.store.keys import address_key, link_id
from wsis_notifications.mails.rules import unsubscription
from wsis_notifications.mails.rules.unsubscription import Unsubscription
from wsis_notifications.mails.store.announced import MAIL, AnnouncedAddresses
from wsis_notifications.mails.store.preferences import MailPreferences
from wsis_notifications.settings import Settings

DECLINED, SUPPRESSED = "declined", "suppressed"


@dataclass(frozen=True)
class Recipient:
    """Whom a mail of a kind goes to. `account` is None for who has none."""

    kind: str
    account: str | None
    email: str

    @property
    def unsubscription(self) -> Unsubscription:
        """What the link in the mail says. Raises ValueError for what is no address."""
        if self.account is not None:
            return Unsubscription("account", self.account, self.kind)
        return Unsubscription("address", link_id(address_key(self.email)), self.kind)


class DeliveryPolicy:
    """`secret` signs the links; `host` is the domain of our lists."""

    def __init__(
        self,
        preferences: MailPreferences,
        suppressions: Suppressions,
        announced: AnnouncedAddresses,
        settings: Settings,
        secret: str,
        host: str,
    ) -> None:
        self._preferences, self._suppressions, self._announced = preferences, suppressions, announced
        self._settings, self._secret, self._host = settings, secret, host

    def refusals(self, recipients: Sequence[Recipient]) -> list[str | None]:
        """For each, why it gets no mail, or None."""
        keys = [_key(recipient.email) for recipient in recipients]
        ids = [recipient.account or link_id(key) for recipient, key in zip(recipients, keys, strict=True)]
        declined, suppressed = self._preferences.among(set(ids)), self._suppressions.among(set(keys))
        return [
            DECLINED
            if recipient.kind in declined.get(id_, ())
            else SUPPRESSED
            if suppression.blocks_mail(suppressed.get(key))
            else None
            for recipient, id_, key in zip(recipients, ids, keys, strict=True)
        ]

    def announced_elsewhere(self, event: str, emails: Iterable[str]) -> set[str]:
        """Those of the addresses to which a campaign announces the same; it will skip the others."""
        keys = {key: email for email in emails if (key := _key(email))}
        taken = in_transaction(partial(self._announced.take, event, list(keys), MAIL))
        return {keys[key] for key in taken}

    def url(self, link: Unsubscription, language: str) -> str:
        """The page where the person leaves the list."""
        return unsubscription.url(link, language, secret=self._secret, public_url=self._settings.public_url)

    def headers(self, link: Unsubscription) -> dict[str, str]:
        """The headers of a mail of a list."""
        lines = unsubscription.headers(
            link,
            secret=self._secret,
            public_url=self._settings.public_url,
            domain=self._settings.mail_domain,
            host=self._host,
        )
        return lines | unsubscription.bulk_headers(link)


def _key(email: str) -> str:
    """Of what is no address there is no key: composing the mail will say so."""
    try:
        return address_key(email)
    except ValueError:
        return ""

"""The reply address of a member, for the mails of a discussion."""

from __future__ import annotations

from wsis_shared.keys import mailbox_secret
from wsis_shared.parts import Parts

from wsis_consultation.discussions.rules import addresses
from wsis_consultation.discussions.rules.addresses import EPOCHS, ReplyTarget
from wsis_consultation.discussions.store import ReplyPreferences
from wsis_consultation.settings import Settings


class ReplyAddresses:
    """Makes and reads addresses. Without a mail domain there are none."""

    def __init__(self, preferences: ReplyPreferences, *, secret: str, domain: str) -> None:
        self._preferences, self._secret, self._domain = preferences, secret, domain

    @property
    def available(self) -> bool:
        """Whether mail to such an address reaches us."""
        return bool(self._domain and self._secret)

    def reply_address(self, discussion: str, account: str, comment: int = 0) -> str | None:
        """Where the member replies to a comment that they were mailed, or to the discussion; None where they have not
        turned replies on. Costs one read."""
        preference = self._preferences.preference(account) if self.available else None
        if preference is None or not preference["enabled"]:
            return None
        target = ReplyTarget(account, preference["epoch"], discussion, comment)
        return addresses.address_of(target, secret=self._secret, domain=self._domain)

    def target(self, address: str) -> ReplyTarget | None:
        """What an address names; None where we did not make it."""
        return addresses.target_of(address, secret=self._secret)

    def is_in_force(self, target: ReplyTarget) -> bool:
        """Whether the member has turned replies on, and has not revoked this address."""
        preference = self._preferences.preference(target.account)
        return bool(preference and preference["enabled"] and preference["epoch"] % EPOCHS == target.epoch)


def compose_addresses(parts: Parts) -> ReplyAddresses:
    """With the secret and the domain of the suite's mailboxes."""
    return ReplyAddresses(
        ReplyPreferences(parts.db), secret=mailbox_secret(), domain=Settings.load().mail_domain.lower()
    )

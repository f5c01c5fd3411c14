"""Whose mailbox an address is: decided at RCPT time from the manifests and the secret, without a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wsis_shared.mailboxes import LOCAL_PART_LIMIT, Mailbox
from wsis_shared.plugin import Plugin
from wsis_shared.resources import load_object


@dataclass(frozen=True)
class Recipient:
    """A mailbox with the plugin that declares it. `address` as the sender wrote it, in lower case."""

    plugin: str
    mailbox: Mailbox
    address: str


class Mailboxes:
    """All mailboxes of the installed plugins, under each of the domains."""

    def __init__(self, plugins: Iterable[Plugin], domains: Iterable[str], secret: str) -> None:
        self._domains, self._secret = {domain.lower() for domain in domains if domain}, secret
        self._all = [(plugin.name, mailbox, _check_of(mailbox)) for plugin in plugins for mailbox in plugin.mailboxes]

    def find(self, address: str) -> Recipient | None:
        """The mailbox of that address, or None: nobody's, forged, or of another domain."""
        local_part, _, domain = address.lower().rpartition("@")
        if domain not in self._domains or not 0 < len(local_part) <= LOCAL_PART_LIMIT:
            return None
        for plugin, mailbox, check in self._all:
            if mailbox.matches(local_part) and check(address.lower(), self._secret):
                return Recipient(plugin, mailbox, address.lower())
        return None

    def __len__(self) -> int:
        return len(self._all)


def _check_of(mailbox: Mailbox) -> Callable[[str, str], bool]:
    if not mailbox.check:
        return lambda _address, _secret: True
    check: Callable[[str, str], bool] = load_object(mailbox.check)
    return check

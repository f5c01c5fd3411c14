"""Mailed links: whoever has the key acts as the author."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from wsis_shared.errors import NotFound
from wsis_shared.parts import Parts

from wsis_consultation.people.store import Linked, opens

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy


class AccountContact(TypedDict):
    """The confirmed address of an account, as accounts says it."""

    account: str
    email: str
    names: str
    locale: str


class Links:
    """Keys of mailed links. Where an account wrote the document, its link opens as long as the account may act."""

    def __init__(self, accounts: ServiceProxy) -> None:
        self._accounts = accounts

    def open(self, document: Linked, key: str | None) -> bool:
        """Whether the key opens the document. Raises Unavailable where accounts cannot be asked."""
        if not opens(document, key):
            return False
        account = document.get("account")
        return account is None or self._is_active(account)

    def _is_active(self, account: str) -> bool:
        try:
            return not self._accounts.profile(account=account).get("blocked")
        except NotFound:  # erased
            return False


def compose(parts: Parts) -> Links:
    """They ask accounts who may act."""
    return Links(parts.client("accounts"))

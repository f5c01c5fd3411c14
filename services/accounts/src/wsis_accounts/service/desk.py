"""What the parts of the service share: the store, the settings, the signer, and who is asking."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wsis_shared import context
from wsis_shared.bus import Dependency, Service

from wsis_accounts import errors
from wsis_accounts.domain import people
from wsis_accounts.settings import Settings
from wsis_accounts.store import Signer, Store


class Desk(Service):
    """Base of the parts."""

    store = Dependency(Store)
    rules = Dependency(lambda _db: Settings.load())
    signer = Dependency(lambda db: Signer(Store(db), Settings.load().key_days))

    def my_account(self) -> dict[str, Any]:
        """The account of who is asking. A token outlives a block by minutes: it must not be of use meanwhile.

        Raises errors.account_unknown, errors.blocked.
        """
        account: dict[str, Any] = self.store.account(context.current().actor.id or "")
        if account["state"] == people.State.BLOCKED:
            raise errors.blocked()
        return account


def now() -> datetime:
    """When the gateway received the request."""
    return context.current().received_at


def shown(account: dict[str, Any]) -> dict[str, Any]:
    """An account as its owner and the officers see it."""
    return {
        **account,
        "account": account["_id"],
        "names": people.full_name(account),
        "roles": people.roles_of(account),
    }

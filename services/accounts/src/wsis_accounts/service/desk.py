"""What the parts of the service share: the store, the settings, the signer, and who is asking."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from wsis_shared import context, roles
from wsis_shared.bus import Dependency, Service
from wsis_shared.events import new_event
from wsis_shared.mongo import after_commit
from wsis_shared.revocations import TOKENS_REVOKED, Kind

from wsis_accounts import errors
from wsis_accounts.domain import people, proposals
from wsis_accounts.settings import Settings
from wsis_accounts.store import Signer, Store


class Desk(Service):
    """Base of the parts."""

    store = Dependency(Store)
    rules = Dependency(lambda _db: Settings.load())
    signer = Dependency(lambda db: Signer(Store(db), Settings.load().key_days))

    def my_account(self) -> dict[str, Any]:
        """The account of who is asking, as it is now and not as the token says.

        Raises errors.account_unknown, errors.blocked.
        """
        account: dict[str, Any] = self.store.account(context.current().actor.id or "")
        if account["state"] == people.State.BLOCKED:
            raise errors.blocked()
        return account

    def revoke_all(self, account: dict[str, Any]) -> dict[str, Any]:
        """Revoke the access tokens of an account. Returns the account to save, in the same transaction."""
        revoked = people.next_generation(account)
        self.revoke(Kind.ACCOUNT, account["_id"], people.generation(revoked))
        return revoked

    def end_session(self, id: str) -> None:
        """End a session, whoever's it is, unless it has ended."""
        session = self.store.session(id)
        if session and self.store.end_sessions(session.account, now(), only=id):
            self.revoke(Kind.SESSION, id)

    def revoke(self, kind: Kind, id: str, generation: int = 0) -> None:
        """Revoke access tokens. The list is in the store; gateways that miss the event ask for it."""
        entry = self.store.revoke(kind, id, generation)
        after_commit(partial(self.bus.notify, new_event(TOKENS_REVOKED, id, **asdict(entry))))


def now() -> datetime:
    """When the gateway received the request."""
    return context.current().received_at


def session_hours(account: dict[str, Any]) -> int | None:
    """The longest session that the roles of an account allow, in hours; None for members."""
    return roles.installed().session_hours(account["roles"])


def shown(account: dict[str, Any]) -> dict[str, Any]:
    """An account as its owner and the officers see it."""
    return {
        **account,
        "account": account["_id"],
        "names": people.full_name(account),
        "roles": people.roles_of(account),
        **proposed(account),
    }


def proposed(account: dict[str, Any]) -> dict[str, Any]:
    """What awaits a second officer."""
    return {
        "proposed": proposals.in_force(account, now()),
        "withdrawals_proposed": proposals.in_force(account, now(), proposals.WITHDRAW),
        "block_proposed": bool(proposals.in_force(account, now(), proposals.BLOCK)),
    }

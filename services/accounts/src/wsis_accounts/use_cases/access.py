"""Access tokens, sessions and accounts: what several use cases do with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from functools import partial

from wsis_shared import roles
from wsis_shared.context import Context
from wsis_shared.errors import Forbidden
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.mongo import after_commit
from wsis_shared.revocations import TOKENS_REVOKED, Kind

from wsis_accounts.rules import people, proposals, sessions
from wsis_accounts.rules.people import Account
from wsis_accounts.rules.sessions import Session
from wsis_accounts.store import Store

Notify = Callable[[PendingEvent], None]  # publishes an event that nobody needs to receive


class Missing(StrEnum):
    """What a session lacks for the roles of its account."""

    CODE = "code"  # of the authenticator that the account has
    AUTHENTICATOR = "authenticator"  # the account must have one, and has none


class Access:
    """Who asks, and the end of access. `staff_second_factor`: who holds a role that two officers grant needs one."""

    def __init__(self, store: Store, *, staff_second_factor: bool) -> None:
        self._store, self._staff_second_factor = store, staff_second_factor

    def own_account(self, ctx: Context) -> Account:
        """The account of who is asking, as it is now and not as the token says.

        Raises `accounts.account_unknown`, `accounts.blocked`.
        """
        account = self._store.account(ctx.actor.id or "")
        if account["state"] == people.State.BLOCKED:
            raise Forbidden("accounts.blocked")
        return account

    def check_fresh(self, ctx: Context) -> Session:
        """The session of who asks, which has just begun: a stolen token does not suffice. Raises
        `accounts.sign_in_again`."""
        session = self._store.session(ctx.actor.session or "")
        if session is None or ctx.received_at - session.started_at > sessions.FRESH:
            raise Forbidden("accounts.sign_in_again")
        return session

    def must_have_authenticator(self, account: Account) -> bool:
        """By setting, and by its roles."""
        declared = roles.installed()
        return self._staff_second_factor and any(declared.needs_two(role) for role in account["roles"])

    def missing(self, account: Account, session: Session) -> Missing | None:
        """What the session must show before the roles of the account count in it; until then it is a member's."""
        if session.second_factor_at is not None:
            return None
        if account.get("authenticator"):
            return Missing.CODE
        return Missing.AUTHENTICATOR if self.must_have_authenticator(account) else None

    def revoke_all(self, account: Account, notify: Notify) -> Account:
        """Revoke the access tokens of an account. Returns the account to save, in the same transaction."""
        revoked = people.next_generation(account)
        self.revoke(notify, Kind.ACCOUNT, account["_id"], people.generation(revoked))
        return revoked

    def end_session(self, id: str, now: datetime, notify: Notify) -> None:
        """End a session, whoever's it is, unless it has ended."""
        session = self._store.session(id)
        if session and self._store.end_sessions(session.account, now, only=id):
            self.revoke(notify, Kind.SESSION, id)

    def revoke(self, notify: Notify, kind: Kind, id: str, generation: int = 0) -> None:
        """Revoke access tokens. The list is in the store; gateways that miss the event ask for it."""
        entry = self._store.revoke(kind, id, generation)
        after_commit(partial(notify, new_event(TOKENS_REVOKED, id, **asdict(entry))))


def session_hours(account: Account) -> int | None:
    """The longest session that the roles of an account allow, in hours; None for members."""
    return roles.installed().session_hours(account["roles"])


def account_response(account: Account, now: datetime) -> dict[str, object]:
    """An account as its owner and the officers see it."""
    return {
        **account,
        "account": account["_id"],
        "names": people.full_name(account),
        "roles": people.roles_of(account),
        "authenticator": account.get("authenticator", False),
        **pending_proposals(account, now),
    }


def pending_proposals(account: Account, now: datetime) -> dict[str, object]:
    """What awaits a second officer."""
    return {
        "proposed": proposals.in_force(account, now),
        "withdrawals_proposed": proposals.in_force(account, now, proposals.WITHDRAW),
        "block_proposed": bool(proposals.in_force(account, now, proposals.BLOCK)),
        "removal_proposed": bool(proposals.in_force(account, now, proposals.REMOVE)),
    }

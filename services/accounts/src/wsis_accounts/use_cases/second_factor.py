"""The authenticator app of an account, and the sessions that have shown its code.

Without it a session of its account is a member's: it sees and does nothing for which the account has a role.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial

from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Forbidden, Invalid, SuiteError, TooMany, Unauthenticated
from wsis_shared.json_types import Input
from wsis_shared.mongo import after_commit, in_transaction
from wsis_shared.operations import rpc

from wsis_accounts import events
from wsis_accounts.rules import authenticators, people, sessions
from wsis_accounts.rules.authenticators import Authenticator, Key, Verdict
from wsis_accounts.rules.people import Account
from wsis_accounts.rules.sessions import Session
from wsis_accounts.store import Store, hashing
from wsis_accounts.use_cases.access import Access, Missing, Notify, session_hours
from wsis_accounts.use_cases.signing_in import Authentication, Granted, staff, unless_refused

_log = logging.getLogger(__name__)


class SecondFactor:
    """What people do with their own authenticator; removing another's is for officers."""

    def __init__(self, store: Store, access: Access, authentication: Authentication) -> None:
        self._store, self._access, self._authentication = store, access, authentication

    @rpc
    def read_authenticator(self, ctx: Context) -> dict[str, object]:
        """Whether I have one, and whether this session has shown it."""
        account, session = self._access.own_account(ctx), self._store.session(ctx.actor.session or "")
        key = self._store.authenticator(account["_id"]).key
        return {
            "active": key is not None,
            "since": key and key.made_at,
            "recovery_codes_left": len(key.recovery) if key else 0,
            "demanded": self._access.must_have_authenticator(account),
            "missing": session and self._access.missing(account, session),
        }

    @rpc(writes=True, store_response=False)
    def make_authenticator(self, ctx: Context) -> dict[str, object]:
        """A secret for an app, and recovery codes, in place of those that there are once the app has shown a code."""
        account, session = self._access.own_account(ctx), self._access.check_fresh(ctx)
        secret = authenticators.new_secret()
        recovery = [hashing.new_recovery() for _ in range(authenticators.RECOVERY_CODES)]
        hashes = tuple(hashing.recovery(account["_id"], code) for code in recovery)
        in_transaction(partial(self._offer, account["_id"], session, Key(secret, hashes, ctx.received_at)))
        return {"secret": secret, "uri": authenticators.uri(secret, account["email"]), "recovery_codes": recovery}

    @rpc(writes=True, store_response=False)
    def show_code(self, ctx: Context, notify: Notify, body: Input) -> dict[str, object]:
        """Show a code of the authenticator: the roles of the account count in this session from now on."""
        outcome = in_transaction(partial(self._show, ctx, notify, body["refresh_token"], body["code"]))
        return self._authentication.tokens(unless_refused(outcome), ctx.received_at)

    @rpc(writes=True)
    def remove_authenticator(self, ctx: Context, notify: Notify) -> None:
        """Go without. Who must have one sets up another before their roles count again."""
        account = self._access.own_account(ctx)
        if not account.get("authenticator"):
            raise Conflict("accounts.authenticator_none")
        # Who has the mailbox alone does not remove it.
        if self._access.missing(account, self._access.check_fresh(ctx)) is Missing.CODE:
            raise Forbidden("accounts.authenticator_needed")
        self._store.forget_authenticator(account["_id"])
        self._store.forget_second_factor(account["_id"])
        without = self._access.revoke_all({**account, "authenticator": False}, notify)
        self._store.save("accounts", without, events.authenticator_removed(account["_id"]))

    # -- within ------------------------------------------------------------------------------------------------------

    def _offer(self, account: str, session: Session, key: Key) -> None:
        """By what the transaction reads: its owner may have set up an app since the request began."""
        shown = session.second_factor_at is not None
        self._store.save_authenticator(authenticators.offer(self._store.authenticator(account), key, shown=shown))

    def _show(self, ctx: Context, notify: Notify, token: str, code: str) -> Granted | SuiteError:
        now, id = ctx.received_at, hashing.session_of(token)
        session = self._store.session(id) if id else None
        account = next(iter(self._store.accounts([session.account])), None) if session else None
        if session is None or account is None or account["state"] != people.State.ACTIVE:
            return Unauthenticated("accounts.refresh_invalid")
        if not sessions.holds(session, hashing.refresh(token), session_hours(account), now):
            return self._authentication.rotated(now, notify, token)  # which says why, and ends what was stolen
        before = self._store.authenticator(account["_id"])
        if before.key is None and before.offered is None:
            return Conflict("accounts.authenticator_none")
        after, verdict = authenticators.attempt(before, code, hashing.recovery(account["_id"], code), now)
        said = {"verdict": verdict, "session": session.id, "account": staff(account)}
        if refusal := _refusal(after, verdict, ctx):
            after_commit(partial(_log.warning, "second factor refused", extra=said))
            self._store.save_authenticator(after)
            return refusal
        after_commit(partial(_log.info, "second factor shown", extra=said))
        self._store.save_authenticator(after)
        self._tell(account, before, verdict, notify)
        self._store.save_session(replace(session, second_factor_at=now))
        return self._authentication.rotated(now, notify, token)

    def _tell(self, account: Account, before: Authenticator, verdict: Verdict, notify: Notify) -> None:
        """Mail what its owner should know of. With the first authenticator of an account the tokens of its other
        sessions end, which have shown none."""
        if verdict is Verdict.SET_UP:
            account = account if before.key else self._access.revoke_all(account, notify)
            self._store.save("accounts", {**account, "authenticator": True}, events.authenticator_added(account["_id"]))
        elif verdict is Verdict.RECOVERED:
            self._store.save("accounts", account, events.recovery_code_used(account["_id"]))


def _refusal(authenticator: Authenticator, verdict: Verdict, ctx: Context) -> SuiteError | None:
    if verdict is Verdict.TOO_SOON and authenticator.wait_until is not None:
        wait = int((authenticator.wait_until - ctx.received_at).total_seconds()) + 1
        return TooMany("accounts.authenticator_waits", retry_after=wait)
    if verdict is Verdict.REFUSED:
        return Invalid("accounts.authenticator_code_invalid", fields={"code": ["Type what the app shows now."]})
    return None

"""What people do with their own account."""

from __future__ import annotations

from typing import Any

from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.operations import rpc
from wsis_shared.revocations import Kind

from wsis_accounts.rules import people, sessions
from wsis_accounts.rules.people import Account
from wsis_accounts.rules.sessions import Session
from wsis_accounts.store import Store
from wsis_accounts.store.sessions import read_session
from wsis_accounts.use_cases.access import Access, Notify, account_response, session_hours


class OwnAccount:
    """Needs `accounts:self`, which every member has."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store, self._access = store, access

    @rpc(writes=True)
    def sign_out(self, ctx: Context, notify: Notify) -> None:
        """End this session."""
        actor = ctx.actor
        if actor.session and self._store.end_sessions(actor.id or "", ctx.received_at, only=actor.session):
            self._access.revoke(notify, Kind.SESSION, actor.session)

    @rpc(writes=True)
    def sign_out_everywhere(self, ctx: Context, notify: Notify) -> None:
        """End all sessions."""
        account = self._access.own_account(ctx)
        self._access.check_fresh(ctx)
        self._store.end_sessions(account["_id"], ctx.received_at)
        self._store.save("accounts", self._access.revoke_all(account, notify))

    @rpc
    def list_sessions(self, ctx: Context, limit: int, after: str | None) -> dict[str, object]:
        """My sessions that go on."""
        account, current = self._access.own_account(ctx), ctx.actor.session
        hours = session_hours(account)
        used_after = ctx.received_at - sessions.idle_time(hours)
        page = self._store.open_sessions(account["_id"], used_after, limit, after, now=ctx.received_at)

        def open_session(doc: dict[str, Any]) -> dict[str, object]:
            session = read_session(doc)
            return {
                "session": session.id,
                "current": session.id == current,
                "started_at": session.started_at,
                "used_at": session.used_at,
                "ends_at": sessions.ends_at(session, hours),
            }

        return page.response(open_session)

    @rpc(writes=True)
    def end_my_session(self, ctx: Context, notify: Notify, session: str) -> None:
        """End one of my sessions."""
        self._access.check_fresh(ctx)
        if not self._store.end_sessions(ctx.actor.id or "", ctx.received_at, only=session):
            raise NotFound("accounts.session_unknown")
        self._access.revoke(notify, Kind.SESSION, session)

    @rpc
    def read_me(self, ctx: Context) -> dict[str, object]:
        """My account, and what this session lacks for its roles."""
        account, session = self._access.own_account(ctx), self._store.session(ctx.actor.session or "")
        missing = session and self._access.missing(account, session)
        return {**account_response(account, ctx.received_at), "missing": missing}

    @rpc(writes=True)
    def change_me(self, ctx: Context, body: people.Changes) -> dict[str, object]:
        """Change what was typed, but for the address."""
        account: Account = {**self._access.own_account(ctx), **body}
        account["words"] = people.words(account)
        return account_response(self._store.save("accounts", account), ctx.received_at)

    @rpc
    def export_me(self, ctx: Context) -> dict[str, object]:
        """All that this service holds about who asks."""
        account = self._access.own_account(ctx)
        return {
            "account": account_response(account, ctx.received_at),
            "trace": account["trace"],
            "sessions": [_exported(session) for session in self._store.sessions_of(account["_id"])],
            "identities": [{**each, "identity": each["_id"]} for each in self._store.identities_of(account["_id"])],
            "audit": self._store.entries_about(account["_id"]),
            "made_at": ctx.received_at,
        }


def _exported(session: Session) -> dict[str, object]:
    times = ("started_at", "used_at", "expires_at", "ended_at", "second_factor_at")
    return {"session": session.id, **{name: getattr(session, name) for name in times}}

"""What people do with their own account."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import rpc
from wsis_shared.revocations import Kind

from wsis_accounts import errors
from wsis_accounts.domain import people, sessions
from wsis_accounts.domain.sessions import Session
from wsis_accounts.service.desk import Desk, now, session_hours, shown
from wsis_accounts.store.sessions import read_session


class Me(Desk):
    """Needs `accounts:self`, which every member has."""

    @rpc(writes=True)
    def sign_out(self) -> None:
        """End this session."""
        actor = context.current().actor
        if actor.session and self.store.end_sessions(actor.id, now(), only=actor.session):
            self.revoke(Kind.SESSION, actor.session)

    @rpc(writes=True)
    def sign_out_everywhere(self) -> None:
        """End all sessions."""
        account = self.my_account()
        self._check_fresh()
        self.store.end_sessions(account["_id"], now())
        self.store.save("accounts", self.revoke_all(account))

    @rpc
    def list_sessions(self, limit: int, after: str | None) -> dict[str, Any]:
        """My sessions that go on."""
        account, current = self.my_account(), context.current().actor.session
        hours = session_hours(account)
        used_after = now() - sessions.idle_time(hours, self.rules)
        page = self.store.open_sessions(account["_id"], used_after, limit, after, now=now())

        def open_session(doc: dict[str, Any]) -> dict[str, Any]:
            session = read_session(doc)
            return {
                "session": session.id, "current": session.id == current, "started_at": session.started_at,
                "used_at": session.used_at, "ends_at": sessions.ends_at(session, hours, self.rules),
            }  # fmt: skip

        return page.response(open_session)

    @rpc(writes=True)
    def end_my_session(self, session: str) -> None:
        """End one of my sessions."""
        self._check_fresh()
        if not self.store.end_sessions(context.current().actor.id, now(), only=session):
            raise errors.session_unknown()
        self.revoke(Kind.SESSION, session)

    def _check_fresh(self) -> None:
        """Raises errors.sign_in_again unless this session has just begun: a token that was stolen does not suffice."""
        session = self.store.session(context.current().actor.session or "")
        if session is None or now() - session.started_at > self.rules.fresh:
            raise errors.sign_in_again()

    @rpc
    def read_me(self) -> dict[str, Any]:
        """My account."""
        return shown(self.my_account())

    @rpc(writes=True)
    def change_me(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change what was typed, but for the address."""
        account = {**self.my_account(), **body}
        account["words"] = people.words(account)
        return shown(self.store.save("accounts", account))

    @rpc
    def export_me(self) -> dict[str, Any]:
        """All that this service holds about who asks."""
        account = self.my_account()
        return {
            "account": shown(account),
            "trace": account["trace"],
            "sessions": [_told(session) for session in self.store.sessions_of(account["_id"])],
            "audit": self.store.entries_about(account["_id"]),
            "made_at": now(),
        }


def _told(session: Session) -> dict[str, Any]:
    times = ("started_at", "used_at", "expires_at", "ended_at")
    return {"session": session.id, **{name: getattr(session, name) for name in times}}

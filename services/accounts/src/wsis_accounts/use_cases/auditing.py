"""The audit: what staff did, collected from every service that tells of it."""

from __future__ import annotations

from datetime import datetime

from wsis_shared.events import SOURCE
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc, subscribe_many

from wsis_accounts.events import audited
from wsis_accounts.store import Store, entry


class AuditLog:
    """Needs `audit:read`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @subscribe_many(audited)
    def on_action_taken(self, event: Input) -> None:
        """Keep it for good."""
        self._store.add_entry(event["id"], event["source"].removeprefix(SOURCE), event["data"])

    @rpc
    def list_audit(
        self,
        limit: int,
        after: str | None,
        object: str | None = None,
        actor: str | None = None,
        action: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> dict[str, object]:
        """Entries, newest first."""
        page = self._store.entries(
            limit=limit, after=after, object=object, actor=actor, action=action, since=since, until=until
        )
        return page.response(entry)

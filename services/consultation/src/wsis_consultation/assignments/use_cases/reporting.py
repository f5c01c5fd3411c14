"""The daily mail of open reports: to moderators of their discussions, to officers of those without a moderator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from wsis_shared import mongo
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import every, rpc

from wsis_consultation.assignments import rules
from wsis_consultation.assignments.events import REPORTS_DUE, UNASSIGNED_REPORTS_DUE
from wsis_consultation.assignments.store import Assignments
from wsis_consultation.discussions.rules import digests
from wsis_consultation.discussions.store import Comments, Discussions

_BATCH = 500  # recipients of one event


class ReportingCases:
    """Who is told of reports, and what the mail says."""

    def __init__(self, store: Assignments, discussions: Discussions, comments: Comments) -> None:
        self._store, self._discussions, self._comments = store, discussions, comments

    @every(300)
    def send_open_reports(self, ctx: Context) -> int:
        """Store the mails of a day, where reports are open, once; returns how many people are assigned to them. Call it
        as often as you like."""
        day = digests.day_of(ctx.received_at)
        if self._store.was_mailed(day):
            return 0
        return mongo.in_transaction(partial(self._send, day, ctx.received_at))

    def _send(self, day: str, now: datetime) -> int:
        reported = self._comments.reported_discussions()
        if not reported or not self._store.mark_mailed(day, now):
            return 0
        assigned = self._store.of_targets(rules.MODERATOR, sorted(reported))
        accounts = sorted({row["account"] for row in assigned})
        events = [
            new_event(REPORTS_DUE, subject=day, accounts=batch, day=day) for batch in mongo.chunks(accounts, _BATCH)
        ]
        if reported.keys() - {row["target"] for row in assigned}:
            events.append(new_event(UNASSIGNED_REPORTS_DUE, subject=day, day=day))
        self._store.store_events(1, *events)
        return len(accounts)

    @rpc
    def write_open_reports(self, data: Input, account: str) -> JsonObject:
        """What a moderator reads: their discussions with open reports. Raises NotFound where none is left."""
        own = {row["target"] for row in self._store.of_account(account) if row["role"] == rules.MODERATOR}
        return self._written(own, "/desk/assignments")

    @rpc
    def write_unassigned_reports(self, data: Input, account: str) -> JsonObject:
        """What an officer reads: discussions that nobody moderates. Raises NotFound where none is left."""
        reported = self._comments.reported_discussions()
        taken = {row["target"] for row in self._store.of_targets(rules.MODERATOR, sorted(reported))}
        return self._written(reported.keys() - taken, "/desk/consultations", reported)

    def _written(self, wanted: Iterable[str], page: str, reported: Mapping[str, int] | None = None) -> JsonObject:
        counts = self._comments.reported_discussions() if reported is None else reported
        named = self._discussions.named(id for id in sorted(wanted) if id in counts)
        if not named:
            raise NotFound("consultation.nothing_to_mail")
        entries = [{"title": row["title"], "count": counts[id]} for id, row in named.items()]
        return {"entries": entries[: digests.MAX_DISCUSSIONS], "page": page}

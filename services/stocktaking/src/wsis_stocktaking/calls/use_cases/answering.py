"""What owners do with a call: read it, say that entries are still correct; and what counts as an answer."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.context import Context
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc, subscribe
from wsis_shared.pages import page_url

from wsis_stocktaking.calls import rules
from wsis_stocktaking.calls.rules import Call, Invitee
from wsis_stocktaking.calls.store import Calls
from wsis_stocktaking.register.publishing import confirmation
from wsis_stocktaking.register.rules import entries as entry_rules
from wsis_stocktaking.register.rules.entries import Entry, title_of
from wsis_stocktaking.register.store.register import Register


class Answering:
    """The page of an owner, and their answers."""

    def __init__(self, calls: Calls, register: Register) -> None:
        self._calls, self._register = calls, register

    @rpc
    def read_own_call(self, ctx: Context, call: str) -> JsonObject:
        """A call with the entries that it is about. Raises NotFound where it has not reached the account."""
        found, account = self._calls.find(call), str(ctx.actor.id)
        invitee = self._calls.invitee(call, account)
        if found["state"] == rules.SENT and not invitee.get("opened_at"):
            self._calls.mark(call, account, rules.OPENED, ctx.received_at)
        return self._response(found, invitee)

    def _response(self, call: Call, invitee: Invitee) -> JsonObject:
        rows = self._calls.entries_of(invitee["owner"], invitee["entries"])
        return {
            "id": call["_id"],
            "state": call["state"],
            "text": call["text"],
            "deadline": call["deadline"],
            "entries": [
                {
                    "id": row["_id"],
                    "title": title_of(row["content"]),
                    "version": row["version"],
                    "last_updated_at": row.get("last_updated_at"),
                    "current": _is_current(row, invitee),
                }
                for row in rows
            ],
        }

    @rpc(writes=True)
    def confirm_called_entries(self, ctx: Context, call: str, body: Input) -> JsonObject:
        """Date entries today; what was updated since the mail stays as it is. Raises NotFound, Conflict."""
        found, account = self._calls.find(call), str(ctx.actor.id)
        invitee = self._calls.invitee(call, account)
        wanted = dict.fromkeys(body["entries"])
        rows = {row["_id"]: row for row in self._calls.entries_of(account, [*wanted])}
        if unknown := [entry for entry in wanted if entry not in rows]:
            raise NotFound("stocktaking.entry_unknown", entry=unknown[0])
        old = [row for row in rows.values() if not _is_current(row, invitee)]
        self._register.publish([confirmation(row, account) for row in old], ctx.received_at)
        if old and found["state"] == rules.SENT:
            self._calls.mark(call, account, rules.CONFIRMED, ctx.received_at)
        return self._response(found, invitee)

    @rpc
    def write_call(self, data: Input, account: str | None = None) -> JsonObject:
        """For the mails: the words of the officer and the old entries. Raises NotFound where none is left, or where the
        call is closed."""
        found, owner = self._calls.find(data["call"]), account or data["account"]
        invitee = self._calls.invitee(data["call"], owner)
        rows = [row for row in self._calls.entries_of(owner, invitee["entries"]) if not _is_current(row, invitee)]
        if not rows or found["state"] != rules.SENT:
            raise NotFound("stocktaking.call_unknown")
        return {
            "words": found["text"],
            "deadline": f"{found['deadline']}T12:00:00Z",  # the filters take moments
            "entries": [
                {"title": title_of(row["content"]), "last_updated_at": row.get("last_updated_at")} for row in rows
            ],
            "count": invitee["count"],
            "update": page_url("/me/entries"),
            "more": max(0, invitee["count"] - len(invitee["entries"])),
        }

    @subscribe("stocktaking", "entry_submitted")
    def count_update(self, event: Input) -> None:
        """A draft was submitted: an answer to each open call that has reached its owner."""
        self._count(event, rules.UPDATED)

    @subscribe("stocktaking", "entry_confirmed")
    def count_confirmation(self, event: Input) -> None:
        """An entry was confirmed on its own page."""
        self._count(event, rules.CONFIRMED)

    def _count(self, event: Input, what: str) -> None:
        owner = self._calls.owner_of(event["data"]["entry"]) or event["data"]["account"]  # an editor answers for them
        for call in self._calls.open_of(owner):
            self._calls.mark(call, owner, what, clock.parse(event["time"]))

    @subscribe("accounts", "account_erased", name="forget_invitee")
    def forget(self, erasure: Erasure) -> None:
        """A person is erased."""
        self._calls.forget(erasure)


def _is_current(entry: Entry, invitee: Invitee) -> bool:
    updated = entry.get("last_updated_at")
    return entry_rules.state_of(entry) == entry_rules.SUBMITTED or (updated is not None and updated >= invitee["at"])

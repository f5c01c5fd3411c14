"""What officers do with calls, the job that sends one, and the reminder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import every, job, rpc

from wsis_stocktaking.calls import events, rules
from wsis_stocktaking.calls.rules import Call, Invitee, Words
from wsis_stocktaking.calls.store import Calls
from wsis_stocktaking.entries.rules import Group
from wsis_stocktaking.entries.store.invitations import Invitations
from wsis_stocktaking.entries.use_cases.inviting import START, Inviting, Position
from wsis_stocktaking.register.rules import cards as freshness
from wsis_stocktaking.register.store.register import Register

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

_REMIND_SIZE = 200  # owners in one transaction


class Calling:
    """Drafts, sending, counts, the end of a call."""

    def __init__(self, calls: Calls, register: Register, invitations: Invitations) -> None:
        self._calls, self._register, self._invitations = calls, register, invitations
        self._inviting = Inviting(invitations, self._send)

    @rpc(writes=True)
    def write_call_draft(self, ctx: Context, body: Input) -> JsonObject:
        """A draft. Raises Invalid for a deadline that is over."""
        return response(self._calls.put(rules.new_call(ctx.new_id("call"), _words(body), ctx.received_at)))

    @rpc(writes=True)
    def change_call_draft(self, ctx: Context, call: str, body: Input) -> JsonObject:
        """Other words. Raises NotFound, Conflict where they were sent, Invalid."""
        found = self._calls.find(call)
        rules.require_draft(found)
        changed: Call = {**found, **_words(body)}
        rules.require_future(changed, ctx.received_at)
        return response(self._calls.put(changed))

    @rpc
    def list_calls(self, limit: int, after: str | None = None) -> JsonObject:
        """All, the newest first."""
        return self._calls.page(after, limit).response(response)

    @rpc
    def read_call(self, call: str) -> JsonObject:
        """One. Raises NotFound."""
        return response(self._calls.find(call))

    @rpc
    def list_called_owners(self, call: str, answered: bool, limit: int, after: str | None = None) -> JsonObject:
        """Owners whom a call has reached. Raises NotFound."""
        self._calls.find(call)
        page = self._calls.invitees(call, answered, after, limit)
        names = self._calls.organizations([row["entries"][0] for row in page.rows])
        return page.response(lambda row: _owner(row, names))

    @rpc(writes=True)
    def start_call(self, ctx: Context, jobs: Jobs, call: str, body: Input) -> Job:
        """Start the job that counts, or sends. Raises NotFound, Conflict where the call was sent, Invalid."""
        found = self._calls.find(call)
        to_send = rules.sent(found, ctx.received_at)
        arguments = {
            "call": call,
            "years": found["years"],
            "lines": found["lines"],
            "regions": found["regions"],
            "dry_run": body["dry_run"],
            "at": clock.iso(ctx.received_at),
            "until": self._register.head(),
            "updated_before": clock.iso(freshness.before(ctx.received_at, found["years"])),
        }
        if not body["dry_run"]:
            self._calls.put(to_send, _audited("call_sent", found, to_send, body["reason"]))
        return jobs.enqueue("send_call", arguments, key=f"send_call|{call}|{body['dry_run']}")

    @job()
    def send_call(self, run: Run) -> Next | Finish:
        """A step of the job, in a transaction: an owner is asked once, after any crash."""
        position: Position = run.checkpoint or START
        if position["owner"] is None:
            return self._inviting.collect(run, position)
        return self._inviting.invite(run, position)

    def _send(self, run: Run, groups: Sequence[Group], at: datetime) -> None:
        call = run.arguments["call"]
        self._invitations.invite(run.id, [(group, _mail(events.OWNER_CALLED, call, group)) for group in groups], at)
        self._calls.reach(call, groups, at)

    @rpc(writes=True)
    def close_call(self, ctx: Context, call: str, body: Input) -> JsonObject:
        """End a call that was sent. Raises NotFound, Conflict."""
        found = self._calls.find(call)
        closed = rules.closed(found)
        return response(self._calls.put(closed, _audited("call_closed", found, closed, body["reason"])))

    @every(600)
    def remind_owners(self) -> None:
        """Ask once more who has not answered, so many days before the deadline."""
        now = clock.now()
        for call in self._calls.to_remind(now):
            after = ""
            while rows := self._calls.unreminded(call, after, _REMIND_SIZE):
                self._calls.remind(call, rows, now, [_mail(events.OWNER_REMINDED, call, row) for row in rows])
                after = rows[-1]["owner"]
            self._calls.end_reminder(call)


def response(call: Call) -> JsonObject:
    """A call as officers see it."""
    return {**call, "id": call["_id"], "action_lines": call["lines"]}


def _words(body: Input) -> Words:
    return {
        "text": body["text"],
        "deadline": body["deadline"],
        "remind_days": body["remind_days"],
        "years": body["years"],
        "lines": sorted(set(body["action_lines"])),
        "regions": sorted(set(body["regions"])),
    }


def _owner(row: Invitee, names: dict[str, str]) -> JsonObject:
    return {
        **row,
        "account": row["owner"],
        "organization": names.get(row["entries"][0], ""),
        "entries": row["count"],
    }


def _mail(event: EventType, call: str, to: Group | Invitee) -> PendingEvent:
    return new_event(event, subject=f"{call}|{to['owner']}", account=to["owner"], call=call)


def _audited(action: str, before: Call, after: Call, reason: str) -> PendingEvent:
    states = ({"state": before["state"]}, {"state": after["state"], "deadline": after["deadline"]})
    return audit.entry(f"stocktaking.{action}", f"update_call/{before['_id']}", *states, reason)

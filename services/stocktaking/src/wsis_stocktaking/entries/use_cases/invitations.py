"""The call for updates: one mail to each owner of old entries, and a list of old entries that have only a contact."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import new_event
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import job, rpc
from wsis_shared.parts import Parts

from wsis_stocktaking.entries import events
from wsis_stocktaking.entries.rules import Group
from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.entries.store.invitations import Invitations
from wsis_stocktaking.entries.use_cases.inviting import PAUSE, START, Inviting, Position
from wsis_stocktaking.register.rules import cards as freshness
from wsis_stocktaking.register.rules import entries as rules
from wsis_stocktaking.register.store.register import Register

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class InvitationCases:
    """Whom to invite, and who was."""

    def __init__(self, register: Register, entries: Entries, invitations: Invitations) -> None:
        self._register, self._entries, self._invitations = register, entries, invitations
        self._inviting = Inviting(invitations, self._send)

    @rpc(writes=True)
    def start_invitations(self, ctx: Context, jobs: Jobs, body: Input) -> Job:
        """Start the job; a dry run counts and sends nothing. The same call again, while it runs, is that job."""
        arguments = {
            "years": body["years"],
            "lines": sorted(set(body["action_lines"])),
            "regions": sorted(set(body["regions"])),
            "dry_run": body["dry_run"],
        }
        more = {
            "at": clock.iso(ctx.received_at),
            "until": self._register.head(),
            "updated_before": clock.iso(freshness.before(ctx.received_at, body["years"])),
        }
        key = f"invite_owners|{json.dumps(arguments, sort_keys=True)}"
        job = jobs.enqueue("invite_owners", {**arguments, **more}, key=key)
        if not body["dry_run"]:
            entry = audit.entry("stocktaking.owners_invited", f"job/{job['_id']}", None, arguments, body["reason"])
            self._invitations.record(job["_id"], ctx.received_at, arguments, entry)
        return job

    @job()
    def invite_owners(self, run: Run) -> Next | Finish:
        """A step of the job, in a transaction: an owner is invited once, after any crash."""
        position: Position = run.checkpoint or START
        if position["owner"] is None:
            return self._inviting.collect(run, position)
        return self._inviting.invite(run, position)

    def _send(self, run: Run, groups: Sequence[Group], at: datetime) -> None:
        mails = [
            (group, new_event(events.UPDATE_INVITED, group["owner"], account=group["owner"], count=group["count"]))
            for group in groups
        ]
        self._invitations.invite(run.id, mails, at)

    @rpc
    def list_invitations(self, ctx: Context, after: str | None = None, limit: int = 20) -> JsonObject:
        """The calls for updates, the newest first. Who was invited may be invited again after the pause: from then on
        nothing tells whom a call has brought."""
        recent = ctx.received_at - PAUSE
        return self._invitations.runs(after, limit).response(
            lambda row: {
                "at": row["at"],
                "years": row["years"],
                "action_lines": row["lines"],
                "regions": row["regions"],
                "invited": row.get("invited"),
                "updated": self._invitations.updated_since(row["at"]) if row["at"] > recent else None,
            }
        )

    @rpc
    def list_invited(self, data: Input, account: str | None = None) -> JsonObject:
        """For the mail: the old entries of an owner. Raises NotFound where none is public any more."""
        owner = account or data["account"]
        last = self._invitations.last(owner)
        found = {row["_id"]: row for row in self._invitations.titles(last["entries"] if last else [])}
        if last is None or not found:
            raise NotFound("stocktaking.entry_unknown", entry=owner)
        rows = [found[entry] for entry in last["entries"] if entry in found]
        return {
            "entries": [
                {"title": rules.title_of(row["content"]), "last_updated_at": row["last_updated_at"]} for row in rows
            ],
            "more": max(0, last["count"] - len(last["entries"])),
        }

    @rpc
    def list_entries_without_owner(
        self, ctx: Context, limit: int, years: float, after: str | None = None
    ) -> JsonObject:
        """Old entries that nobody owns, with the contact that an import brought. Nobody has proved these addresses, so
        the suite mails none of them."""
        page = self._entries.without_owner(freshness.before(ctx.received_at, years), after, limit)
        contacts = self._entries.contacts([row["_id"] for row in page.rows])
        return page.response(
            lambda row: {
                "entry": row["_id"],
                "title": rules.title_of(row["content"]),
                "organization": rules.content_of(row)["organization"]["name"],
                "last_updated_at": row["last_updated_at"],
                "contact": contacts.get(row["_id"]),
            }
        )


def compose(parts: Parts) -> InvitationCases:
    """The use cases with their collaborators; called once per process."""
    return InvitationCases(Register(parts.db), Entries(parts.db), Invitations(parts.db))

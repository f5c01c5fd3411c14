"""The call for updates: one mail to each owner of old entries, and a list of old entries that have only a contact."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import new_event
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import job, rpc

from wsis_stocktaking.entries import events
from wsis_stocktaking.entries.rules import is_due
from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.entries.store.invitations import Invitations
from wsis_stocktaking.register.rules import cards as freshness
from wsis_stocktaking.register.rules import entries as rules
from wsis_stocktaking.register.store.register import Register

if TYPE_CHECKING:
    from wsis_shared.bus import Parts
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

PAUSE = timedelta(days=180)  # between two invitations of an owner
READ_SIZE, MAIL_SIZE = 500, 100  # sequences, and owners, in one step


class Counts(TypedDict):
    """What the job counts."""

    entries: int
    without_owner: int
    owners: int
    invited_before: int


class Position(Counts):
    """How far the job is: first behind a sequence, then behind an owner."""

    after: int
    owner: str | None


_START: Position = {"after": 0, "owner": None, "entries": 0, "without_owner": 0, "owners": 0, "invited_before": 0}


class InvitationCases:
    """Whom to invite, and who was."""

    def __init__(self, register: Register, entries: Entries, invitations: Invitations) -> None:
        self._register, self._entries, self._invitations = register, entries, invitations

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
        position: Position = run.checkpoint or _START
        if position["owner"] is None:
            return self._collect(run, position)
        return self._invite(run, position)

    def _collect(self, run: Run, position: Position) -> Next:
        """The old entries of the next sequences, by owner."""
        arguments, until = run.arguments, run.arguments["until"]
        last = min(position["after"] + READ_SIZE, until)
        before = clock.parse(arguments["updated_before"])
        by_owner: dict[str, list[str]] = defaultdict(list)
        counts = _counts_of(position)
        for entry in self._invitations.public_entries(position["after"], last):
            if is_due(entry, before, arguments["lines"], arguments["regions"]):
                counts["entries"] += 1
                if entry["owner"] is None:
                    counts["without_owner"] += 1
                else:
                    by_owner[entry["owner"]].append(entry["_id"])
        self._invitations.collect(run.id, by_owner, clock.parse(arguments["at"]))
        return run.next({"after": last, "owner": "" if last >= until else None, **counts}, done=last, total=2 * until)

    def _invite(self, run: Run, position: Position) -> Next | Finish:
        """The next owners."""
        groups = self._invitations.groups(run.id, position["owner"] or "", MAIL_SIZE)
        counts = _counts_of(position)
        if not groups:
            asked = run.arguments
            whom = {"years": asked["years"], "action_lines": asked["lines"], "regions": asked["regions"]}
            return run.finish({**counts, **whom, "dry_run": asked["dry_run"]})
        at = clock.parse(run.arguments["at"])
        before = self._invitations.invited_since([group["owner"] for group in groups], at - PAUSE)
        chosen = [group for group in groups if group["owner"] not in before]
        counts["owners"] += len(chosen)
        counts["invited_before"] += len(groups) - len(chosen)
        if not run.arguments["dry_run"]:
            self._invitations.invite(
                run.id,
                [
                    (
                        group,
                        new_event(
                            events.UPDATE_INVITED, subject=group["owner"], account=group["owner"], count=group["count"]
                        ),
                    )
                    for group in chosen
                ],
                at,
            )
        self._invitations.remove_groups(groups)
        return run.next({**position, **counts, "owner": groups[-1]["owner"]})

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


def _counts_of(position: Position) -> Counts:
    return {
        "entries": position["entries"],
        "without_owner": position["without_owner"],
        "owners": position["owners"],
        "invited_before": position["invited_before"],
    }


def compose(parts: Parts) -> InvitationCases:
    """The use cases with their collaborators; called once per process."""
    return InvitationCases(Register(parts.db), Entries(parts.db), Invitations(parts.db))

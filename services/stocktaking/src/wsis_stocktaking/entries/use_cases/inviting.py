"""The steps of a job that invites owners of old entries: it collects entries by owner, then takes owner by owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from wsis_shared import clock
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_stocktaking.entries.rules import Group, is_due
from wsis_stocktaking.entries.store.invitations import Invitations

PAUSE = timedelta(days=180)  # between two invitations of an owner
READ_SIZE, MAIL_SIZE = 500, 100  # sequences, and owners, in one step
Send = Callable[[Run, Sequence[Group], datetime], None]
"""Stores the invitations of these owners with their mails, in the transaction of the step."""


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


START: Position = {"after": 0, "owner": None, "entries": 0, "without_owner": 0, "owners": 0, "invited_before": 0}


class Inviting:
    """Whom a job invites. Its arguments are `until`, `updated_before`, `at`, `years`, `lines`, `regions`, `dry_run`."""

    def __init__(self, invitations: Invitations, send: Send) -> None:
        self._invitations, self._send = invitations, send

    def collect(self, run: Run, position: Position) -> Next:
        """A step, until the position has an owner: the old entries of the next sequences, by owner."""
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

    def invite(self, run: Run, position: Position) -> Next | Finish:
        """A step, in a transaction: the next owners. Each is invited once, after any crash."""
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
            self._send(run, chosen, at)
        self._invitations.remove_groups(groups)
        return run.next({**position, **counts, "owner": groups[-1]["owner"]})


def _counts_of(position: Position) -> Counts:
    return {
        "entries": position["entries"],
        "without_owner": position["without_owner"],
        "owners": position["owners"],
        "invited_before": position["invited_before"],
    }

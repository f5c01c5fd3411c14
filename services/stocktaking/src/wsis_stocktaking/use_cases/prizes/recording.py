"""What the events of the prizes say of projects. Each method takes the data of an event and returns the job that
follows from it, as the arguments of `enqueue`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wsis_shared import clock
from wsis_shared.erasure import Erasure

from wsis_stocktaking.domain import prizes as rules
from wsis_stocktaking.store.prizes import PrizeProjects

Row = Mapping[str, Any]
Job = dict[str, Any]


def job_of(edition: str, *, read: bool = False) -> Job:
    """The job that brings the entries of an edition up to date; `read` what the prizes have published first."""
    name = "read" if read else "recorded"
    return {"kind": "publish_prize_entries", "arguments": {"edition": edition, "read": read},
            "key": f"prizes-{edition}-{name}"}  # fmt: skip


class RecordingCases:
    """Records them. A late or repeated event adds nothing to what is known."""

    def __init__(self, projects: PrizeProjects) -> None:
        self._projects = projects

    def submitter(self, event: Row) -> Job:
        """Who submitted a project that is on the list; whether the list is public, another event says. Of an account
        that was erased since, the name does not come back."""
        data, nominated_at = event["data"], clock.parse(event["time"])
        account = None if self._projects.was_erased(data["account"], since=nominated_at) else data["account"]
        return self._record(rules.UNKNOWN, data["edition"], [data], account=account, nominated_at=nominated_at)

    def nominees(self, data: Row) -> Job:
        """The list is public."""
        return self._record(rules.NOMINATED, data["edition"], data["nominees"])

    def champions(self, data: Row) -> Job:
        """The champions are public."""
        return self._record(rules.CHAMPION, data["edition"], data["champions"])

    def winners(self, data: Row) -> Job:
        """The winners are public, and the champions beside them."""
        self._record(rules.CHAMPION, data["edition"], data["champions"])
        return self._record(rules.WINNER, data["edition"], data["winners"])

    def withdrawn(self, data: Row) -> Job:
        """A project was taken back. One that was no nominee has no entry, and never will."""
        return self._record(rules.UNKNOWN, data["edition"], [data] if data["nominated"] else [], out=rules.WITHDRAWN)

    def disqualified(self, data: Row) -> Job:
        """A nominee is out. Another one may be a champion in its place, which no event says: that is read."""
        self._record(rules.UNKNOWN, data["edition"], [data], out=rules.DISQUALIFIED)
        return job_of(data["edition"], read=True)

    def merged(self, data: Row) -> list[Job]:
        """An entry was merged into another one, which gets the mark. No job where it is not of a project."""
        edition = self._projects.reopen(data["entry"]) if data["merged_into"] else None
        return [job_of(edition)] if edition else []

    def forget(self, erasure: Erasure) -> None:
        """Somebody erased their account."""
        self._projects.forget(erasure)

    def _record(self, rank: int, edition: str, projects: Sequence[Row], **facts: Any) -> Job:
        self._projects.record(
            rank, [(row["project"], {"edition": edition, "category": row["category"], **facts}) for row in projects]
        )
        return job_of(edition)

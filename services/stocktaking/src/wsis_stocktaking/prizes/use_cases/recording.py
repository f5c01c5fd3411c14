"""What the events of the prizes say of projects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound, SuiteError
from wsis_shared.json_types import Input
from wsis_shared.operations import subscribe

from wsis_stocktaking.prizes import rules
from wsis_stocktaking.prizes.store import PrizeProjects

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


# What the prizes have published, read from them. Before an announcement the prizes return nothing of it.


PAGE = 100
_NOT_YET = frozenset({"prizes.nominees_not_published", "prizes.champions_not_announced", "prizes.winners_not_released"})


class Prizes:
    """Reads from the service of the prizes. Raises Unavailable, and NotFound where there is no such edition."""

    def __init__(self, client: ServiceProxy) -> None:
        self._client = client

    def nominee(self, edition: str, project: str) -> Input | None:
        """The page of a nominee; None where it is no nominee any more."""
        try:
            found: Input = self._client.read_nominee(edition=edition, project=project)
        except NotFound:
            return None
        return found

    def nominees(self, edition: str) -> list[Input]:
        """All nominees; none before they are published."""
        return list(self._pages(self._client.list_nominees, edition))

    def champions(self, edition: str) -> list[Input]:
        """All champions, winners among them; none before they are announced."""
        return list(self._pages(self._client.list_champions, edition))

    def winners(self, edition: str) -> list[Input]:
        """All winners; none before they are released."""
        return list(self._pages(self._client.list_winners, edition))

    def _pages(self, call: Callable[..., Input], edition: str) -> Iterator[Input]:
        after: str | None = None
        while True:
            try:
                page = call(edition=edition, limit=PAGE, after=after)
            except SuiteError as error:
                if error.code in _NOT_YET:
                    return
                raise
            yield from page["items"]
            after = page["next"]
            if after is None:
                return


class RecordingCases:
    """Records them, and starts the job that follows. A late or repeated event adds nothing to what is known."""

    def __init__(self, projects: PrizeProjects) -> None:
        self._projects = projects

    @subscribe("prizes", "project_nominated")
    def on_project_nominated(self, event: Input) -> None:
        """Who submitted a project that is on the list; whether the list is public, another event says. There is one
        event for each project, and a timer starts one job for all. Of an account that was erased since, the name does
        not come back."""
        data, nominated_at = event["data"], clock.parse(event["time"])
        account = None if self._projects.was_erased(data["account"], since=nominated_at) else data["account"]
        self.record(rules.UNKNOWN, data["edition"], [data], account=account, nominated_at=nominated_at)

    @subscribe("prizes", "nominees_published")
    def on_nominees_published(self, event: Input, jobs: Jobs) -> None:
        """The list is public."""
        data = event["data"]
        self.record(rules.NOMINATED, data["edition"], data["nominees"])
        start(jobs, data["edition"])

    @subscribe("prizes", "champions_announced")
    def on_champions_announced(self, event: Input, jobs: Jobs) -> None:
        """The champions are public."""
        data = event["data"]
        self.record(rules.CHAMPION, data["edition"], data["champions"])
        start(jobs, data["edition"])

    @subscribe("prizes", "winners_announced")
    def on_winners_announced(self, event: Input, jobs: Jobs) -> None:
        """The winners are public, and the champions beside them."""
        data = event["data"]
        self.record(rules.CHAMPION, data["edition"], data["champions"])
        self.record(rules.WINNER, data["edition"], data["winners"])
        start(jobs, data["edition"])

    @subscribe("prizes", "project_withdrawn")
    def on_project_withdrawn(self, event: Input, jobs: Jobs) -> None:
        """A project was taken back. One that was no nominee has no entry, and never will."""
        data = event["data"]
        self.record(rules.UNKNOWN, data["edition"], [data] if data["nominated"] else [], out=rules.WITHDRAWN)
        start(jobs, data["edition"])

    @subscribe("prizes", "project_disqualified")
    def on_project_disqualified(self, event: Input, jobs: Jobs) -> None:
        """A nominee is out. Another one may be a champion in its place, which no event says: that is read."""
        data = event["data"]
        self.record(rules.UNKNOWN, data["edition"], [data], out=rules.DISQUALIFIED)
        start(jobs, data["edition"], read=True)

    @subscribe("stocktaking", "entry_withdrawn")
    def follow_merged_entry(self, event: Input, jobs: Jobs) -> None:
        """An entry was merged into another one, which gets the mark. No job where it is not of a project."""
        data = event["data"]
        for edition in self._projects.reopen(data["entry"]) if data["merged_into"] else ():
            start(jobs, edition)

    @subscribe("accounts", "account_erased")
    def forget_submitter(self, erasure: Erasure) -> None:
        """Somebody erased their account."""
        self._projects.forget(erasure)

    def record(self, rank: int, edition: str, projects: Sequence[Input], **facts: object) -> None:
        """Projects of an edition that reached a rank, with what else is known of them."""
        self._projects.record(
            rank, [(row["project"], {"edition": edition, "category": row["category"], **facts}) for row in projects]
        )


def start(jobs: Jobs, edition: str, *, read: bool = False) -> Job:
    """Start the job that brings the entries of an edition up to date; `read` what the prizes have published first."""
    name = "read" if read else "recorded"
    return jobs.enqueue("publish_prize_entries", {"edition": edition, "read": read}, key=f"prizes-{edition}-{name}")

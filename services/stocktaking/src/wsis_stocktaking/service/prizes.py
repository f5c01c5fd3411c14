"""Entrypoints of entries from the WSIS Prizes."""

from __future__ import annotations

from typing import Any

from wsis_shared.bus import Composed, Service, every, job, rpc, subscribe
from wsis_shared.erasure import Erasure
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_stocktaking.use_cases.prizes import compose
from wsis_stocktaking.use_cases.prizes.recording import job_of

Row = dict[str, Any]


class PrizesEntrypoints(Service):
    """Entries from the WSIS Prizes."""

    prizes_cases = Composed(
        compose,
        calls=("prizes.read_nominee", "prizes.list_nominees", "prizes.list_champions", "prizes.list_winners"),
    )

    @subscribe("prizes", "project_nominated")
    def on_project_nominated(self, event: Row) -> None:
        """Who submitted a nominee: one event for each, and the timer's job for all."""
        self.prizes_cases.recording.submitter(event)

    @subscribe("prizes", "nominees_published")
    def on_nominees_published(self, event: Row) -> None:
        """All nominees of an edition."""
        self.bus.jobs.enqueue(**self.prizes_cases.recording.nominees(event["data"]))

    @subscribe("prizes", "champions_announced")
    def on_champions_announced(self, event: Row) -> None:
        """The champions of an edition."""
        self.bus.jobs.enqueue(**self.prizes_cases.recording.champions(event["data"]))

    @subscribe("prizes", "winners_announced")
    def on_winners_announced(self, event: Row) -> None:
        """The winners of an edition."""
        self.bus.jobs.enqueue(**self.prizes_cases.recording.winners(event["data"]))

    @subscribe("prizes", "project_withdrawn")
    def on_project_withdrawn(self, event: Row) -> None:
        """A submitter took a project back."""
        self.bus.jobs.enqueue(**self.prizes_cases.recording.withdrawn(event["data"]))

    @subscribe("prizes", "project_disqualified")
    def on_project_disqualified(self, event: Row) -> None:
        """A nominee is out."""
        self.bus.jobs.enqueue(**self.prizes_cases.recording.disqualified(event["data"]))

    @subscribe("stocktaking", "entry_withdrawn")
    def follow_merged_entry(self, event: Row) -> None:
        """The mark follows an entry that was merged into another one."""
        for wanted in self.prizes_cases.recording.merged(event["data"]):
            self.bus.jobs.enqueue(**wanted)

    @subscribe("accounts", "account_erased")
    def forget_submitter(self, event: Row) -> None:
        """Forget who submitted a project."""
        self.prizes_cases.recording.forget(Erasure.of(event))

    @every(10)
    def start_pending_prize_entries(self) -> None:
        """A job for each edition with projects that are pending: those that came while a job ended, or that failed."""
        for wanted in self.prizes_cases.publishing.pending_jobs():
            self.bus.jobs.enqueue(**wanted)

    @rpc(writes=True)
    def start_prize_entries(self, edition: str) -> Row:
        """Start the job that reads what the prizes have published."""
        return self.job_response(self.bus.jobs.enqueue(**job_of(edition, read=True)))

    @job()
    def publish_prize_entries(self, run: Run) -> Next | Finish:
        """One batch of projects."""
        return self.prizes_cases.publishing.step(run)

"""Contests: what prizes says of them, and what is due by the clock."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from wsis_shared import clock, inbox
from wsis_shared.errors import Conflict
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, rpc, subscribe

from wsis_voting.store import Ballots, Contests, Recorders, Results
from wsis_voting.use_cases.closing import Closing
from wsis_voting.use_cases.directory import ContestDirectory
from wsis_voting.use_cases.publishing import Publishing
from wsis_voting.use_cases.scans import ScanCases

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs

_log = logging.getLogger(__name__)


class ContestCases:
    """Prizes decides about nominees and the window; the clock opens, closes and certifies."""

    def __init__(
        self,
        directory: ContestDirectory,
        contests: Contests,
        ballots: Ballots,
        recorders: Recorders,
        results: Results,
        publishing: Publishing,
        closing: Closing,
        scans: ScanCases,
    ) -> None:
        self._directory, self._contests, self._ballots = directory, contests, ballots
        self._recorders, self._results, self._publishing = recorders, results, publishing
        self._closing, self._scans = closing, scans

    @rpc(writes=True, store_response=False, repeatable=True)
    def await_window(self, edition: str, window: dict[str, Any]) -> None:
        """Prizes is about to store this window {opens_at, closes_at, every_category}: nothing is certified until it
        says so. Raises already_certified: then it must not."""
        self._directory.get(edition)
        self._contests.await_window(edition, window)

    @subscribe("prizes", "nominees_published")
    def on_nominees_published(self, event: dict[str, Any]) -> None:
        """Whom one can vote for."""
        if self._newer(event):
            self._contests.put_nominees(event["data"]["edition"], event["data"]["nominees"])

    @subscribe("prizes", "voting_window_changed")
    def on_voting_window_changed(self, event: dict[str, Any]) -> None:
        """When one can vote. Prizes asks first (`await_window`); an event that it stored without is of no effect."""
        if not self._newer(event):
            return
        try:
            self._contests.put_window(event["data"]["edition"], event["data"])
        except Conflict:
            _log.error("another window for a contest that is certified", extra={"edition": event["data"]["edition"]})

    @subscribe("prizes", "project_disqualified")
    def on_project_disqualified(self, event: dict[str, Any]) -> None:
        """Votes for it are void; ballots stay as they are."""
        data = event["data"]
        self._directory.find(data["edition"])
        self._contests.put_disqualified(data["edition"], data["project"], data["category"])

    @subscribe("prizes", "champions_announced")
    def on_champions_announced(self, event: dict[str, Any]) -> None:
        """The result is under embargo no more."""
        self._publishing.announce(event["data"]["edition"])

    # -- timers ------------------------------------------------------------------------------------------------------

    @every(1, singleton=False)
    def beat(self) -> None:
        """Each process says that it lives, and whether it has votes in hand."""
        self._recorders.beat_when_due(self._contests.is_watched)

    @every(1)
    def turn(self, jobs: Jobs) -> None:
        """Open, close and certify by the clock; publish what is new in the log."""
        self._publishing.run(votes=self._contests.is_watched())
        for document, contest in self._contests.each_unfinished():
            self._closing.turn(document, contest)
            self._scans.scan_after_close(document, contest, jobs)

    @every(60)
    def compare_with_prizes(self) -> None:
        """Ask prizes for what it says now, in case an event went astray."""
        self._directory.compare()
        for edition in self._results.under_embargo():
            if self._directory.champions_are_out(edition):
                in_transaction(partial(self._publishing.announce, edition))

    @every(600)  # it looks at all ballots
    def remind(self) -> None:
        """Remind, once, whoever has begun and not finished."""
        for _, contest in self._contests.each_unfinished():
            self._closing.remind(contest, clock.now())

    @every(60)
    def shred(self) -> None:
        """Destroy the keys of editions whose period of complaint is over."""
        self._closing.shred_due(clock.now())

    @every(60, singleton=False)
    def forget_keys(self) -> None:
        """Each process drops the keys that are shredded."""
        self._ballots.keys.forget()

    def _newer(self, event: dict[str, Any]) -> bool:
        self._directory.find(event["data"]["edition"])  # the rest of a contest of which we hear for the first time
        kind = event["type"].split(".")[-2]
        return inbox.is_newer(self._contests.db, kind, event["subject"], event["sequence"])

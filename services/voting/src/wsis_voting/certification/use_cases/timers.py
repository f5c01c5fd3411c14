"""What is due for each contest by the clock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import clock
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every

from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.public_log.rules.documents import Result
from wsis_voting.public_log.use_cases.publishing import announced
from wsis_voting.review.use_cases.scans import ScanCases

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs


class LifecycleCases:
    """The clock opens, closes and certifies."""

    def __init__(self, directory: ContestDirectory, lifecycle: ContestLifecycle, scans: ScanCases) -> None:
        self._directory, self._lifecycle, self._scans = directory, lifecycle, scans

    @every(1)
    def turn(self, jobs: Jobs) -> None:
        """Open, close and certify by the clock; publish what is new in the log."""
        self._lifecycle.publishing.run(votes=self._lifecycle.contests.is_watched())
        for document, contest in self._lifecycle.contests.each_unfinished():
            if self._lifecycle.advance(document, contest, self._directory):
                self.deliver_results()
            self._scans.scan_after_close(document, contest, jobs)

    @every(10)
    def deliver_results(self) -> None:
        """Give prizes the results that it has not got: it was away at the certification, or a former version told it
        when it asked. Prizes keeps each once, however often it comes."""
        results = self._lifecycle.publishing.results
        for edition in results.undelivered():
            result = results.last(edition)
            if result and self._directory.put_result(edition, _of_prizes(result)):
                results.delivered(edition, result["number"])

    @every(60)
    def compare_with_prizes(self) -> None:
        """Ask prizes for what it says now, in case an event went astray."""
        self._directory.compare()
        for edition in self._lifecycle.publishing.results.under_embargo():
            if self._directory.champions_are_out(edition):
                in_transaction(partial(self._lifecycle.publishing.results.publish, edition, announced))

    @every(60)
    def shred(self) -> None:
        """Destroy the keys of editions whose period of complaint is over."""
        self._lifecycle.shred_due(clock.now())


def _of_prizes(result: Result) -> dict[str, object]:
    """What prizes needs of a signed result."""
    return {"number": result["number"], "rules": result["rules"], "categories": result["categories"]}

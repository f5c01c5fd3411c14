"""The scan for clusters: a job, started by officers, from time to time while votes come in, and after the close."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.errors import Conflict
from wsis_shared.jobs.run import Finish, Run
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, job, rpc
from wsis_shared.parts import Parts

from wsis_voting.ballots.store.recorders import Counters
from wsis_voting.contests.rules import lifecycle
from wsis_voting.contests.rules.contest import Contest, ContestDocument, State
from wsis_voting.contests.store import AccessLog
from wsis_voting.contests.use_cases import ContestDirectory, directory_of
from wsis_voting.review.cluster_search import SearchResult, search
from wsis_voting.review.rules.clusters import Limits
from wsis_voting.review.store import Review
from wsis_voting.review.use_cases.review import FraudReview
from wsis_voting.settings import Settings
from wsis_voting.turnout.rules.crowds import stepped
from wsis_voting.turnout.store import Registrations

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

# Who wants the scan -> the share of the time that it may take. While voting is open it runs beside the recorders.
DUTY_CYCLES = {"officer": 0.5, "timer": 0.1, "close": 1.0}


class ScanCases:
    """Starts scans and runs them."""

    def __init__(
        self,
        directory: ContestDirectory,
        counters: Counters,
        registrations: Registrations,
        access_log: AccessLog,
        review: Review,
        fraud_review: FraudReview,
    ) -> None:
        self._directory, self._contests, self._counters = directory, directory.contests, counters
        self._registrations, self._access_log, self._review = registrations, access_log, review
        self._fraud_review = fraud_review

    @rpc(writes=True)
    def look_for_clusters(self, jobs: Jobs, edition: str) -> Job:
        """Scan now, which the audit keeps. The result of the job is the summary of the review."""
        if self._directory.get(edition).certified:
            raise Conflict("voting.review_closed")
        self._access_log.record(audit.entry("voting.review_scan_requested", f"edition/{edition}/review"))
        return self._start_scan(edition, "officer", jobs)

    @every(10)
    def scan_from_time_to_time(self, jobs: Jobs) -> None:
        """Scan while votes come in."""
        minutes = Settings.current().review_minutes
        for document, contest in self._contests.each_unfinished():
            began_at = document.get("looking_at")
            due = began_at is None or began_at < clock.now() - timedelta(minutes=minutes)
            if minutes and due and contest.state(clock.now()) is State.OPEN:
                self._start_scan(contest.edition, "timer", jobs)

    def scan_after_close(self, document: ContestDocument, contest: Contest, jobs: Jobs) -> None:
        """Scan once more when voting has closed: until then nothing is certified by itself (see ContestLifecycle)."""
        closed = contest.state(clock.now()) is State.CLOSED and not contest.sealed
        if closed and lifecycle.to_scan(document, contest):
            self._start_scan(contest.edition, "close", jobs)

    @job(transaction=False)
    def scan_for_clusters(self, run: Run) -> Finish:
        """Find clusters among all who have voted, in one step: what it stores at the end takes the place of what an
        earlier scan found."""
        edition, now = str(run.arguments["edition"]), clock.now()
        # The next begins `review_minutes` later, also where this one takes longer.
        self._contests.change(edition, partial(lifecycle.begin_scan, now=now))
        total, duty_cycle = self._counters.read(edition).ballots_started, DUTY_CYCLES[run.arguments["wanted_by"]]
        voters = run.track(self._review.all_voters(edition), total=total, weight=len, duty_cycle=duty_cycle)
        limits = Limits(allowance=Settings.current().review_network_allowance)
        in_transaction(partial(self._keep, edition, now, search(voters, limits, run.report)))
        return run.finish(self._fraud_review.summary(edition))

    def _start_scan(self, edition: str, wanted_by: str, jobs: Jobs) -> Job:
        arguments = {"edition": edition, "wanted_by": wanted_by}
        return jobs.enqueue("scan_for_clusters", arguments, key=f"scan|{edition}|{wanted_by}")

    def _keep(self, edition: str, now: datetime, found: SearchResult) -> None:
        document = self._contests.state(edition)
        if document.get("sealed") or (document.get("looked_at") or now) > now:
            return  # too late, or a scan that began later has seen more
        self._review.keep(edition, found.clusters, now)
        self._registrations.step_ballots(
            edition, lambda former: stepped("domain", former, found.domains, "started", "complete")
        )
        held = self._fraud_review.held(edition)
        self._contests.change(edition, partial(lifecycle.end_scan, began_at=now, held=held))


def compose(parts: Parts) -> ScanCases:
    """The scans with their collaborators."""
    db, directory, counters, review = parts.db, directory_of(parts), Counters(parts.db), Review(parts.db)
    fraud_review = FraudReview(directory, counters, review)
    return ScanCases(directory, counters, Registrations(db), AccessLog(db), review, fraud_review)

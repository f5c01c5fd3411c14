"""Decisions of the review: opened with their entry for the audit, then applied to the ballots by a job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound, SuiteError
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every, job, rpc

from wsis_voting.ballots.rules.ballots import BatchChanges
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Counters
from wsis_voting.contests.rules import lifecycle
from wsis_voting.contests.rules.contest import State
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.review.events import BALLOTS_EXCLUDED, BALLOTS_REINSTATED
from wsis_voting.review.rules.clusters import KINDS, ClusterDocument
from wsis_voting.review.rules.exclusions import ACCOUNT, Decided, Decision, DecisionDocument
from wsis_voting.review.store import Review
from wsis_voting.review.use_cases.review import FraudReview, cluster_response, excluded_figures, members
from wsis_voting.settings import Settings
from wsis_voting.tallies.store import Tallies

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

BATCH_SIZE = 200  # ballots changed in one transaction
ABANDONED_AFTER = timedelta(seconds=60)


class DecisionCases:
    """Excludes, keeps and reinstates ballots."""

    def __init__(
        self,
        directory: ContestDirectory,
        ballots: Ballots,
        counters: Counters,
        tallies: Tallies,
        review: Review,
        fraud_review: FraudReview,
    ) -> None:
        self._directory, self._contests, self._ballots = directory, directory.contests, ballots
        self._counters, self._tallies, self._review = counters, tallies, review
        self._fraud_review = fraud_review

    @rpc(writes=True)
    def decide_on_cluster(self, ctx: Context, jobs: Jobs, edition: str, cluster: str, body: Input) -> Job:
        """Exclude the ballots of a cluster from the valid tally, keep them, or reinstate them. The result of the job is
        the cluster as it is then. Raises cluster_changed where a scan has found other accounts since it was read."""
        self._directory.get(edition)
        row = self._fraud_review.cluster(edition, cluster)
        if body.get("members") not in (None, members(row)):
            raise Conflict("voting.cluster_changed")
        if body["decision"] == Decision.REINSTATE and _last_decision(row) != Decision.EXCLUDE:
            raise Conflict("voting.nothing_to_reinstate")
        ground, accounts = body.get("ground") or KINDS[row["kind"]], set(row["accounts"])
        if body["decision"] == Decision.REINSTATE:
            accounts |= self._review.excluded_with(edition, cluster)  # it may have lost members since
        decision = self._open(ctx, edition, cluster, sorted(accounts), body, ground, f"review/clusters/{cluster}")
        return self._start_applying(decision, jobs)

    @rpc(writes=True, store_response=False)
    def decide_on_account(self, ctx: Context, edition: str, account: str, body: Input) -> JsonObject:
        """The same for the ballot of one account, at once, whatever is decided on its clusters. Not after the close,
        nor in a voting that a former version extended once it was certified. Whoever asks for an account without a
        ballot, again and again, would learn when it votes: the audit says that they asked."""
        outcome = in_transaction(partial(self._decide_on_account, ctx, edition, account, body))
        if isinstance(outcome, SuiteError):
            raise outcome
        return outcome

    def _decide_on_account(self, ctx: Context, edition: str, account: str, body: Input) -> JsonObject | SuiteError:
        state = self._directory.get(edition).state(ctx.received_at)
        if state not in (State.NOT_OPEN, State.OPEN) or self._tallies.last(edition):
            raise Conflict("voting.accounts_closed")
        status, object = self._review.statuses(edition, [account]).get(account), f"review/accounts/{account}"
        if body["decision"] == Decision.REINSTATE and not (status and status.ground):
            raise Conflict("voting.nothing_to_reinstate")
        if status is None:
            asked = audit.entry("voting.review_refused", f"edition/{edition}/{object}", reason=body["reason"])
            self._contests.change(edition, lambda document: document, asked)
            return NotFound("voting.ballot_unknown")
        if self._review.decision(ctx.new_id("decision")) is None:  # else a repeat
            decision = self._open(ctx, edition, ACCOUNT, [account], body, body.get("ground") or "other", object)
            self._apply(decision, [account])
            self._close(decision)
        status = self._review.statuses(edition, [account])[account]
        return {"account": account, "excluded": status.ground, "spared": status.exempt}

    @job()
    def apply_decision(self, run: Run) -> Next | Finish:
        """Change some of the ballots in each step."""
        decision, start = self._review.decision(run.arguments["decision"]), run.checkpoint or 0
        if decision is None:
            raise LookupError("a decision is never deleted")
        accounts = decision["accounts"]
        if start < len(accounts):
            some = accounts[start : start + BATCH_SIZE]
            self._apply(decision, some)
            return run.next(start + len(some), done=start + len(some), total=len(accounts))
        self._close(decision)
        edition, row = decision["edition"], self._fraud_review.cluster(decision["edition"], decision["subject"])
        return run.finish(
            {
                **cluster_response(row),
                "members": members(row),
                "excluded": self._fraud_review.excluded(edition, row),
                "concentration": None,
            }
        )

    @every(10)
    def resume_decisions(self, jobs: Jobs) -> None:
        """Start the job of a decision again where it has failed: no tally is certified before it is applied."""
        for decision in self._review.left_open(clock.now() - ABANDONED_AFTER):
            self._start_applying(decision, jobs)

    def _start_applying(self, decision: DecisionDocument, jobs: Jobs) -> Job:
        return jobs.enqueue("apply_decision", {"decision": decision["_id"]}, key=f"decision|{decision['_id']}")

    def _open(
        self,
        ctx: Context,
        edition: str,
        subject: str,
        accounts: Sequence[str],
        body: Input,
        ground: str,
        object: str,
    ) -> DecisionDocument:
        """One decision at a time, and none once the count is sealed: both stand on the contest's document, which the
        sealing writes too, so that one of the two is first."""
        contest, document = self._contests.read(edition), self._contests.document(edition)
        if contest is None or document is None or contest.sealed or contest.certified:
            raise Conflict("voting.review_closed")
        if document.get("deciding"):
            raise Conflict("voting.review_busy")
        decided: Decided = {
            "decision": body["decision"],
            "ground": ground,
            "reason": body["reason"],
            "by": ctx.actor.id,
            "at": clock.now(),
        }
        if subject != ACCOUNT:
            self._review.decided(subject, decided)
        id = ctx.new_id("decision")
        held = self._fraud_review.held(edition)
        self._contests.change(edition, partial(lifecycle.begin_decision, decision=id, held=held))
        # One decision at a time: the version of the contest's document is their order, whatever clocks say.
        number = self._contests.state(edition)["version"]
        taken = audit.entry(
            f"voting.review_{body['decision']}",
            f"edition/{edition}/{object}",
            reason=body["reason"],
            after={"decision": body["decision"], "ground": ground, "ballots": len(accounts)},
        )
        return self._review.open_decision(
            {
                "_id": id,
                "edition": edition,
                "subject": subject,
                "accounts": list(accounts),
                "number": number,
                "decision": body["decision"],
                "ground": ground,
                "reason": body["reason"],
                "by": ctx.actor.id,
                "at": decided["at"],
            },
            taken,
        )

    def _close(self, decision: DecisionDocument) -> None:
        edition, id = decision["edition"], decision["_id"]
        self._review.close_decision(id)
        document = self._contests.state(edition)
        if document.get("deciding") == id:
            self._review.count_again(edition, decision["subject"], Settings.current().review_hold_score)
            then = excluded_figures(self._counters.read(edition))
            ended = partial(lifecycle.end_decision, decision=id, held=self._fraud_review.held(edition), excluded=then)
            self._contests.change(edition, ended)

    def _apply(self, decision: DecisionDocument, accounts: Sequence[str]) -> None:
        """Change the ballots and, in the same transaction, the counters. What is done already changes nothing more."""
        edition = decision["edition"]
        before = self._review.statuses(edition, accounts)
        how = decision["subject"], Decision(decision["decision"]), decision["ground"]
        after = {account: status.after(*how) for account, status in before.items()}
        changed = {account: status for account, status in after.items() if status != before[account]}
        moved = [account for account in changed if changed[account].ground != before[account].ground]
        changes = BatchChanges()
        counts = changes.counts[edition]
        for ballot, votes in self._ballots.votes_of(edition, moved, {"project": 1}):
            for ground, times in ((before[ballot.account].ground, -1), (after[ballot.account].ground, 1)):
                if ground:
                    projects = [vote["project"] for vote in votes]
                    counts.excluded.add_ballot(projects, ballot.complete_at is not None, times)
                    counts.grounds[ground] += times
        for joined in self._counters.add(changes):
            self._contests.join(joined)
        self._review.save_statuses(edition, changed, decision["by"], decision["at"])
        events = exclusion_events(edition, {id: (before[id].ground, after[id].ground) for id in moved})
        self._review.touch(decision["_id"], clock.now(), *events)


def _last_decision(row: ClusterDocument) -> str:
    return row["decision"]["decision"] if row["decision"] else ""


def exclusion_events(edition: str, moved: Mapping[str, tuple[str, str]]) -> list[PendingEvent]:
    """What the accounts are told of their grounds (before, after): each of them is excluded, on another ground too, or
    reinstated."""
    by_ground: defaultdict[str, list[str]] = defaultdict(list)
    for account, (_, ground) in sorted(moved.items()):
        by_ground[ground].append(account)
    return [
        new_event(BALLOTS_EXCLUDED, edition, edition=edition, accounts=accounts, ground=ground)
        if ground
        else new_event(BALLOTS_REINSTATED, edition, edition=edition, accounts=accounts)
        for ground, accounts in by_ground.items()
    ]

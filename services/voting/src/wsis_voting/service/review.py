"""The review of fraud: look for clusters, show them, decide on them. Officers see signs and counts, never projects."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from wsis_shared import audit, clock, context, inbox, paging
from wsis_shared.bus import Dependency, Service, every, rpc, subscribe_each
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import in_transaction

from wsis_voting import errors, settings
from wsis_voting.domain import Contest, Decisions, State
from wsis_voting.domain.ballots import to_the_hour
from wsis_voting.domain.clusters import KINDS, Cluster, Limits, find
from wsis_voting.domain.concentration import concentration
from wsis_voting.domain.exclusions import ACCOUNT, Decision
from wsis_voting.domain.signals import Voter
from wsis_voting.service.announced import Announced
from wsis_voting.service.answers import by_ground, largest
from wsis_voting.store import Ballots, Contests, Counters, Registrations, Review
from wsis_voting.store.keys import Shredded

T = TypeVar("T")
ERASED = "account_erased"  # the event, for `inbox.is_newer`
SAMPLE = 500  # ballots read to say how much alike those of a cluster are
AT_ONCE = 200  # ballots of a decision changed in one transaction
GIVEN_UP = timedelta(seconds=60)  # a decision that nobody has worked on for so long: its process is gone


class Reviewing(Service):
    """The part of the service that officers use to find and exclude ballots that are no people's."""

    review = Dependency(Review)
    contests: Contests
    ballots: Ballots
    counters: Counters
    registrations: Registrations
    prizes: Any

    # -- looking -----------------------------------------------------------------------------------------------------

    @rpc(writes=True, store_response=False)
    def look_for_clusters(self, edition: str) -> dict[str, Any]:
        """Look anew."""
        contest = self._of(edition)
        if not contest.certified:
            self._look(contest, rest=1)
        return self._summary(edition)

    @rpc
    def read_review(self, edition: str) -> dict[str, Any]:
        """How the review stands."""
        self._of(edition)
        return self._summary(edition)

    @rpc
    def list_clusters(
        self, edition: str, min_score: int = 0, kind: str | None = None, limit: int = 20, after: str | None = None
    ) -> dict[str, Any]:
        """What was found when it was last looked for, the highest score first."""
        self._of(edition)
        return self.review.listed(edition, min_score, kind, after, limit).response(_shown)

    @rpc
    def read_cluster(self, edition: str, cluster: str) -> dict[str, Any]:
        """One cluster, and how much alike its ballots are."""
        contest, row = self._of(edition), self._cluster(edition, cluster)
        return {**_shown(row), "excluded": self._excluded(edition, row), "concentration": self._alike(contest, row)}

    @rpc
    def list_cluster_accounts(
        self, edition: str, cluster: str, limit: int = 20, after: str | None = None
    ) -> dict[str, Any]:
        """Its members, in the order of their ids."""
        self._of(edition)
        accounts, (position,) = sorted(self._cluster(edition, cluster)["accounts"]), paging.decode(after) or ("",)
        some = [account for account in accounts if account > position][: limit + 1]
        voters = sorted(self.review.voters(edition, some), key=lambda voter: voter.account)
        return paging.page([_member(voter) for voter in voters], limit, "account")

    # -- deciding ----------------------------------------------------------------------------------------------------

    @rpc(writes=True, store_response=False)
    def decide_on_cluster(self, edition: str, cluster: str, body: dict[str, Any]) -> dict[str, Any]:
        """Exclude the ballots of a cluster from the valid tally, keep them, or reinstate them."""
        self._of(edition)
        row = self._cluster(edition, cluster)
        if body["decision"] == Decision.REINSTATE and (row["decision"] or {}).get("decision") != Decision.EXCLUDE:
            raise errors.nothing_to_reinstate()
        ground, accounts = body.get("ground") or KINDS[row["kind"]], set(row["accounts"])
        if body["decision"] == Decision.REINSTATE:
            accounts |= self.review.excluded_with(edition, cluster)  # it may have lost members since
        self._decide(edition, cluster, sorted(accounts), body, ground, f"review/clusters/{cluster}")
        row = self._cluster(edition, cluster)
        return {**_shown(row), "excluded": self._excluded(edition, row), "concentration": None}

    @rpc(writes=True, store_response=False)
    def decide_on_account(self, edition: str, account: str, body: dict[str, Any]) -> dict[str, Any]:
        """The same for the ballot of one account, whatever is decided on its clusters."""
        self._of(edition)
        standing = self.review.standings(edition, [account]).get(account)
        if standing is None:
            raise errors.nothing_to_summarise()
        if body["decision"] == Decision.REINSTATE and not standing.ground:
            raise errors.nothing_to_reinstate()
        self._decide(edition, ACCOUNT, [account], body, body.get("ground") or "other", f"review/accounts/{account}")
        standing = self.review.standings(edition, [account])[account]
        return {"account": account, "excluded": standing.ground, "spared": standing.spared}

    def _decide(
        self, edition: str, subject: str, accounts: Sequence[str], body: dict[str, Any], ground: str, object: str
    ) -> None:
        ctx = context.current()
        decision = {
            "_id": ctx.new_id("decision"), "edition": edition, "subject": subject, "accounts": list(accounts),
            "decision": body["decision"], "ground": ground, "reason": body["reason"], "by": ctx.actor.id,
            "at": clock.now(),
        }  # fmt: skip
        taken = audit.entry(
            f"voting.review_{body['decision']}", f"edition/{edition}/{object}", reason=body["reason"],
            after={"decision": body["decision"], "ground": ground, "ballots": len(accounts)},
        )  # fmt: skip
        self._carry_out(in_transaction(partial(self._open, decision, taken)))

    def _open(self, decision: dict[str, Any], taken: PendingEvent) -> dict[str, Any]:
        """One decision at a time, and none once the count is sealed: both stand on the contest's document, which the
        sealing writes too, so that one of the two is first."""
        edition, known = decision["edition"], self.review.decision(decision["_id"])
        if known is not None:
            return known  # the same request again, whose answer was lost
        contest, document = self.contests.read(edition), self.contests.document(edition)
        if contest is None or document is None or contest.sealed or contest.certified:
            raise errors.review_closed()
        if document.get("deciding"):
            raise errors.review_busy()
        if decision["subject"] != ACCOUNT:
            told = ("decision", "ground", "reason", "by", "at")
            self.review.decided(decision["subject"], {name: decision[name] for name in told})
        self._note(edition, deciding=decision["_id"], held=self._held(edition))
        return self.review.open_decision(decision, taken)

    def _carry_out(self, decision: dict[str, Any]) -> None:
        """Change the ballots, some in each transaction. Whatever of it is done already changes nothing more, so that
        another process can go on where one has died."""
        edition, accounts = decision["edition"], decision["accounts"]
        for start in range(0, len(accounts), AT_ONCE):
            in_transaction(partial(self._stand, decision, accounts[start : start + AT_ONCE]))
        in_transaction(partial(self._close, edition, decision["_id"]))

    def _close(self, edition: str, decision: str) -> None:
        self.review.close_decision(decision)
        document = self.contests.document(edition) or {}
        if document.get("deciding") == decision:
            self.review.count_again(edition, settings.current().review_hold_score)
            self._note(edition, deciding=None, held=self._held(edition))

    def _stand(self, decision: dict[str, Any], accounts: Sequence[str]) -> None:
        edition = decision["edition"]
        before = self.review.standings(edition, accounts)
        how = decision["subject"], Decision(decision["decision"]), decision["ground"]
        after = {account: standing.after(*how) for account, standing in before.items()}
        changed = {account: standing for account, standing in after.items() if standing != before[account]}
        moved = [account for account in changed if changed[account].ground != before[account].ground]
        decisions = Decisions()
        counts = decisions.counts[edition]
        for ballot, votes in self.ballots.votes_of(edition, moved, {"project": 1}):
            for ground, times in ((before[ballot.account].ground, -1), (after[ballot.account].ground, 1)):
                if ground:
                    projects = [vote["project"] for vote in votes]
                    counts.excluded.add_ballot(projects, ballot.complete_at is not None, times)
                    counts.grounds[ground] += times
        for joined in self.counters.add(decisions):
            self.contests.join(joined)
        self.review.stand(edition, changed, decision["by"], decision["at"])
        self.review.touch(decision["_id"], clock.now())

    # -- what others say, and what the clock does ---------------------------------------------------------------------

    @subscribe_each(lambda: [("accounts", "voter_signals")], prefetch=1)  # all add to the row of this hour
    def on_voter_signals(self, event: dict[str, Any]) -> None:
        """Keep what an account shows, and count it."""
        if self.erased_since(event):
            return
        told = event["data"] | {name: clock.parse(event["data"][name]) for name in ("registered_at", "confirmed_at")}
        self._count(self.review.put_signals(told["account"], told), told)

    def forget_signals(self, account: str) -> None:
        """The account is erased: it is not counted any more, and its signals go once no review can need them."""
        days = timedelta(days=settings.current().review_signals_days)
        self._count(self.review.forget_signals(account, clock.now() + days), None)

    def erased_since(self, event: dict[str, Any]) -> bool:
        """Was the account of this event erased after it? Events of a kind come in order, those of two need not."""
        return inbox.is_superseded(self.bus.db, ERASED, event["subject"], event["sequence"])

    def _count(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        hours = [its and to_the_hour(its["confirmed_at"]) for its in (before, after)]
        domains = [its and its["domain"] for its in (before, after)]
        self.registrations.change("hour", *hours)
        self.registrations.change("domain", *domains)

    @every(10)
    def look_from_time_to_time(self) -> None:
        """Look while votes come in, without hurry."""
        minutes = settings.current().review_minutes
        for document, contest in self.contests.each_unfinished():
            began_at = document.get("looking_at")
            due = began_at is None or began_at < clock.now() - timedelta(minutes=minutes)
            if minutes and due and contest.state(clock.now()) is State.OPEN:
                self._look(contest, rest=9)

    @every(10)
    def finish_decisions(self) -> None:
        """Finish what a process that died had begun to decide."""
        for decision in self.review.left_open(clock.now() - GIVEN_UP):
            self._carry_out(decision)

    def look_after_close(self, document: dict[str, Any], contest: Contest) -> None:
        """Look once more when voting has closed: until then nothing is certified by itself (see Closing)."""
        if contest.state(clock.now()) is State.CLOSED and contest.closes_at is not None and not contest.sealed:
            looked_at = document.get("looked_at")
            if looked_at is None or looked_at < contest.closes_at:
                self._look(contest, rest=0)

    # -- within ------------------------------------------------------------------------------------------------------

    def _look(self, contest: Contest, *, rest: float) -> None:
        edition, now = contest.edition, clock.now()
        self._note(edition, looking_at=now)  # the next begins `review_minutes` later, also where this one takes longer
        voters, found = list[Voter](), list[Cluster]()
        for some in _unhurried(self.review.all_voters(edition), rest):
            if self.bus.stopping():
                return
            voters += some
        for cluster in find(voters, Limits(allowance=settings.current().review_network_allowance)):
            found.append(cluster)
            time.sleep(0)  # votes are recorded in this process too: let them pass
        domains: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for voter in voters:
            domains[voter.domain or "unknown"].update(started=1, complete=int(voter.complete))
        in_transaction(partial(self._keep, edition, now, found, largest("domain", domains, "started", "complete")))

    def _keep(self, edition: str, now: datetime, found: Sequence[Cluster], domains: list[dict[str, Any]]) -> None:
        document = self.contests.document(edition) or {}
        if document.get("sealed") or (document.get("looked_at") or now) > now:
            return  # too late, or a look that began later has seen more
        self.review.keep(edition, found, now)
        self.registrations.put_ballots(edition, domains)
        self._note(edition, looked_at=now, held=self._held(edition))

    def _held(self, edition: str) -> int:
        score = settings.current().review_hold_score
        return self.review.undecided(edition, score) if score else 0

    def _note(self, edition: str, **noted: Any) -> None:
        self.contests.change(edition, lambda document: document | noted)

    def _of(self, edition: str) -> Contest:
        return Announced(self.contests, self.prizes).must(edition)

    def _cluster(self, edition: str, cluster: str) -> dict[str, Any]:
        row: dict[str, Any] | None = self.review.cluster(edition, cluster)
        if row is None:
            raise errors.cluster_unknown()
        return row

    def _excluded(self, edition: str, row: dict[str, Any]) -> int:
        return sum(bool(standing.ground) for standing in self.review.standings(edition, row["accounts"]).values())

    def _alike(self, contest: Contest, row: dict[str, Any]) -> dict[str, Any] | None:
        accounts = row["accounts"]
        some = random.sample(accounts, SAMPLE) if len(accounts) > SAMPLE else accounts
        try:
            key = self.ballots.keys.labels(contest.edition, row["_id"])
        except Shredded:
            return None  # nobody can tell any more which votes are theirs
        rows = self.ballots.votes_of(contest.edition, some, {"category": 1, "project": 1})
        return concentration(([(vote["category"], vote["project"]) for vote in votes] for _, votes in rows), key)

    def _summary(self, edition: str) -> dict[str, Any]:
        document, counts = self.contests.document(edition) or {}, self.counters.read(edition)
        out = counts.excluded
        return {
            "edition": edition, "looked_at": document.get("looked_at"), "clusters": self.review.count(edition),
            "undecided": self.review.undecided(edition, 0), "holding": self._held(edition),
            "deciding": bool(document.get("deciding")), "ballots_excluded": out.ballots_started,
            "complete_excluded": out.ballots_complete, "votes_excluded": out.cast.total(),
            "excluded": by_ground(counts.grounds),
        }  # fmt: skip


def _unhurried(items: Iterable[T], rest: float) -> Iterator[T]:
    """`items`, and after each a sleep `rest` times as long as getting it, and what was done with it, took: beside it
    votes are recorded, by this process and in this store."""
    began = time.monotonic()
    for item in items:
        yield item
        time.sleep(rest * (time.monotonic() - began))
        began = time.monotonic()


def _member(voter: Voter) -> dict[str, Any]:
    # By the hour: the log tells when votes came into it, and a batch of few could tell what this account chose.
    first_at, acted_at = voter.first_at and to_the_hour(voter.first_at), to_the_hour(voter.acted_at)
    return asdict(voter) | {"first_at": first_at, "acted_at": acted_at, "excluded": voter.ground}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in row.items() if name != "accounts"}, "cluster": row["_id"]}

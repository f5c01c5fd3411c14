"""The review of fraud: signals of accounts, and clusters as a scan found them. Officers see signs and counts, never
projects.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, NamedTuple

from wsis_shared import clock, inbox, paging
from wsis_shared.bus import Dependency, Service, rpc, subscribe
from wsis_shared.erasure import Erasure

from wsis_voting import errors
from wsis_voting.domain import Contest, Counts, State
from wsis_voting.domain.ballots import to_the_hour
from wsis_voting.domain.concentration import concentration
from wsis_voting.domain.signals import Voter
from wsis_voting.service.announced import Announced
from wsis_voting.service.answers import by_ground
from wsis_voting.settings import Settings
from wsis_voting.store import Ballots, Contests, Counters, Looks, Registrations, Review
from wsis_voting.store.keys import Shredded
from wsis_voting.store.review import ALIKE

ERASED = "account_erased"  # the event, for `inbox.is_newer`
SAMPLE = 500  # ballots read to say how much alike those of a cluster are


class DecidedLast(NamedTuple):
    """The decision that is being applied, and the last one that was."""

    going_on: str | None
    done: str | None


class Reviewing(Service):
    """The part of the service that officers use to find and exclude ballots that are no people's."""

    review = Dependency(Review)
    contests: Contests
    ballots: Ballots
    counters: Counters
    registrations: Registrations
    looks: Looks
    prizes: Any

    # -- clusters ----------------------------------------------------------------------------------------------------

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
        return self.review.listed(edition, min_score, kind, after, limit).response(shown_cluster)

    @rpc
    def read_cluster(self, edition: str, cluster: str) -> dict[str, Any]:
        """One cluster, and how much alike its ballots are."""
        contest, row = self._of(edition), self._cluster(edition, cluster)
        return {
            **shown_cluster(row),
            "excluded": self._excluded(edition, row),
            "concentration": self._alike(contest, row),
        }

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

    # -- what others say, and what the clock does ---------------------------------------------------------------------

    @subscribe("accounts", "voter_signals", prefetch=1)  # all add to the row of this hour
    def on_voter_signals(self, event: dict[str, Any]) -> None:
        """Keep what an account shows, and count it."""
        if self.erased_since(event):
            return
        told = event["data"] | {name: clock.parse(event["data"][name]) for name in ("registered_at", "confirmed_at")}
        self._count(self.review.put_signals(told["account"], told), told)

    def forget_signals(self, erasure: Erasure) -> None:
        """The account is erased: it is not counted any more, and its signals go once no review can need them."""
        days = timedelta(days=Settings.current().review_signals_days)
        self._count(self.review.forget_signals(erasure, clock.now() + days), None)

    def erased_since(self, event: dict[str, Any]) -> bool:
        """Was the account of this event erased after it? Events of a kind come in order, those of two need not."""
        return inbox.is_superseded(self.bus.db, ERASED, event["subject"], event["sequence"])

    def _count(self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        hours = [its and to_the_hour(its["confirmed_at"]) for its in (before, after)]
        domains = [its and its["domain"] for its in (before, after)]
        self.registrations.change("hour", *hours)
        self.registrations.change("domain", *domains)

    # -- within ------------------------------------------------------------------------------------------------------

    def _held(self, edition: str) -> int:
        score = Settings.current().review_hold_score
        return self.review.undecided(edition, score) if score else 0

    def decided_last(self, edition: str) -> DecidedLast:
        """Changes with each decision, when it begins and when it ends."""
        document = self.contests.document(edition) or {}
        return DecidedLast(document.get("deciding"), document.get("decided_last"))

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
        """How much alike its ballots were when this was first read after the scan: what follows each vote would show
        whoever looks again and again who votes, and how."""
        accounts = row["accounts"]
        some = random.sample(accounts, SAMPLE) if len(accounts) > SAMPLE else accounts
        try:
            key = self.ballots.keys.labels(contest.edition, row["_id"])
        except Shredded:
            return None  # nobody can tell any more which votes are theirs
        if ALIKE not in row:
            rows = self.ballots.votes_of(contest.edition, some, {"category": 1, "project": 1})
            chosen = ([(vote["category"], vote["project"]) for vote in votes] for _, votes in rows)
            row = self.review.keep_alike(row, concentration(chosen, key))
        alike: dict[str, Any] | None = row[ALIKE]
        return alike

    def _summary(self, edition: str) -> dict[str, Any]:
        document, counts = self.contests.document(edition) or {}, self.counters.read(edition)
        out = excluded_figures(counts)
        if self._of(edition).state(clock.now()) is State.OPEN:
            # As the last decision left them: whoever excludes one account would see it vote, to the second.
            out = document.get("excluded_then") or dict.fromkeys(out, 0)
        return {
            "edition": edition, "looked_at": document.get("looked_at"), "clusters": self.review.count(edition),
            "undecided": self.review.undecided(edition, 0), "holding": self._held(edition),
            "deciding": bool(document.get("deciding")), "unaccounted": document.get("unaccounted") or 0,
            **out, "excluded": by_ground(counts.grounds),
        }  # fmt: skip


def excluded_figures(counts: Counts) -> dict[str, int]:
    """How much is excluded now."""
    out = counts.excluded
    return {
        "ballots_excluded": out.ballots_started, "complete_excluded": out.ballots_complete,
        "votes_excluded": out.cast.total(),
    }  # fmt: skip


def _member(voter: Voter) -> dict[str, Any]:
    # By the day: the log tells when votes came into it, and a batch of few could tell what this account chose. Most
    # register in order to vote, within minutes.
    told = asdict(voter)
    moments = ("first_at", "acted_at", "registered_at", "confirmed_at")
    return told | {name: told[name] and clock.to_day(told[name]) for name in moments} | {"excluded": voter.ground}


def shown_cluster(row: dict[str, Any]) -> dict[str, Any]:
    """A cluster as officers see it."""
    hidden = ("accounts", ALIKE)
    return {**{name: value for name, value in row.items() if name not in hidden}, "cluster": row["_id"]}

"""The review of fraud: signals of accounts, and clusters as a scan found them. Officers see signs and counts, never
projects.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import NamedTuple

from wsis_shared import clock, paging
from wsis_shared.errors import NotFound
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc

from wsis_voting.ballots.rules.counts import Counts
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Counters
from wsis_voting.contests.rules.contest import Contest, ExcludedFigures, State
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.keys.store import Shredded
from wsis_voting.review.rules.clusters import ClusterDocument
from wsis_voting.review.rules.concentration import Concentration, concentration
from wsis_voting.review.rules.signals import Voter
from wsis_voting.review.store import Review
from wsis_voting.settings import Settings

SAMPLE = 500  # ballots read to say how much alike those of a cluster are


class DecidedLast(NamedTuple):
    """The decision that is being applied, and the last one that was."""

    going_on: str | None
    done: str | None


class FraudReview:
    """How the review of an edition stands: what its use cases share."""

    def __init__(self, directory: ContestDirectory, counters: Counters, review: Review) -> None:
        self._directory, self._contests = directory, directory.contests
        self._counters, self._review = counters, review

    def held(self, edition: str) -> int:
        score = Settings.current().review_hold_score
        return self._review.undecided(edition, score) if score else 0

    def decided_last(self, edition: str) -> DecidedLast:
        """Changes with each decision, when it begins and when it ends."""
        document = self._contests.state(edition)
        return DecidedLast(document.get("deciding"), document.get("decided_last"))

    def cluster(self, edition: str, cluster: str) -> ClusterDocument:
        row = self._review.cluster(edition, cluster)
        if row is None:
            raise NotFound("voting.cluster_unknown")
        return row

    def excluded(self, edition: str, row: ClusterDocument) -> int:
        return sum(bool(status.ground) for status in self._review.statuses(edition, row["accounts"]).values())

    def summary(self, edition: str) -> JsonObject:
        document, counts = self._contests.state(edition), self._counters.read(edition)
        out = excluded_figures(counts)
        if self._directory.get(edition).state(clock.now()) is State.OPEN:
            # As the last decision left them: whoever excludes one account would see it vote, to the second.
            out = document.get("excluded_then") or excluded_figures(Counts())
        return {
            "edition": edition,
            "looked_at": document.get("looked_at"),
            "clusters": self._review.count(edition),
            "undecided": self._review.undecided(edition, 0),
            "holding": self.held(edition),
            "deciding": bool(document.get("deciding")),
            "unaccounted": document.get("unaccounted") or 0,
            **out,
            "excluded": _by_ground(counts.grounds),
        }


class ReviewCases:
    """Clusters as officers read them."""

    def __init__(
        self, directory: ContestDirectory, ballots: Ballots, review: Review, fraud_review: FraudReview
    ) -> None:
        self._directory, self._ballots, self._review, self._fraud_review = directory, ballots, review, fraud_review

    @rpc
    def read_review(self, edition: str) -> JsonObject:
        """How the review stands."""
        self._directory.get(edition)
        return self._fraud_review.summary(edition)

    @rpc
    def list_clusters(
        self, edition: str, min_score: int = 0, kind: str | None = None, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """What was found when it was last looked for, the highest score first."""
        self._directory.get(edition)
        return self._review.listed(edition, min_score, kind, after, limit).response(cluster_response)

    @rpc
    def read_cluster(self, edition: str, cluster: str) -> JsonObject:
        """One cluster, and how much alike its ballots are."""
        contest, row = self._directory.get(edition), self._fraud_review.cluster(edition, cluster)
        return {
            **cluster_response(row),
            "members": members(row),
            "excluded": self._fraud_review.excluded(edition, row),
            "concentration": self._concentration(contest, row),
        }

    @rpc
    def list_cluster_accounts(
        self, edition: str, cluster: str, limit: int = 20, after: str | None = None
    ) -> JsonObject:
        """Its members, in the order of their ids."""
        self._directory.get(edition)
        accounts, (position,) = (
            sorted(self._fraud_review.cluster(edition, cluster)["accounts"]),
            paging.decode(after) or ("",),
        )
        some = [account for account in accounts if account > position][: limit + 1]
        voters = sorted(self._review.voters(edition, some), key=lambda voter: voter.account)
        return paging.page([_member(voter) for voter in voters], limit, "account")

    def _concentration(self, contest: Contest, row: ClusterDocument) -> Concentration | None:
        """How much alike its ballots were when this was first read after the scan: what follows each vote would show
        whoever looks again and again who votes, and how."""
        accounts = row["accounts"]
        some = random.sample(accounts, SAMPLE) if len(accounts) > SAMPLE else accounts
        try:
            key = self._ballots.keys.labels(contest.edition, row["_id"])
        except Shredded:
            return None  # nobody can tell any more which votes are theirs
        if "bands" in row:
            return row["bands"]
        rows = self._ballots.votes_of(contest.edition, some, {"category": 1, "project": 1})
        chosen = ([(vote["category"], vote["project"]) for vote in votes] for _, votes in rows)
        return self._review.keep_concentration(row, concentration(chosen, key))


def excluded_figures(counts: Counts) -> ExcludedFigures:
    """How much is excluded now."""
    out = counts.excluded
    return {
        "ballots_excluded": out.ballots_started,
        "complete_excluded": out.ballots_complete,
        "votes_excluded": out.cast.total(),
    }


def _member(voter: Voter) -> dict[str, object]:
    # By the day: the log tells when votes came into it, and a batch of few could tell what this account chose. Most
    # register in order to vote, within minutes.
    member = asdict(voter)
    moments = ("first_at", "acted_at", "registered_at", "confirmed_at")
    return member | {name: member[name] and clock.to_day(member[name]) for name in moments} | {"excluded": voter.ground}


def cluster_response(row: ClusterDocument) -> JsonObject:
    """A cluster as officers see it."""
    hidden, score = ("accounts", "bands"), Settings.current().review_hold_score
    shown = {name: value for name, value in row.items() if name not in hidden}
    undecided = row["decision"] is None and row["still_in"] > 0
    return {**shown, "cluster": row["_id"], "holds": bool(score) and undecided and row["score"] >= score}


def members(row: ClusterDocument) -> str:
    """The same for the same accounts."""
    return sha256("|".join(sorted(row["accounts"])).encode()).hexdigest()[:20]


def _by_ground(grounds: Mapping[str, int]) -> list[JsonObject]:
    """How many ballots are excluded on which ground, the most first."""
    rows = sorted(grounds.items(), key=lambda row: (-row[1], row[0]))
    return [{"reason": ground, "ballots": ballots} for ground, ballots in rows if ballots]

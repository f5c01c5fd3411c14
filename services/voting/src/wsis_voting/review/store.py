"""The review of fraud: signals of accounts, clusters as they were last looked for, decisions, and what these left on
ballots. Kept apart from the votes: nothing here says what anybody chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import cast

from pymongo import UpdateOne
from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index, present
from wsis_shared.erasure import Erasure
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input
from wsis_shared.mongo import chunks, transactional
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

from wsis_voting.ballots.rules.ballots import BallotDocument
from wsis_voting.review.rules.clusters import Cluster, ClusterDocument
from wsis_voting.review.rules.concentration import Concentration, still_holds
from wsis_voting.review.rules.exclusions import Decided, Decision, DecisionDocument, ExclusionStatus, follow
from wsis_voting.review.rules.signals import Voter, VoterSignals

_SHOWN = {"account": 1, "country": 1, "complete_at": 1, "first_at": 1, "last_at": 1, "excluded": 1}
_DECIDED = {"account": 1, "voted": 1, "review": 1}
_VOTERS_AT_A_TIME = 100  # in memory, and of one answer of the store: votes are recorded between two

COLLECTIONS = (
    CollectionSpec("voter_signals", indexes=(expires("forget_at"),)),
    CollectionSpec(
        "clusters",
        indexes=(index("edition_score", "edition", "-score", "_id"), index("undecided", "decision", "still_in")),
        few={"edition_score": "some 100 in an edition"},
    ),
    CollectionSpec(
        "decisions",
        indexes=(
            index("edition_at", "edition", "-at"),
            present("open", "open"),
        ),
    ),
)


class Review(EventfulRepository):
    """`voter_signals` by account, `clusters` and `decisions` by edition; `review` and `excluded` of `ballots`."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._ballots = self.collection("ballots", BallotDocument)
        self._signals = self.collection("voter_signals", VoterSignals)
        self._clusters = self.collection("clusters", ClusterDocument)
        self._decisions = self.collection("decisions", DecisionDocument)

    # -- signals -----------------------------------------------------------------------------------------------------

    def put_signals(self, account: str, signals: Input) -> VoterSignals | None:
        """What accounts tells of an account once its mailbox is proved; returns what was known of it, unless it was
        erased since."""
        row: VoterSignals = {
            "_id": account,
            "domain": signals.get("domain"),
            "throwaway": signals.get("throwaway"),
            "alias": signals.get("alias"),
            "network": signals.get("network"),
            "sequence": signals.get("sequence"),
            "registered_at": signals.get("registered_at"),
            "confirmed_at": signals.get("confirmed_at"),
            "seconds_to_fill": signals.get("seconds_to_fill"),
        }
        before = self._signals.find_one_and_replace({"_id": account}, row, upsert=True)
        return before if before and not before.get("forget_at") else None

    def forget_signals(self, erasure: Erasure, at: datetime) -> VoterSignals | None:
        """The account is erased: forget its signals then, and return them. At once would be a way out of a review."""
        known = {**erasure.query("confirmed_at", account="_id"), "forget_at": None}
        return self._signals.find_one_and_update(known, {"$set": {"forget_at": at}})

    def all_voters(self, edition: str) -> Iterator[list[Voter]]:
        """All who have voted, with their signals, some at a time."""
        query = {"_id": {"$gt": f"{edition}|", "$lt": f"{edition}}}"}, "last_at": {"$ne": None}}
        ballots = self._ballots.find(query, _SHOWN).batch_size(_VOTERS_AT_A_TIME)
        for some in chunks(ballots, _VOTERS_AT_A_TIME):
            yield self._voters(some)

    def voters(self, edition: str, accounts: Sequence[str]) -> list[Voter]:
        """Those of `accounts` who have voted, with their signals."""
        return self._voters(self._ballots.named([f"{edition}|{account}" for account in accounts], _SHOWN))

    def _voters(self, ballots: Sequence[BallotDocument]) -> list[Voter]:
        signals = {row["_id"]: row for row in self._signals.named([row["account"] for row in ballots])}
        return [_voter(row, signals.get(row["account"], {})) for row in ballots]

    # -- clusters ----------------------------------------------------------------------------------------------------

    def keep(self, edition: str, found: Iterable[Cluster], now: datetime) -> None:
        """Put what was found by a look that began `now` in place of what was found before; call it in a transaction.
        Clusters that are decided on stay, with the members they had, also when they are not found any more."""
        clusters, grounds = self._clusters, self._grounds_since(edition, now)
        before = {row["_id"]: row for row in clusters.find({"edition": edition}, {"accounts": 0})}
        seen = set()
        for cluster in found:
            id = cluster_id(edition, cluster)
            seen.add(id)
            former, figures, out = before.get(id), cluster.figures, frozenset(cluster.excluded)
            row: ClusterDocument = {
                "_id": id,
                "edition": edition,
                "kind": cluster.kind,
                "key": shown_key(cluster.kind, cluster.key),
                "score": cluster.score,
                "parts": list(cluster.parts),
                "size": figures["size"],
                "complete": figures["complete"],
                "first_at": figures["first_at"],
                "last_at": figures["last_at"],
                "days": figures["days"],
                "countries": figures["countries"],
                "domains": figures["domains"],
                "networks": figures["networks"],
                "accounts": list(cluster.accounts),
                "still_in": sum(not grounds.get(account, account in out) for account in cluster.accounts),
                "made_at": now,
                "decision": former.get("decision") if former else None,
            }
            if former and former.get("bands") and still_holds(former, row):
                row["bands"] = former["bands"]
            clusters.replace_one({"_id": id}, row, upsert=True)
        gone = [id for id, row in before.items() if id not in seen and row.get("decision") is None]
        clusters.delete_many({"_id": {"$in": gone}})

    def listed(
        self, edition: str, min_score: int, kind: str | None, after: str | None, limit: int
    ) -> keyset.Page[ClusterDocument]:
        """Clusters, the highest score first, without their members, a page."""
        query: dict[str, object] = {"edition": edition, "score": {"$gte": min_score}}
        if kind:
            query["kind"] = kind
        projection = {"accounts": 0}
        return keyset.find_page(self._clusters, query, ("-score", "_id"), after, limit, projection=projection)

    def cluster(self, edition: str, id: str) -> ClusterDocument | None:
        """One cluster with its members."""
        return self._clusters.find_one({"_id": id, "edition": edition})

    def keep_concentration(self, row: ClusterDocument, bands: Concentration | None) -> Concentration | None:
        """Keep how much alike the ballots of a cluster are, until the next scan, unless that is known; returns what is
        known then."""
        as_found = {"_id": row["_id"], "made_at": row["made_at"], "bands": {"$exists": False}}
        self._clusters.update_one(as_found, {"$set": {"bands": bands}})
        kept = self.cluster(row["edition"], row["_id"])
        return kept.get("bands", bands) if kept else bands

    def forget_concentration(self, edition: str) -> None:
        """Forget how much alike the ballots of its clusters are: nobody can tell any more which votes are theirs."""
        self._clusters.update_many({"edition": edition}, {"$unset": {"bands": 1}})

    def decided(self, cluster: str, decision: Decided) -> None:
        """Note at the cluster what was decided on it last."""
        self._clusters.update_one({"_id": cluster}, {"$set": {"decision": decision}})

    def count(self, edition: str) -> int:
        """How many clusters there are."""
        return int(self._clusters.count_documents({"edition": edition}))

    def undecided(self, edition: str, min_score: int) -> int:
        """How many clusters of that score nobody has decided on, with ballots that are in."""
        return int(self._clusters.count_documents(_undecided(edition, min_score) | {"still_in": {"$gt": 0}}))

    def count_again(self, edition: str, decided: str, min_score: int) -> None:
        """How many ballots are in, of the cluster that was `decided` on and of those of that score that are not."""
        clusters = self._clusters
        wanted = {"$or": [{"_id": decided}, _undecided(edition, min_score)]}
        for row in list(clusters.find(wanted, {"accounts": 1})):
            still_in = sum(not status.ground for status in self.statuses(edition, row["accounts"]).values())
            clusters.update_one({"_id": row["_id"]}, {"$set": {"still_in": still_in}})

    # -- decisions ---------------------------------------------------------------------------------------------------

    def decision(self, id: str) -> DecisionDocument | None:
        """A decision that was taken."""
        return self._decisions.find_one({"_id": id})

    def open_decision(self, decision: DecisionDocument, taken: PendingEvent) -> DecisionDocument:
        """Keep a decision, with its entry for the audit, before it is carried out."""
        return self.save("decisions", decision | {"open": True, "worked_on_at": decision["at"]}, taken)

    def left_open(self, since: datetime) -> list[DecisionDocument]:
        """Decisions that are not carried out yet and that nobody has worked on since then."""
        return list(self._decisions.find({"open": True, "worked_on_at": {"$lt": since}}))

    def excluded_with(self, edition: str, cluster: str) -> set[str]:
        """All accounts whose ballots were excluded with this cluster, in it still or not."""
        decisions = self._decisions.find(
            {"edition": edition, "subject": cluster, "decision": Decision.EXCLUDE}, {"accounts": 1}
        )
        return {account for decision in decisions for account in decision["accounts"]}

    def _grounds_since(self, edition: str, moment: datetime) -> dict[str, str]:
        decisions = self._decisions.find({"edition": edition, "worked_on_at": {"$gte": moment}}, {"accounts": 1})
        accounts = {account for decision in decisions for account in decision["accounts"]}
        return {account: status.ground for account, status in self.statuses(edition, accounts).items()}

    @transactional
    def touch(self, id: str, now: datetime, *events: PendingEvent) -> None:
        """Somebody is at work on it, and this has happened."""
        if self._decisions.update_one({"_id": id}, {"$set": {"worked_on_at": now}}).matched_count:
            self.store_events(1, *events)

    def close_decision(self, id: str) -> None:
        """All ballots are as it says."""
        self._decisions.update_one({"_id": id}, {"$unset": {"open": 1}})

    def statuses(self, edition: str, accounts: Iterable[str]) -> dict[str, ExclusionStatus]:
        """What is decided on these accounts' ballots; accounts that have not voted are left out."""
        rows = self._ballots.named([f"{edition}|{account}" for account in accounts], _DECIDED)
        return {row["account"]: status_of(row) for row in rows if row["voted"]}

    def statuses_decided(self, edition: str) -> dict[str, ExclusionStatus]:
        """What follows for each account from all decisions of an edition, whatever its ballot says."""
        shown = {"subject": 1, "decision": 1, "ground": 1, "accounts": 1, "number": 1, "at": 1}
        return follow(self._decisions.find({"edition": edition}, shown))

    def save_statuses(
        self, edition: str, statuses: Mapping[str, ExclusionStatus], by: str | None, at: datetime
    ) -> None:
        """Write what is decided on ballots; in the transaction that also changes the counters."""
        writes = []
        for account, status in statuses.items():
            review = {"by": dict(status.by), "spared": status.exempt}
            excluded = {"reason": status.ground, "by": by, "at": at} if status.ground else None
            changed = {"$set": {"review": review, "excluded": excluded}}
            writes.append(UpdateOne({"_id": f"{edition}|{account}"}, changed))
        if writes:
            self._ballots.bulk_write(writes, ordered=False)


def _undecided(edition: str, min_score: int) -> dict[str, object]:
    return {"edition": edition, "score": {"$gte": min_score}, "decision": None}


def cluster_id(edition: str, cluster: Cluster) -> str:
    """The same for the same group, each time it is looked for."""
    return sha256(f"{edition}|{cluster.kind}|{cluster.key}".encode()).hexdigest()[:20]


def shown_key(kind: str, key: str) -> str:
    """What officers read of a key: a domain, or a piece of a keyed hash, which is enough to tell two apart; and, a
    blank behind it, the day of a burst."""
    name, _, hour = key.partition("|")
    if kind not in ("throwaway_domain", "domain_burst"):
        name = name[:8]
    return f"{name} {hour.partition('T')[0]}" if hour else name


def _voter(ballot: BallotDocument, signals: VoterSignals) -> Voter:
    complete_at, excluded = ballot.get("complete_at"), ballot.get("excluded")
    return Voter(
        account=ballot["account"],
        # Where the key is shredded there may be neither moment; then nobody looks for clusters any more.
        acted_at=cast(datetime, complete_at or ballot["last_at"]),
        country=ballot.get("country", ""),
        complete=complete_at is not None,
        first_at=ballot.get("first_at"),
        ground=excluded["reason"] if excluded else "",
        domain=signals.get("domain") or None,
        throwaway=bool(signals.get("throwaway")),
        alias=signals.get("alias"),
        network=signals.get("network") or None,
        sequence=signals.get("sequence") or None,
        registered_at=signals.get("registered_at"),
        confirmed_at=signals.get("confirmed_at"),
        seconds_to_fill=signals.get("seconds_to_fill"),
    )


def status_of(ballot: BallotDocument) -> ExclusionStatus:
    """What the document of a ballot says is decided on it."""
    review = ballot.get("review")
    return ExclusionStatus(review.get("by", {}), review.get("spared", False)) if review else ExclusionStatus()

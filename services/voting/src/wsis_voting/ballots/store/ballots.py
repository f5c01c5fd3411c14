"""Votes and participation.

A vote row says what was chosen and not by whom; a participation document says who took part and not for whom.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple, NotRequired, TypedDict

from pymongo import ReplaceOne
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

from wsis_voting.ballots.rules.ballots import (
    Ballot,
    BallotDocument,
    BallotKey,
    BatchChanges,
    StoredVote,
    VoteKey,
    to_the_hour,
)
from wsis_voting.contests.rules.contest import ContestDocument
from wsis_voting.keys.rules import Committed, Receipt
from wsis_voting.keys.store import Keys, Shredded

UNKNOWN_COUNTRY = "ZZ"  # ISO 3166-1 leaves it to users: a voter whose country we were not told


class OwnVote(NamedTuple):
    """What a voter sees of their vote."""

    project: str
    receipt: Receipt


class Voter(TypedDict):
    """A document of `voters`: the country of a confirmed account."""

    _id: str  # account
    country: str
    confirmed_at: datetime


class CompletedBallots(TypedDict):
    """A document of `completed_ballots`: of a batch, until their voters are told."""

    _id: str
    edition: str
    accounts: list[str]


class Reminder(TypedDict):
    """A document of `reminders`: how many accounts were reminded together."""

    _id: str
    edition: str
    accounts: int


class LogBatch(TypedDict):
    """A document of `log_batches`: commitments that are to go into the public log, sorted."""

    _id: NotRequired[object]  # the store makes it
    edition: str
    k: bytes


class Ballots(EventfulRepository):
    """`votes`, `ballots` (participation), `completed_ballots` (until their voters are told), `voters` (country of an
    account)."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.keys = Keys(db)
        self._ballots = self.collection("ballots", BallotDocument)
        self._votes = self.collection("votes", StoredVote)
        self._voters = self.collection("voters", Voter)
        self._contests = self.collection("contests", ContestDocument)

    # -- participation ---------------------------------------------------------------------------------------------

    def read(self, edition: str, accounts: Iterable[str]) -> dict[BallotKey, Ballot]:
        """The ballots of these accounts; an empty one for who has none yet."""
        return self.read_with_contest(edition, accounts)[1]

    def read_with_contest(
        self, edition: str, accounts: Iterable[str]
    ) -> tuple[ContestDocument | None, dict[BallotKey, Ballot]]:
        """The stored document of the contest, and these ballots, by one command: a recorder waits for the store once
        before it decides. Without that document all ballots are empty."""
        wanted = list(accounts)
        ids = [f"{edition}|{account}" for account in wanted]
        rows = self._contests.aggregate(
            [
                {"$match": {"_id": edition}},
                {"$replaceWith": {"contest": "$$ROOT"}},
                _joined("ballots", ids),
                _joined("voters", wanted),
            ]
        )
        found = next(iter(rows), {})
        contest: ContestDocument | None = found.get("contest")
        stored = {row["account"]: ballot_of(row) for row in found.get("ballots", ())}
        countries = {row["_id"]: row["country"] for row in found.get("voters", ())}
        ballots = {
            (edition, account): stored.get(account)
            or Ballot(edition, account, country=countries.get(account, UNKNOWN_COUNTRY))
            for account in wanted
        }
        return contest, ballots

    def ballot(self, edition: str, account: str) -> Ballot:
        """One account's ballot."""
        return self.read(edition, [account])[edition, account]

    def incomplete(self, edition: str, categories: Iterable[str] = ()) -> Iterator[Ballot]:
        """Ballots that are not complete, of those that have all of `categories`."""
        query: dict[str, object] = {**of_edition(edition), "complete_at": None}
        if categories:
            query["voted"] = {"$all": list(categories)}
        return map(ballot_of, self._ballots.find(query))

    def to_remind(self, edition: str, idle_since: datetime) -> Iterator[str]:
        """Accounts that voted last before `idle_since`, are not complete, not excluded and were not reminded."""
        query = {
            **of_edition(edition),
            "complete_at": None,
            "reminded_at": None,
            "excluded": None,
            "last_at": {"$lt": idle_since},
        }
        return (row["account"] for row in self._ballots.find(query, {"account": 1}))

    def mark_reminded(
        self, edition: str, accounts: Sequence[str], reminded: Callable[[list[str]], PendingEvent]
    ) -> int:
        """Remember whom we remind, with the event that does it; returns how many. Not those who were reminded or have
        completed since they were read."""
        named = [f"{edition}|{account}" for account in accounts]
        query = {"_id": {"$in": named}, "complete_at": None, "reminded_at": None}
        waiting = {row["_id"]: row["account"] for row in self._ballots.find(query, {"account": 1})}
        if waiting:
            self._ballots.update_many({"_id": {"$in": list(waiting)}}, {"$set": {"reminded_at": clock.now()}})
            number = self.collection("reminders").count_documents({"edition": edition}) + 1
            row = {"_id": f"{edition}|{number}", "edition": edition, "accounts": len(waiting)}
            self.save("reminders", row, reminded(list(waiting.values())))
        return len(waiting)

    # -- votes -----------------------------------------------------------------------------------------------------

    def choices(self, keys: Iterable[VoteKey]) -> dict[VoteKey, str]:
        """What was chosen, for each of `keys` that is stored."""
        return {key: row["project"] for key, row in self._rows(keys, "project")}

    def receipts(
        self, keys: Iterable[VoteKey], made: Mapping[VoteKey, Committed] = MappingProxyType({})
    ) -> dict[VoteKey, Receipt]:
        """The receipt of each of `keys` that is stored; `made`: what a batch has stored just now."""
        wanted = list(keys)
        rows = self._rows([key for key in wanted if key not in made], "k", "b")
        known = {key: Committed(row["k"], row["b"]) for key, row in rows}
        known.update((key, made[key]) for key in wanted if key in made)
        return {key: self.keys.signer(key[0]).receipt(key[0], key[2], its) for key, its in known.items()}

    def receipts_of(self, ballot: Ballot) -> dict[VoteKey, Receipt]:
        """The receipts of one ballot, for its voter."""
        return self.receipts(ballot.own)

    def own_votes(self, ballot: Ballot) -> dict[str, OwnVote]:
        """Category -> what was chosen, with its receipt; for its voter alone."""
        return {
            category: OwnVote(
                row["project"], self.keys.signer(edition).receipt(edition, category, Committed(row["k"], row["b"]))
            )
            for (edition, _, category), row in self._rows(ballot.own, "project", "k", "b")
        }

    def save_changes(self, changes: BatchChanges, committed: Mapping[VoteKey, Committed]) -> None:
        """Votes with what they are `committed` to, participation and whose ballot is complete, in the open
        transaction."""
        if changes.votes:
            self._save_votes(changes, committed)
        if changes.ballots:
            self._ballots.bulk_write([_write(ballot) for ballot in changes.ballots.values()], ordered=False)
        completed: defaultdict[str, list[str]] = defaultdict(list)
        for edition, account in changes.completed:
            completed[edition].append(account)
        if completed:
            # Their voters are told with the log's batch (see Log.take): a mail sent at once would date the vote.
            self.collection("completed_ballots", CompletedBallots).insert_many(
                [
                    {"_id": uuid.uuid4().hex, "edition": edition, "accounts": sorted(accounts)}
                    for edition, accounts in completed.items()
                ]
            )

    def _save_votes(self, changes: BatchChanges, committed: Mapping[VoteKey, Committed]) -> None:
        rows: list[StoredVote] = []
        waiting: defaultdict[str, list[bytes]] = defaultdict(list)
        for key, (project, at) in changes.votes.items():
            (edition, _, category), (made, bucket, nonce) = key, committed[key]
            rows.append(
                {
                    "_id": self._vote_id(key),
                    "edition": edition,
                    "category": category,
                    "project": project,
                    "at": to_the_hour(at),
                    "k": made,
                    "b": bucket,
                    "r": nonce,
                }
            )
            waiting[edition].append(made)
        # In the order of the ids, which tells nothing about the order of the voters.
        rows.sort(key=itemgetter("_id"))
        self._votes.insert_many(rows)
        # What the public log is to take: one document for a batch, where an index over votes would cost each of them.
        self.collection("log_batches", LogBatch).insert_many(
            [{"edition": edition, "k": b"".join(sorted(its))} for edition, its in waiting.items()]
        )

    # -- counting ----------------------------------------------------------------------------------------------------

    def votes_of(
        self, edition: str, accounts: Sequence[str], shown: dict[str, int] | None = None
    ) -> Iterator[tuple[Ballot, list[StoredVote]]]:
        """(ballot, its stored votes) of each of `accounts`, some hundred at most. `shown`: fields of the votes."""
        ballots = map(ballot_of, self._ballots.named([f"{edition}|{account}" for account in accounts]))
        held = [(ballot, self.vote_ids(ballot)) for ballot in ballots if ballot.voted]
        found = {row["_id"]: row for row in self._votes.named([id for _, its in held for id in its], shown)}
        for ballot, its in held:
            yield ballot, [found[id] for id in its if id in found]

    def vote_ids(self, ballot: Ballot) -> list[bytes]:
        """The ids of the votes of a ballot. Raises Shredded."""
        return [self._vote_id((*ballot.key, category)) for category in ballot.voted]

    # -- accounts ------------------------------------------------------------------------------------------------------

    def put_voter(self, account: str, country: str, at: datetime) -> str | None:
        """The country of an account that was confirmed at a moment, for turnout; returns what it was."""
        row = {"_id": account, "country": country, "confirmed_at": at}
        before = self._voters.find_one_and_replace({"_id": account}, row, upsert=True)
        return before["country"] if before else None

    def forget(self, erasure: Erasure) -> str | None:
        """The account is erased: its country goes, and is returned. Participation holds the opaque id alone, and its
        votes stay, to be read by nobody. A ballot that was begun since is spared; one that goes on is not: which of its
        votes are older, only the votes tell."""
        before = self._voters.find_one_and_delete(erasure.query("confirmed_at", account="_id"))
        ids = [f"{contest['_id']}|{erasure.account}" for contest in self._contests.find({}, {"_id": 1})]
        for row in self._ballots.named(ids, {"voted": 1, "first_at": 1}):
            if erasure.reaches(row.get("first_at")):
                forgotten = {"forgotten": row["voted"], "outcomes": []}
                changed = {"$set": forgotten, "$unset": {"country": 1}}
                self._ballots.update_one({"_id": row["_id"]}, changed)
        return before["country"] if before else None

    def coarsen_times(self, edition: str, moment: datetime) -> None:
        """Forget when each account voted: with the times of the public log's batches it could tell for whom."""
        complete = {**of_edition(edition), "complete_at": {"$ne": None}}
        self._ballots.update_many(complete, {"$set": {"complete_at": moment}})
        self._ballots.update_many(of_edition(edition), {"$set": {"first_at": None, "last_at": None, "outcomes": []}})

    def _rows(self, keys: Iterable[VoteKey], *shown: str) -> Iterator[tuple[VoteKey, StoredVote]]:
        try:
            by_id = {self._vote_id(key): key for key in keys}
        except Shredded:
            return
        for row in self._votes.named(list(by_id), dict.fromkeys(shown, 1)):
            yield by_id[row["_id"]], row

    def _vote_id(self, key: VoteKey) -> bytes:
        edition, account, category = key
        return self.keys.vote_id(self.keys.of(edition), edition, category, account)


@cache
def of_process(db: Database) -> Ballots:
    """The ballots of this process. All who find votes have its keys, and drop one that is shredded together."""
    return Ballots(db)


def _joined(name: str, ids: Sequence[str]) -> JsonObject:
    # Within a transaction the store joins by $lookup; it refuses $unionWith.
    return {"$lookup": {"from": name, "pipeline": [{"$match": {"_id": {"$in": ids}}}], "as": name}}


def of_edition(edition: str) -> dict[str, object]:
    """The filter of documents whose ids begin with the edition."""
    # By the range of the ids: an index on the edition would cost every vote.
    return {"_id": {"$gt": f"{edition}|", "$lt": f"{edition}}}"}}


def ballot_of(row: BallotDocument) -> Ballot:
    """A ballot from its stored document."""
    excluded = row.get("excluded")
    return Ballot(
        row["edition"],
        row["account"],
        tuple(row["voted"]),
        row.get("complete_at"),
        row.get("last_at"),
        row.get("country", UNKNOWN_COUNTRY),
        tuple(row.get("outcomes", ())),
        row.get("first_at"),
        excluded["reason"] if excluded else "",
        tuple(row.get("forgotten", ())),
        stored=row,
    )


def _write(ballot: Ballot) -> ReplaceOne[BallotDocument]:
    row: BallotDocument = {
        "_id": (id := "|".join(ballot.key)),
        "edition": ballot.edition,
        "account": ballot.account,
        "voted": list(ballot.voted),
        "complete_at": ballot.complete_at,
        "last_at": ballot.last_at,
        "outcomes": list(ballot.outcomes),
        "first_at": ballot.first_at,
    }
    row = {**ballot.stored, **row} if ballot.stored else {**row, "country": ballot.country}
    # Whole documents, since nobody else can write in this transaction; one kind of write for old and new ones.
    return ReplaceOne({"_id": id}, row, upsert=True)

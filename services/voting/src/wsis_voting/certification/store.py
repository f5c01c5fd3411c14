"""Which ballot a stored vote is in. A vote does not say whose it is, so the ids of all votes that the ballots lay claim
to are computed first, and looked up as the votes are read: one read of the ballots and one of the votes.

To ask the store for the votes of each ballot would cost it a search for every vote.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

from wsis_voting.ballots.rules.ballots import Ballot, BallotDocument, StoredVote
from wsis_voting.ballots.rules.counts import BallotClass
from wsis_voting.ballots.store.ballots import Ballots, ballot_of, of_edition
from wsis_voting.review.rules.exclusions import ExclusionStatus
from wsis_voting.review.store import Review, status_of

COLLECTIONS: tuple[CollectionSpec, ...] = ()  # it counts what ballots and the review keep
# From one answer of the store, which by default sends 16 MB at once: memory stays flat, and what else the process does
# need not wait until so many have been looked at.
_BALLOTS_AT_A_TIME, _VOTES_AT_A_TIME = 1000, 5000


class BallotVotes(NamedTuple):
    """A ballot: its kind by the decisions of the review, the ids of its votes, and whether its own flags say the
    same."""

    kind: BallotClass
    votes: list[bytes]
    as_decided: bool


class VoteOwnership:
    """How many ballots there are of each kind (`kinds`), how many of them have flags that no decision accounts for
    (`unaccounted`), and the kind of the ballot that a vote is in."""

    def __init__(self, table: sqlite3.Connection) -> None:
        self.kinds: Counter[BallotClass] = Counter()
        self.unaccounted = 0
        self._table, self._numbered = table, list[BallotClass]()

    @classmethod
    @contextmanager
    def of(cls, ballots: Iterable[BallotVotes]) -> Iterator[VoteOwnership]:
        """The claims of these ballots. On the disk, so that memory stays flat
        however many they are: in a file without a name, which is gone at the end and says nothing about who voted."""
        with closing(sqlite3.connect("")) as table:
            made = cls(table)
            table.execute("CREATE TABLE claims (vote BLOB, kind INTEGER)")
            table.executemany("INSERT INTO claims VALUES (?, ?)", made._rows(ballots))
            table.execute("CREATE INDEX by_vote ON claims (vote, kind)")
            yield made

    def kind(self, vote: bytes) -> BallotClass | None:
        """The kind of the ballot that lays claim to the vote with this id; None where none does."""
        found = self._table.execute("SELECT kind FROM claims WHERE vote = ?", (vote,)).fetchone()
        return self._numbered[found[0]] if found else None

    def _rows(self, ballots: Iterable[BallotVotes]) -> Iterator[tuple[bytes, int]]:
        numbers: dict[BallotClass, int] = {}
        for kind, votes, as_decided in ballots:
            self.kinds[kind] += 1
            self.unaccounted += not as_decided
            if kind not in numbers:
                numbers[kind] = len(numbers)
                self._numbered.append(kind)
            for vote in votes:
                yield vote, numbers[kind]


class StoredVotes(Repository):
    """The ballots and the votes of an edition as they are stored, for a count."""

    def __init__(self, ballots: Ballots) -> None:
        super().__init__(ballots.db)
        self._ballots, self._review = ballots, Review(ballots.db)

    def ballots(self, edition: str) -> Iterator[BallotVotes]:
        """Each ballot with votes. Raises Shredded."""
        for ballot, decided, as_decided in self._decided(edition):
            kind = BallotClass(ballot.complete_at is not None, decided.ground)
            yield BallotVotes(kind, self._ballots.vote_ids(ballot), as_decided)

    def unaccounted(self, edition: str) -> dict[str, ExclusionStatus]:
        """Account -> what the decisions of the review say of its ballot, where the ballot's own flags say otherwise."""
        rows = self._decided(edition)
        return {ballot.account: decided for ballot, decided, as_decided in rows if not as_decided}

    def stored(self, edition: str, *fields: str) -> Iterator[StoredVote]:
        """Every stored vote of an edition, whoever's it is: `_id` and `fields`, in the order of the store."""
        shown = dict.fromkeys(fields, 1)
        yield from self.collection("votes", StoredVote).find({"edition": edition}, shown).batch_size(_VOTES_AT_A_TIME)

    def _decided(self, edition: str) -> Iterator[tuple[Ballot, ExclusionStatus, bool]]:
        query = {**of_edition(edition), "voted.0": {"$exists": True}}
        fields = {"edition": 1, "account": 1, "voted": 1, "complete_at": 1, "excluded": 1, "review": 1}
        statuses, undecided = self._review.statuses_decided(edition), ExclusionStatus()
        for row in self.collection("ballots", BallotDocument).find(query, fields).batch_size(_BALLOTS_AT_A_TIME):
            ballot = ballot_of(row)
            decided = statuses.get(ballot.account, undecided)
            yield ballot, decided, (status_of(row), ballot.excluded) == (decided, decided.ground)

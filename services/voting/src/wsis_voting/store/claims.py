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

from wsis_voting.domain import Kind


class Claim(NamedTuple):
    """A ballot: its kind by the decisions of the review, the ids of its votes, and whether its own flags say the
    same."""

    kind: Kind
    votes: list[bytes]
    as_decided: bool


class Claims:
    """How many ballots there are of each kind (`kinds`), how many of them have flags that no decision accounts for
    (`unaccounted`), and the kind of the ballot that a vote is in."""

    def __init__(self, table: sqlite3.Connection) -> None:
        self.kinds: Counter[Kind] = Counter()
        self.unaccounted = 0
        self._table, self._numbered = table, list[Kind]()

    @classmethod
    @contextmanager
    def of(cls, ballots: Iterable[Claim]) -> Iterator[Claims]:
        """The claims of these ballots. On the disk, so that memory stays flat
        however many they are: in a file without a name, which is gone at the end and says nothing about who voted."""
        with closing(sqlite3.connect("")) as table:
            made = cls(table)
            table.execute("CREATE TABLE claims (vote BLOB, kind INTEGER)")
            table.executemany("INSERT INTO claims VALUES (?, ?)", made._rows(ballots))
            table.execute("CREATE INDEX by_vote ON claims (vote, kind)")
            yield made

    def kind(self, vote: bytes) -> Kind | None:
        """The kind of the ballot that lays claim to the vote with this id; None where none does."""
        found = self._table.execute("SELECT kind FROM claims WHERE vote = ?", (vote,)).fetchone()
        return self._numbered[found[0]] if found else None

    def _rows(self, ballots: Iterable[Claim]) -> Iterator[tuple[bytes, int]]:
        numbers: dict[Kind, int] = {}
        for kind, votes, as_decided in ballots:
            self.kinds[kind] += 1
            self.unaccounted += not as_decided
            if kind not in numbers:
                numbers[kind] = len(numbers)
                self._numbered.append(kind)
            for vote in votes:
                yield vote, numbers[kind]

"""Who records votes, and whether all that was accepted is stored: the question before a tally is frozen."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypedDict

from pymongo import UpdateOne, WriteConcern
from wsis_shared.mongo import Repository, after_commit
from wsis_shared.mongo_connection import Database
from wsis_shared.process_registry import process_id, store_time

from wsis_voting.ballots.rules.ballots import BatchChanges, Turnout
from wsis_voting.ballots.rules.counts import Counts, Sums
from wsis_voting.contests.store import QUIET_SECONDS
from wsis_voting.settings import Settings

# A batch that is tried again comes by long before this; the store ends a transaction after 60 s. What did not come by
# was given back to the broker, and another recorder has it.
_GIVEN_BACK_AFTER = 180.0
# A batch with so many comes about where votes arrive faster than they are recorded: mails can wait, voters do wait.
MANY_VOTES = 25
BUSY_SECONDS = 1.0


class Recorders:
    """Each process knows what it has in flight and reports it in `recorders`: see `heartbeat_when_due`."""

    def __init__(self, db: Database, owner: str = "") -> None:
        # A sign of life is not worth a journal flush; and it must show while a transaction is open.
        self._recorders = db.get_collection("recorders", write_concern=WriteConcern(w=1))
        self.owner = owner or process_id()
        self._in_flight = self._batches = 0
        self._last_large_batch = float("-inf")
        self._oldest: datetime | None = None
        self._since = 0.0
        self.published: dict[str, int] | None = None  # `batches` when the turnout was last announced
        self._last: dict[str, tuple[int, datetime]] | None = None
        self._reported: tuple[int, int, datetime | None] | None = None  # by the last `heartbeat`
        self._watched, self._next_check = False, 0.0

    @contextmanager
    def batch(self, received: Sequence[datetime], votes: int) -> Iterator[None]:
        """A batch is in flight until its transaction is safe, or until it failed. `received`: when each of its commands
        was accepted; `votes`: how many they are together."""
        self._in_flight, self._oldest, self._since = len(received), min(received), time.monotonic()
        if votes >= MANY_VOTES:
            self._last_large_batch = self._since
        try:
            yield
            after_commit(self._done)
        except BaseException:
            self._done()
            raise

    def _done(self) -> None:
        self._in_flight, self._oldest = 0, None
        self._batches += 1

    def busy(self) -> bool:
        """Do votes arrive faster than they are recorded? Then there is no second without a large batch."""
        return time.monotonic() - self._last_large_batch < BUSY_SECONDS

    def now(self) -> datetime:
        """The store's clock."""
        return store_time(self._recorders.database)

    def heartbeat_when_due(self, is_watched: Callable[[], bool]) -> None:
        """Call it once a second: it beats each time while votes may come or are to be counted (`is_watched`) and when
        what we hold has changed, else every QUIET_SECONDS."""
        if time.monotonic() >= self._next_check or self._reported != self._state():
            self._watched, self._next_check = is_watched(), time.monotonic() + QUIET_SECONDS
        elif not self._watched:
            return
        self.heartbeat()

    def heartbeat(self) -> None:
        """Say that we live and what we hold."""
        if self._in_flight and time.monotonic() - self._since > _GIVEN_BACK_AFTER:
            self._done()
        in_flight, batches, oldest = state = self._state()
        self._recorders.update_one(
            {"_id": self.owner},
            {"$currentDate": {"at": True}, "$set": {"in_hand": in_flight, "batches": batches, "oldest": oldest}},
            upsert=True,
        )
        self._reported = state

    def _state(self) -> tuple[int, int, datetime | None]:
        return self._in_flight, self._batches, self._oldest

    def batches(self) -> dict[str, int]:
        """How many batches each recorder has stored, when it last said so: while this stays the same, no vote has
        arrived."""
        return {row["_id"]: row["batches"] for row in self._recorders.find()}

    def in_flight(self) -> tuple[int, datetime | None]:
        """What all recorders had in flight when they last reported: how many commands, and when the oldest was
        accepted. The queue keeps its order, so no command that waits in it is much older."""
        dead = self.now() - timedelta(seconds=Settings.current().voting_recorder_dead_seconds)
        rows = [row for row in self._recorders.find() if row["at"] >= dead]
        oldest = min((row["oldest"] for row in rows if row.get("oldest")), default=None)
        return sum(row["in_hand"] for row in rows), oldest

    def drained(self, waiting: int) -> bool:
        """Is everything stored? `waiting`: the length of the command queue. True at the second check in a row at which
        the queue is empty and every recorder has nothing in flight, did nothing in between and is alive: what the
        broker had handed out at the first check would have been a batch by the second. A recorder that gives no sign
        any more is forgotten; the broker has taken its messages back before that."""
        now, rows = self.now(), list(self._recorders.find())
        dead = timedelta(seconds=Settings.current().voting_recorder_dead_seconds)
        if waiting == 0:
            for row in rows:
                if row["at"] < now - dead:
                    self._recorders.delete_one({"_id": row["_id"], "at": row["at"]})
        alive = {row["_id"]: (row["batches"], row["at"]) for row in rows if row["at"] >= now - dead}
        quiet = waiting == 0 and bool(alive) and all(row["in_hand"] == 0 for row in rows if row["_id"] in alive)
        before, self._last = self._last, alive if quiet else None
        if not quiet or before is None or before.keys() != alive.keys():
            return False
        return all(before[owner][0] == batches and before[owner][1] < at for owner, (batches, at) in alive.items())


# Counters, one document for each recorder process, so that recorders never wait for one another; summed when read.


class CountedSums(TypedDict, total=False):
    """Sums as they are stored; a field of MongoDB holds no dot, so that `~` stands for it in the ids of projects."""

    started: int
    complete: int
    cast: dict[str, int]
    counted: dict[str, int]  # votes of complete ballots


class CountedBallots(CountedSums, total=False):
    """A document of `counters`: what a recorder has added up in an edition."""

    edition: str
    excluded: CountedSums
    grounds: dict[str, int]


class CountedHour(TypedDict, total=False):
    """A document of `counters`: what a recorder has added up of an hour."""

    edition: str
    hour: datetime
    votes: int
    started: int
    complete: int
    countries: dict[str, dict[str, int]]


class Counters(Repository):
    """`counters` by edition and recorder, and of each hour by edition, hour and recorder."""

    def __init__(self, db: Database, owner: str = "") -> None:
        super().__init__(db)
        self.owner = owner or process_id()

    def add(self, changes: BatchChanges) -> list[str]:
        """Add what a batch changed, in the open transaction; returns the editions in which this recorder counts for the
        first time."""
        editions = list(changes.counts)
        writes = [self._addition(edition, changes.counts[edition]) for edition in editions]
        for (edition, hour), turnout in changes.turnout.items():
            id = f"{edition}|{hour:%Y-%m-%dT%H}|{self.owner}"
            writes.append(_increment(id, _turnout(turnout), edition=edition, hour=hour))
        if not writes:
            return []
        made = self.collection("counters").bulk_write(writes, ordered=False).upserted_ids or {}
        return [edition for number, edition in enumerate(editions) if number in made]

    def read(self, edition: str) -> Counts:
        """The sum over all recorders."""
        total = Counts()
        for row in self.collection("counters", CountedBallots).find({"edition": edition, "hour": None}):
            total.add(_counts(row))
        return total

    def put(self, edition: str, counts: Counts) -> None:
        """Keep these counts in place of all that recorders have added; of a sealed count only."""
        self.collection("counters").delete_many({"edition": edition, "hour": None})
        self.collection("counters").bulk_write([self._addition(edition, counts)])

    def seal(self, edition: str) -> None:
        """Collide with whatever recorder still adds: after this one commits, it decides anew and finds the close."""
        self.collection("counters").update_many({"edition": edition, "hour": None}, {"$inc": {"sealed": 1}})

    def turnout(self, edition: str) -> list[tuple[datetime, Turnout]]:
        """Figures by hour, oldest first."""
        hours: dict[datetime, Turnout] = {}
        rows = self.collection("counters", CountedHour).find({"edition": edition, "hour": {"$ne": None}})
        for row in rows.sort("hour"):
            hour = hours.setdefault(row["hour"], Turnout())
            hour.votes += row.get("votes", 0)
            hour.started += row.get("started", 0)
            hour.complete += row.get("complete", 0)
            for country, figures in row.get("countries", {}).items():
                hour.by_country[country].update(figures)
        return list(hours.items())

    def _addition(self, edition: str, counts: Counts) -> UpdateOne:
        return _increment(f"{edition}|{self.owner}", _amounts(counts), edition=edition)


def _increment(id: str, amounts: dict[str, int], **fixed: object) -> UpdateOne:
    return UpdateOne({"_id": id}, {"$inc": amounts, "$setOnInsert": fixed}, upsert=True)


def _amounts(counts: Counts) -> dict[str, int]:
    excluded = {f"excluded.{name}": number for name, number in _sums(counts.excluded).items() if number}
    grounds = {f"grounds.{ground}": number for ground, number in counts.grounds.items() if number}
    return _sums(counts) | excluded | grounds


def _sums(sums: Sums) -> dict[str, int]:
    return {
        "started": sums.ballots_started,
        "complete": sums.ballots_complete,
        **{f"cast.{_field(project)}": votes for project, votes in sums.cast.items()},
        **{f"counted.{_field(project)}": votes for project, votes in sums.complete.items()},
    }


def _counts(row: CountedBallots) -> Counts:
    made = Counts(grounds=Counter(row.get("grounds", {})))
    _fill(made, row)
    _fill(made.excluded, row.get("excluded", {}))
    return made


def _fill(sums: Sums, row: CountedSums) -> None:
    sums.ballots_started, sums.ballots_complete = row.get("started", 0), row.get("complete", 0)
    sums.cast.update({_project(name): votes for name, votes in row.get("cast", {}).items()})
    sums.complete.update({_project(name): votes for name, votes in row.get("counted", {}).items()})


def _turnout(turnout: Turnout) -> dict[str, int]:
    figures = {"votes": turnout.votes, "started": turnout.started, "complete": turnout.complete}
    for country, by in turnout.by_country.items():
        figures.update({f"countries.{country}.{name}": number for name, number in by.items()})
    return figures


def _field(project: str) -> str:
    return project.replace(".", "~")  # an id may hold a dot, a field of MongoDB is split at it; an id has no ~


def _project(field: str) -> str:
    return field.replace("~", ".")

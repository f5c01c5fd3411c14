"""The contests as prizes announces them, kept here so that voting goes on while prizes is away."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input
from wsis_shared.mongo import in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

from wsis_voting.contests.rules import lifecycle
from wsis_voting.contests.rules.contest import (
    Contest,
    ContestDocument,
    Disqualified,
    Nominee,
    NomineeList,
    Window,
    contest_of,
)

COLLECTIONS = (
    CollectionSpec("contests", small="one for each edition"),
    CollectionSpec("rosters"),
    CollectionSpec("looks", indexes=(expires("at", 7 * clock.DAY),)),
)
QUIET_SECONDS = 5.0  # how often a process looks whether votes may come
Written = tuple[int, datetime]  # version and time of a document
Transition = Callable[[ContestDocument], ContestDocument]


class Contests(EventfulRepository):
    """`contests`: window, rule and state, small, read with each batch. `rosters`: the nominees, read when changed."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._contests = self.collection("contests", ContestDocument)
        self._cached: dict[str, tuple[Written, Contest, dict[str, Nominee]]] = {}

    def read(self, edition: str, document: ContestDocument | None = None) -> Contest | None:
        """The contest, or None where we have not heard of it; from its stored `document` where that was read."""
        document = document or self.document(edition)
        if document is None:
            return None
        written = _written(document)
        known = self._cached.get(edition)
        if known is not None and known[0] == written:
            return known[1]
        roster = self.roster(edition)
        contest = contest_of(edition, document, roster["nominees"], [row["project"] for row in roster["disqualified"]])
        self._cached[edition] = written, contest, {nominee["project"]: nominee for nominee in roster["nominees"]}
        return contest

    def nominees(self, edition: str) -> Mapping[str, Nominee]:
        """The nominees by project, for their names."""
        self.read(edition)
        return self._cached[edition][2] if edition in self._cached else {}

    def document(self, edition: str) -> ContestDocument | None:
        """The stored document of `contests`."""
        return self._contests.find_one({"_id": edition})

    def state(self, edition: str) -> ContestDocument:
        """The stored document; with the edition alone where there is none."""
        return self.document(edition) or {"_id": edition}

    def roster(self, edition: str) -> NomineeList:
        """The nominees as published, and who is disqualified."""
        found = self.collection("rosters", NomineeList).find_one({"_id": edition})
        return found or {"_id": edition, "nominees": [], "disqualified": []}

    def editions(self) -> list[str]:
        """Editions whose tally is not certified."""
        rows = self._contests.find({"certified_at": None}, {"_id": 1}).sort("_id")
        return [row["_id"] for row in rows]

    def known(self) -> list[str]:
        """All editions, certified ones too."""
        return [row["_id"] for row in self._contests.find({}, {"_id": 1}).sort("_id")]

    def is_watched(self) -> bool:
        """May votes of an edition come now or soon, or are they there and not certified? Without nominees there are
        none, whatever the dates."""
        soon = clock.now() + timedelta(seconds=2 * QUIET_SECONDS)
        open_or_opened = [{"opens_at": {"$lte": soon}}, {"announced": {"$ne": None}}]  # it may be moved to a later time
        watched = {"certified_at": None, "roster": {"$gte": 1}, "$or": open_or_opened}  # a version of the nominees
        return self._contests.find_one(watched, {"_id": 1}) is not None

    def certified_before(self, moment: datetime) -> list[str]:
        """Editions whose tally was certified before then."""
        rows = self._contests.find({"certified_at": {"$lt": moment}}, {"_id": 1})  # null is before nothing
        return [row["_id"] for row in rows]

    def put(self, edition: str, contest: Input) -> None:
        """All that prizes says of a contest at once."""

        def work() -> None:
            self._put_roster(edition, contest.get("nominees") or [], contest.get("disqualified") or [])
            rule = contest.get("rule") or {}
            self.put_window(edition, {**contest, "every_category": rule.get("every_category", True)})
            self.change(edition, partial(lifecycle.with_rule, rule=rule))

        in_transaction(work)

    def put_unless_changed(self, edition: str, contest: Input, version: int | None) -> bool:
        """The same, where the stored document is of this version still; returns whether it is."""

        def work() -> bool:
            if self.state(edition).get("version") != version:
                return False
            self.put(edition, contest)
            return True

        return in_transaction(work)

    def put_nominees(self, edition: str, nominees: Sequence[Input]) -> None:
        """The list of nominees, whole."""
        self._put_roster(edition, nominees, self.roster(edition)["disqualified"])

    def put_disqualified(self, edition: str, project: str, category: str) -> None:
        """A nominee is out: what was voted for it is void from now on."""
        roster = self.roster(edition)
        if all(row["project"] != project for row in roster["disqualified"]):
            out: list[Disqualified] = [*roster["disqualified"], {"project": project, "category": category}]
            self._put_roster(edition, roster["nominees"], out)

    def _put_roster(self, edition: str, nominees: Sequence[Input], disqualified: Sequence[Input]) -> None:
        before, out = self.roster(edition), {row["project"] for row in disqualified}
        listed = {nominee["project"] for nominee in nominees}
        # prizes lists those who are in; whoever is out keeps a title, for the voters who chose it.
        former = [row for row in before["nominees"] if row["project"] in out - listed]
        roster: NomineeList = {
            "_id": edition,
            "nominees": [*map(_nominee, nominees), *former],
            "disqualified": [{"project": row["project"], "category": row.get("category")} for row in disqualified],
        }
        if roster == before:
            return
        self.collection("rosters", NomineeList).replace_one({"_id": edition}, roster, upsert=True)
        self.change(edition, lifecycle.nominees_changed)

    def put_window(self, edition: str, window: Input) -> None:
        """When votes count, and by which rule, as prizes says. Raises already_certified."""
        self.change(edition, partial(lifecycle.with_window, window=_window(window), now=clock.now()))

    def change(self, edition: str, transition: Transition, *events: PendingEvent) -> ContestDocument:
        """Read, change by a transition of rules/lifecycle.py, save, with its events; one transaction. Unchanged
        documents are not written."""

        def work() -> ContestDocument:
            document = self.state(edition)
            changed = transition(document.copy())
            if changed == document and document.get("version") and not events:
                return document
            return self.save("contests", changed, *events)

        return in_transaction(work)

    def join(self, edition: str) -> None:
        """A recorder comes in: collides with the sealing of the count, so that exactly one of the two is first."""
        self._contests.update_one({"_id": edition}, {"$inc": {"recorders": 1}})

    def each_unfinished(self) -> Iterator[tuple[ContestDocument, Contest]]:
        """Document and contest of each edition that is not certified."""
        for edition in self.editions():
            document, contest = self.document(edition), None
            if document is not None and edition in self._cached and self._cached[edition][0] == _written(document):
                contest = self._cached[edition][1]  # its roster changes with its version
            else:
                document, contest = in_transaction(partial(self._both, edition))
            if document is not None and contest is not None:
                yield document, contest

    def _both(self, edition: str) -> tuple[ContestDocument | None, Contest | None]:
        return self.document(edition), self.read(edition)


def _written(document: ContestDocument) -> Written:
    # A version alone may be that of a transaction rolled back.
    return document["version"], document["updated_at"]


def _nominee(row: Input) -> Nominee:
    return {
        "project": row["project"],
        "number": row.get("number"),
        "category": row["category"],
        "title": row.get("title"),
        "organization": row.get("organization"),
        "country": row.get("country"),
    }


def _window(row: Input) -> Window:
    return {
        "opens_at": _moment(row.get("opens_at")),
        "closes_at": _moment(row.get("closes_at")),
        "every_category": row.get("every_category", True),
    }


def _moment(value: str | datetime | None) -> datetime | None:
    moment = clock.parse(value) if isinstance(value, str) else value
    # What the store keeps: whole milliseconds. Else the same window would look new with each comparison.
    return clock.to_milliseconds(moment) if moment else None


class Access(TypedDict):
    """A document of `looks`."""

    _id: str
    at: datetime


class AccessLog(EventfulRepository):
    """What staff looked at, in `looks`: an entry for the audit, kept before the response, gone a week later. A document
    of its own for each, so that it meets no vote that is being stored."""

    def record(self, entry: PendingEvent, once: str = "") -> None:
        """Keep an entry; where `once` names looks that are one for the audit, the first of them."""
        id = once or uuid.uuid4().hex

        def work() -> None:
            if not self.collection("looks", Access).find_one({"_id": id}, {"_id": 1}):
                access: Access = {"_id": id, "at": clock.now()}
                self.save("looks", access, entry)

        in_transaction(work)

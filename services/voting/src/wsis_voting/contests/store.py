"""The contests as prizes announces them, kept here so that voting goes on while prizes is away."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pymongo.database import Database
from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import in_transaction
from wsis_shared.outbox import EventfulRepository

from wsis_voting.contests.rules import lifecycle
from wsis_voting.contests.rules.contest import Contest, contest_of

COLLECTIONS = (
    CollectionSpec("contests", small="one for each edition"),
    CollectionSpec("rosters"),
    CollectionSpec("looks", indexes=(expires("at", 7 * clock.DAY),)),
)
QUIET_SECONDS = 5.0  # how often a process looks whether votes may come
_NOMINEE = ("project", "number", "category", "title", "organization", "country")


class Contests(EventfulRepository):
    """`contests`: window, rule and state, small, read with each batch. `rosters`: the nominees, read when changed."""

    source = "voting"

    def __init__(self, db: Database[dict[str, Any]]) -> None:
        super().__init__(db)
        self._made: dict[str, tuple[Any, Contest, dict[str, dict[str, Any]]]] = {}

    def read(self, edition: str, document: dict[str, Any] | None = None) -> Contest | None:
        """The contest, or None where we have not heard of it; from its stored `document` where that was read."""
        window = document or self.document(edition)
        if window is None:
            return None
        written = _written(window)
        known = self._made.get(edition)
        if known is not None and known[0] == written:
            return known[1]
        roster = self.roster(edition)
        contest = contest_of(edition, window, roster["nominees"], [out["project"] for out in roster["disqualified"]])
        self._made[edition] = written, contest, {nominee["project"]: nominee for nominee in roster["nominees"]}
        return contest

    def nominees(self, edition: str) -> Mapping[str, Mapping[str, Any]]:
        """The nominees by project, for their names."""
        self.read(edition)
        return self._made[edition][2] if edition in self._made else {}

    def document(self, edition: str) -> dict[str, Any] | None:
        """The stored document of `contests`."""
        found: dict[str, Any] | None = self.collection("contests").find_one({"_id": edition})
        return found

    def roster(self, edition: str) -> dict[str, Any]:
        """`nominees` as published, and `disqualified`."""
        found = self.collection("rosters").find_one({"_id": edition})
        return found or {"_id": edition, "nominees": [], "disqualified": []}

    def editions(self) -> list[str]:
        """Editions whose tally is not certified."""
        rows = self.collection("contests").find({"certified_at": None}, {"_id": 1}).sort("_id")
        return [row["_id"] for row in rows]

    def is_watched(self) -> bool:
        """May votes of an edition come now or soon, or are they there and not certified? Without nominees there are
        none, whatever the dates."""
        soon = clock.now() + timedelta(seconds=2 * QUIET_SECONDS)
        open_or_opened = [{"opens_at": {"$lte": soon}}, {"announced": {"$ne": None}}]  # it may be moved to a later time
        watched = {"certified_at": None, "roster": {"$gte": 1}, "$or": open_or_opened}  # a version of the nominees
        return self.collection("contests").find_one(watched, {"_id": 1}) is not None

    def certified_before(self, moment: datetime) -> list[str]:
        """Editions whose tally was certified before then."""
        rows = self.collection("contests").find({"certified_at": {"$lt": moment}}, {"_id": 1})  # null is before nothing
        return [row["_id"] for row in rows]

    def put(self, edition: str, contest: Mapping[str, Any]) -> None:
        """All that prizes says of a contest at once."""

        def work() -> None:
            self._put_roster(edition, contest.get("nominees") or [], contest.get("disqualified") or [])
            rule = contest.get("rule") or {}
            self.put_window(edition, {**contest, "every_category": rule.get("every_category", True)}, answered=True)
            self.change(edition, partial(lifecycle.with_rule, rule=rule))

        in_transaction(work)

    def put_nominees(self, edition: str, nominees: list[dict[str, Any]]) -> None:
        """The list of nominees, whole."""
        self._put_roster(edition, nominees, self.roster(edition)["disqualified"])

    def put_disqualified(self, edition: str, project: str, category: str) -> None:
        """A nominee is out: what was voted for it is void from now on."""
        roster = self.roster(edition)
        if all(row["project"] != project for row in roster["disqualified"]):
            out = [*roster["disqualified"], {"project": project, "category": category}]
            self._put_roster(edition, roster["nominees"], out)

    def _put_roster(self, edition: str, nominees: list[dict[str, Any]], disqualified: list[dict[str, Any]]) -> None:
        before, out = self.roster(edition), {row["project"] for row in disqualified}
        listed = {nominee["project"] for nominee in nominees}
        # prizes lists those who are in; whoever is out keeps a title, for the voters who chose it.
        former = [row for row in before["nominees"] if row["project"] in out - listed]
        roster = {
            "_id": edition,
            "nominees": [{name: nominee.get(name) for name in _NOMINEE} for nominee in [*nominees, *former]],
            "disqualified": [{"project": row["project"], "category": row.get("category")} for row in disqualified],
        }
        if roster == before:
            return
        self.collection("rosters").replace_one({"_id": edition}, roster, upsert=True)
        self.change(edition, lifecycle.nominees_changed)

    def put_window(self, edition: str, window: Mapping[str, Any], *, answered: bool = False) -> None:
        """When votes count, and by which rule, as an event of prizes says or as it has `answered`. Raises
        already_certified."""
        changed = partial(lifecycle.with_window, window=_window(window), now=clock.now(), answered=answered)
        self.change(edition, changed)

    def await_window(self, edition: str, window: Mapping[str, Any]) -> None:
        """Certify nothing until prizes says whether it stored this window. Raises already_certified."""
        self.change(edition, partial(lifecycle.awaiting, window=_window(window), now=clock.now()))

    def change(
        self, edition: str, how: Callable[[dict[str, Any]], dict[str, Any]], *occurrences: PendingEvent
    ) -> dict[str, Any]:
        """Read, change by a transition of domain/lifecycle.py, save, with what happened; one transaction. Unchanged
        documents are not written."""

        def work() -> dict[str, Any]:
            document = self.document(edition) or {"_id": edition}
            changed = how(dict(document))
            if changed == document and document.get("version") and not occurrences:
                return document
            return self.save("contests", changed, *occurrences)

        return in_transaction(work)

    def join(self, edition: str) -> None:
        """A recorder comes in: collides with the sealing of the count, so that exactly one of the two is first."""
        self.collection("contests").update_one({"_id": edition}, {"$inc": {"recorders": 1}})

    def each_unfinished(self) -> Iterator[tuple[dict[str, Any], Contest]]:
        """Document and contest of each edition that is not certified."""
        for edition in self.editions():
            document, contest = self.document(edition), None
            if document is not None and edition in self._made and self._made[edition][0] == _written(document):
                contest = self._made[edition][1]  # its roster changes with its version
            else:
                document, contest = in_transaction(partial(self._both, edition))
            if document is not None and contest is not None:
                yield document, contest

    def _both(self, edition: str) -> tuple[dict[str, Any] | None, Contest | None]:
        return self.document(edition), self.read(edition)


def _written(document: Mapping[str, Any]) -> tuple[int, datetime]:
    # A version alone may be that of a transaction rolled back.
    return document["version"], document["updated_at"]


def _window(told: Mapping[str, Any]) -> dict[str, Any]:
    ends = {name: _moment(told.get(name)) for name in ("opens_at", "closes_at")}
    return {**ends, "every_category": told.get("every_category", True)}


def _moment(value: str | datetime | None) -> datetime | None:
    moment = clock.parse(value) if isinstance(value, str) else value
    # What the store keeps: whole milliseconds. Else the same window would look new with each comparison.
    return clock.to_milliseconds(moment) if moment else None


# What staff looked at: an entry for the audit, kept before the answer. A document of its own for each look, so that it
# meets no vote that is being stored.


class AccessLog(EventfulRepository):
    """What staff looked at, in `looks`: an entry for the audit, kept before the response, gone a week later. A document
    of its own for each, so that it meets no vote that is being stored."""

    source = "voting"

    def record(self, entry: PendingEvent, once: str = "") -> None:
        """Keep an entry; where `once` names looks that are one for the audit, the first of them."""
        id = once or uuid.uuid4().hex

        def work() -> None:
            if not self.collection("looks").find_one({"_id": id}, {"_id": 1}):
                self.save("looks", {"_id": id, "at": clock.now()}, entry)

        in_transaction(work)

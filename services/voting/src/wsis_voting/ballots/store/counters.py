"""Counters, one document for each recorder process, so that recorders never wait for one another; summed when read."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database
from wsis_shared.mongo import Repository
from wsis_shared.process_registry import process_id

from wsis_voting.ballots.rules.ballots import Decisions, Turnout
from wsis_voting.ballots.rules.counts import Counts, Sums


class Counters(Repository):
    """`counters` by edition and recorder, and of each hour by edition, hour and recorder."""

    def __init__(self, db: Database[dict[str, Any]], owner: str = "") -> None:
        super().__init__(db)
        self.owner = owner or process_id()

    def add(self, decisions: Decisions) -> list[str]:
        """Add what a batch changed, in the open transaction; returns the editions in which this recorder counts for the
        first time."""
        editions = list(decisions.counts)
        writes = [self._addition(edition, decisions.counts[edition]) for edition in editions]
        for (edition, hour), turnout in decisions.turnout.items():
            id = f"{edition}|{hour:%Y-%m-%dT%H}|{self.owner}"
            writes.append(_increment(id, _turnout(turnout), edition=edition, hour=hour))
        if not writes:
            return []
        made = self.collection("counters").bulk_write(writes, ordered=False).upserted_ids or {}
        return [edition for number, edition in enumerate(editions) if number in made]

    def read(self, edition: str) -> Counts:
        """The sum over all recorders."""
        total = Counts()
        for row in self.collection("counters").find({"edition": edition, "hour": None}):
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
        for row in self.collection("counters").find({"edition": edition, "hour": {"$ne": None}}).sort("hour"):
            hour = hours.setdefault(row["hour"], Turnout())
            hour.votes += row.get("votes", 0)
            hour.started += row.get("started", 0)
            hour.complete += row.get("complete", 0)
            for country, figures in row.get("countries", {}).items():
                hour.by_country[country].update(figures)
        return list(hours.items())

    def _addition(self, edition: str, counts: Counts) -> UpdateOne:
        return _increment(f"{edition}|{self.owner}", _amounts(counts), edition=edition)


def _increment(id: str, amounts: dict[str, int], **fixed: Any) -> UpdateOne:
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


def _counts(row: dict[str, Any]) -> Counts:
    made = Counts(grounds=Counter(row.get("grounds", {})))
    _fill(made, row)
    _fill(made.excluded, row.get("excluded", {}))
    return made


def _fill(sums: Sums, row: dict[str, Any]) -> None:
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

"""The day as officers see it: who takes part, how much waits. Never for whom anybody voted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypedDict

from prometheus_client import Gauge
from wsis_shared import audit, clock
from wsis_shared.amqp import queue_stats
from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import every, rpc
from wsis_shared.parts import Parts

from wsis_voting.ballots.rules.ballots import Turnout, to_the_hour
from wsis_voting.ballots.store.recorders import Counters, Recorders
from wsis_voting.contests.rules.contest import Contest, State
from wsis_voting.contests.store import AccessLog
from wsis_voting.contests.use_cases import ContestDirectory, directory_of
from wsis_voting.turnout.events import TURNOUT_CHANGED
from wsis_voting.turnout.rules import crowds
from wsis_voting.turnout.rules.chart import MAX_HOURS, votes_per_hour
from wsis_voting.turnout.store import HourRegistrations, Registrations, Summary

TURNOUT_SECONDS = 3.0  # at most one event of turnout in so long, whatever the votes per second

VOTES = Gauge("wsis_voting_votes", "Votes stored", ["edition"])
STARTED = Gauge("wsis_voting_ballots_started", "Ballots with a vote", ["edition"])
COMPLETE = Gauge("wsis_voting_ballots_complete", "Ballots with a vote in each category", ["edition"])
UNACCOUNTED = Gauge(
    "wsis_voting_exclusions_unaccounted", "Flags and figures that kept a tally from being certified", ["edition"]
)
ACCOUNTS = Gauge("wsis_voting_registrations", "Accounts confirmed")
WAITING = Gauge("wsis_voting_queue_depth", "Accepted commands that no recorder has taken yet")
OLDEST = Gauge("wsis_voting_oldest_unsettled_seconds", "Since when the oldest accepted vote in flight has waited")


class Unstored(TypedDict):
    """What is accepted and not stored yet; `waiting` is None while the broker cannot be asked."""

    waiting: int | None
    in_hand: int  # with recorders
    oldest_seconds: float


class HourFigures(TypedDict):
    """Votes, and ballots that were started and completed, in an hour."""

    hour: datetime
    votes: int
    started: int
    complete: int


class Figures(TypedDict):
    """How many take part."""

    edition: str
    votes: int
    started: int
    complete: int
    hours: list[HourFigures]
    countries: list[crowds.Row]


class TurnoutCases:
    """Figures of participation, for officers and for monitoring."""

    def __init__(
        self,
        directory: ContestDirectory,
        counters: Counters,
        recorders: Recorders,
        registrations: Registrations,
        access_log: AccessLog,
    ) -> None:
        self._directory, self._contests, self._counters = directory, directory.contests, counters
        self._recorders, self._registrations, self._access_log = recorders, registrations, access_log

    @rpc
    def read_turnout(self, ctx: Context, edition: str) -> JsonObject:
        """Registrations, votes, complete ballots and what waits; by hour, country and domain. The audit keeps who reads
        it in which hour: figures that could tell anything about one voter move no faster."""
        self._directory.get(edition)
        self._audit_reading(ctx, "turnout", edition)
        hours = self._counters.turnout(edition)
        return {
            **turnout_figures(edition, hours, clock.now()),
            "domains": self._registrations.ballots(edition),
            "registrations": self._registration_figures(),
            "unsettled": self._unstored(),
        }

    @rpc
    def draw_turnout(self, ctx: Context, edition: str, hours: int | None) -> JsonObject:
        """Votes per hour as a picture: of the last `hours` of the voting, by default as many as it has."""
        contest = self._directory.get(edition)
        self._audit_reading(ctx, "turnout/picture", edition)
        first, last = span(contest, self._counters.turnout(edition), clock.now(), hours)
        votes = {hour: figures.votes for hour, figures in self._counters.turnout(edition)}
        picture = votes_per_hour(edition, votes, first, last)
        return {"text": picture, "filename": f"votes-per-hour-{edition}.svg"}

    @every(10, singleton=False)
    def measure(self) -> None:
        """The same sums for whoever watches by machine."""
        UNACCOUNTED.clear()  # of editions that are certified now
        for edition in self._contests.editions():
            UNACCOUNTED.labels(edition).set(self._contests.state(edition).get("unaccounted") or 0)
            shown = turnout_figures(edition, self._counters.turnout(edition), clock.now())
            VOTES.labels(edition).set(shown["votes"])
            STARTED.labels(edition).set(shown["started"])
            COMPLETE.labels(edition).set(shown["complete"])
        unsettled = self._unstored()
        if unsettled["waiting"] is not None:
            WAITING.set(unsettled["waiting"])
        OLDEST.set(unsettled["oldest_seconds"])
        ACCOUNTS.set(self._registration_figures()["accounts"])

    @every(TURNOUT_SECONDS)
    def publish_turnout(self, notify: Callable[..., bool]) -> None:
        """Let officers who follow the turnout see the votes that were stored since the last time."""
        batches = self._recorders.batches()
        if batches == self._recorders.published:
            return
        open_contests = [
            contest.edition
            for _, contest in self._contests.each_unfinished()
            if contest.state(clock.now()) is not State.NOT_OPEN
        ]
        changed = [new_event(TURNOUT_CHANGED, edition, edition=edition) for edition in open_contests]
        if not changed or notify(*changed):
            self._recorders.published = batches

    def _registration_figures(self) -> Summary:
        return self._registrations.read() or registrations({}, {}, {}, None, clock.now())

    def _audit_reading(self, ctx: Context, what: str, edition: str) -> None:
        """Once for each reader and hour: a stream reads every few seconds."""
        reader, hour = ctx.actor.id, clock.now().strftime("%Y-%m-%dT%H")
        entry = audit.entry("voting.turnout_read", f"edition/{edition}/{what}")
        self._access_log.record(entry, once=f"{edition}|{what}|{hour}|{reader}")

    def _unstored(self) -> Unstored:
        try:
            waiting: int | None = queue_stats.ready_commands("voting", "cast")
        except queue_stats.UNREACHABLE:
            waiting = None  # the broker cannot be asked just now
        in_flight, oldest = self._recorders.in_flight()
        age = (clock.now() - oldest).total_seconds() if oldest else 0.0
        return {"waiting": waiting, "in_hand": in_flight, "oldest_seconds": round(max(age, 0.0), 1)}


def span(
    contest: Contest, hours: Iterable[tuple[datetime, Turnout]], now: datetime, last_hours: int | None
) -> tuple[datetime, datetime]:
    """First and last hour of the picture: from the opening to now or to the close, and to the last vote. It has
    MAX_HOURS at most: somebody may open a voting a thousand years ago, and each hour takes time."""
    voted = [hour for hour, _ in hours]
    last = to_the_hour(min(now, contest.closes_at or now))
    last = max([last, *voted])
    earliest = last - timedelta(hours=(last_hours or MAX_HOURS) - 1)
    if last_hours:
        return earliest, last
    return max(earliest, min([to_the_hour(contest.opens_at or last), *voted, last])), last


def turnout_figures(edition: str, hours: list[tuple[datetime, Turnout]], now: datetime) -> Figures:
    """Sums, and figures by hour, as they are now; by country as `crowds` shows them."""
    return {
        "edition": edition,
        "votes": sum(hour.votes for _, hour in hours),
        "started": sum(hour.started for _, hour in hours),
        "complete": sum(hour.complete for _, hour in hours),
        "hours": [
            {"hour": at, "votes": hour.votes, "started": hour.started, "complete": hour.complete} for at, hour in hours
        ],
        "countries": crowds.countries(hours, now),
    }


def registrations(
    hours: Mapping[datetime, int],
    domains: Mapping[str, int],
    countries: Mapping[str, int],
    former: Summary | None,
    now: datetime,
) -> Summary:
    """Confirmed accounts by hour; by domain and country as `former`, what was shown before, for an hour."""
    accounts = sum(hours.values())
    by_hour: list[HourRegistrations] = [{"hour": hour, "accounts": count} for hour, count in sorted(hours.items())]
    stepped_at = former.get("stepped_at") if former else None
    if former and stepped_at and now < stepped_at + crowds.HOUR:
        return {**former, "accounts": accounts, "hours": by_hour}

    def by(name: str, rows: Iterable[crowds.Row], counts: Mapping[str, int]) -> list[crowds.Row]:
        counted = {key: {"accounts": count} for key, count in counts.items()}
        return crowds.stepped(name, rows, counted, "accounts")

    return {
        "accounts": accounts,
        "hours": by_hour,
        "domains": by("domain", former.get("domains", ()) if former else (), domains),
        "countries": by("country", former.get("countries", ()) if former else (), countries),
        "stepped_at": now,
    }


def compose(parts: Parts) -> TurnoutCases:
    """The use cases with their collaborators; called once per process."""
    db = parts.db
    return TurnoutCases(directory_of(parts), Counters(db), Recorders(db), Registrations(db), AccessLog(db))

"""Makers of what the tests start from: a contest of a few categories, as prizes would tell of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_testkit import actor, publish, wait_for

from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle

from .stored_contest import recorder_of

CATEGORIES = ("C1", "C2", "C7.e-health")


@dataclass
class AnnouncedContest:
    """A contest that a made-up prizes tells of."""

    edition: str
    opens_at: datetime
    closes_at: datetime
    categories: tuple[str, ...] = CATEGORIES
    each: int = 2
    every_category: bool = True
    champions_announced: bool = False
    disqualified: list[dict[str, Any]] = field(default_factory=list)

    def project(self, category: str, number: int = 1) -> str:
        return f"{self.edition}.{category.lower()}.p{number}"

    @property
    def nominees(self) -> list[dict[str, Any]]:
        return [
            {
                "project": self.project(category, number),
                "number": 10 * place + number,
                "category": category,
                "title": f"Project {number} of {category}",
                "organization": "Radio Élan",
                "country": "NO",
            }
            for place, category in enumerate(self.categories)
            for number in range(1, self.each + 1)
        ]

    def contest(self) -> dict[str, Any]:
        """The answer of prizes' `contest`: its nominees are those who are still in."""
        out = {row["project"] for row in self.disqualified}
        return {
            "edition": self.edition,
            "opens_at": clock.iso(self.opens_at),
            "closes_at": clock.iso(self.closes_at),
            "rule": {"every_category": self.every_category, "categories": list(self.categories)},
            "nominees": [nominee for nominee in self.nominees if nominee["project"] not in out],
            "disqualified": self.disqualified,
            "champions_announced": self.champions_announced,
        }

    def window(self) -> dict[str, Any]:
        """The data of `voting_window_changed`."""
        return {
            "edition": self.edition,
            "opens_at": clock.iso(self.opens_at),
            "closes_at": clock.iso(self.closes_at),
            "every_category": self.every_category,
        }

    def ballot(self, number: int = 1) -> list[dict[str, str]]:
        """Votes in all categories."""
        return [{"category": category, "project": self.project(category, number)} for category in self.categories]


class Prizes:
    """What a made-up prizes says, by edition; responds to voting and publishes as prizes would."""

    def __init__(self, amqp_client: Any) -> None:
        self.amqp_client = amqp_client
        self.editions: dict[str, AnnouncedContest] = {}
        self.fixed: set[str] = set()  # editions whose window it moves no more
        self.results: dict[str, list[dict[str, Any]]] = {}  # as delivered
        self._sequence = 0

    def contest(self, edition: str) -> dict[str, Any]:
        from wsis_shared.errors import NotFound

        if edition not in self.editions:
            raise NotFound("prizes.edition_unknown")
        return self.editions[edition].contest()

    def fix_window(self, edition: str, window: dict[str, Any]) -> dict[str, Any]:
        said = self.contest(edition)
        stored = self.editions[edition].window()
        fixed = all(_moment(window[name]) == _moment(stored[name]) for name in ("opens_at", "closes_at"))
        if fixed:
            self.fixed.add(edition)
        return {**said, "fixed": fixed}

    def put_result(self, edition: str, result: dict[str, Any]) -> None:
        self.results.setdefault(edition, []).append(result)

    def tell(self, event: str, data: dict[str, Any]) -> None:
        self._sequence += 1
        publish(self.amqp_client, "prizes", event, data, subject=data["edition"], sequence=self._sequence)

    def move(self, announced: AnnouncedContest, closes_at: datetime) -> None:
        """Move the close, as officers do."""
        announced.closes_at = closes_at
        self.tell("voting_window_changed", announced.window())

    def announce(self, announced: AnnouncedContest) -> None:
        """Announce the champions: the result is public from then on."""
        announced.champions_announced = True
        self.tell("champions_announced", {"edition": announced.edition})

    def disqualify(self, announced: AnnouncedContest, project: str, category: str) -> None:
        out = {"edition": announced.edition, "project": project, "category": category, "reason": "bought votes"}
        announced.disqualified.append({"project": project, "category": category, "reason_code": "bought_votes"})
        self.tell("project_disqualified", out)


def _moment(text: str) -> datetime:
    return clock.to_milliseconds(clock.parse(text))


_NAMED = {2017, 2018, 2019, 2021, 2098}  # editions that tests name; what was published of one stays
_editions = (year for year in range(2000, 2300) if year not in _NAMED)  # each once in a run


@pytest.fixture(scope="module")
def prizes(amqp_client: Any, fake_service: Callable[..., None]) -> Prizes:
    made = Prizes(amqp_client)
    methods = {
        name: lambda name=name, **arguments: getattr(made, name)(**arguments)  # as a test has it now
        for name in ("contest", "fix_window", "put_result")
    }
    fake_service("prizes", **methods)
    return made


@pytest.fixture
def open_contest(prizes: Prizes) -> Callable[..., AnnouncedContest]:
    """`open_contest(seconds=60, each=2)`: an edition of its own that is open for so long."""

    def announce(seconds: float = 600, opened_ago: float = 3600, **more: Any) -> AnnouncedContest:
        now = clock.now()
        opens_at, closes_at = now - timedelta(seconds=opened_ago), now + timedelta(seconds=seconds)
        made = AnnouncedContest(str(next(_editions)), opens_at, closes_at, **more)
        prizes.editions[made.edition] = made
        return made

    return announce


@pytest.fixture
def voter() -> Callable[[], Any]:
    return lambda: actor(id=uuid.uuid4().hex)


@pytest.fixture
def vote() -> Callable[..., Any]:
    """`vote(service, who, contest, "C1", 1)`: one vote as the gateway sends it."""

    def cast(service: Any, who: Any, contest: AnnouncedContest, category: str, number: int = 1, **more: Any) -> Any:
        body = {"category": category, "project": contest.project(category, number)}
        return service.command("cast", who, {"edition": contest.edition}, body, **more)

    return cast


@pytest.fixture
def votes_from(amqp_client: Any, database: Callable[[str], Any], voter: Callable[[], Any]) -> Callable[..., list[str]]:
    """`votes_from(service, contest, "quick.test", 4)`: so many accounts with addresses of that domain vote."""

    def cast(service: Any, contest: AnnouncedContest, domain: str, count: int) -> list[str]:
        voters, now = [voter() for _ in range(count)], clock.now()
        for who in voters:
            data = {
                "account": who.id,
                "domain": domain,
                "throwaway": domain == "quick.test",
                "registered_at": clock.iso(now - timedelta(hours=3)),
                "confirmed_at": clock.iso(now - timedelta(hours=2)),
            }
            publish(amqp_client, "accounts", "voter_signals", data, subject=who.id)
            service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot()})
        ids = [who.id for who in voters]
        known = {"_id": {"$in": ids}}
        wait_for(lambda: database("voting")["voter_signals"].count_documents(known) == count, what="signals")
        return ids

    return cast


@pytest.fixture
def state_of() -> Callable[..., Any]:
    """`state_of(service, contest, "closed")`: wait until voting is so."""

    def wait(service: Any, contest: AnnouncedContest, state: str, seconds: float = 30) -> Any:
        return wait_for(
            lambda: (said := service.call("read_voting", edition=contest.edition))["state"] == state and said,
            seconds,
            f"{contest.edition} {state}",
        )

    return wait


@pytest.fixture
def read_counts() -> Callable[..., dict[str, Any]]:
    """`read_counts(service, contest)`: the certified tally, with `cast` and `counted` by project."""

    def read(service: Any, contest: AnnouncedContest) -> dict[str, Any]:
        tally = service.call("read_tally", actor("officer"), edition=contest.edition)
        return {
            **tally,
            **{name: {row["project"]: row[name] for row in tally["projects"]} for name in ("cast", "counted")},
        }

    return read


@pytest.fixture
def db(database: Any) -> Iterator[Any]:
    made = database("voting")
    yield made
    for name in made.list_collection_names():
        made[name].delete_many({})


@pytest.fixture
def recorder(db: Any) -> ContestLifecycle:
    return recorder_of(db, "recorder-1")

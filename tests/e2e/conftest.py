"""One suite for the whole session, an edition for each module, and makers of what the scenarios need."""

from __future__ import annotations

import io
import itertools
import os
import random
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from wsis_testkit import wait_for
from wsis_testkit.sizes import size

from wsis_demo import phases
from wsis_demo.acts.of_services import act_of
from wsis_demo.acts.voting import certified
from wsis_demo.client import Person, Suite
from wsis_demo.mailbox import Mailbox
from wsis_demo.main import Options, perform, prepare
from wsis_demo.people import Organization, Registry
from wsis_demo.play import Play, size_of
from wsis_demo.projects import Writer
from wsis_demo.suites import first_officer, own

YEARS = itertools.count(2031)
OFFICER, SECOND = "secretariat@e2e.example", "second@e2e.example"
DUAL = {"officer", "operator"}  # roles that two officers grant


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--calls`: of test_openapi_fuzz."""
    parser.addoption("--calls", type=int, default=size(1_000, 50_000), help="of made-up requests to all routes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that stands here is end to end."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass(frozen=True)
class Stage:
    """The suite, and what belongs to the machine that it runs on."""

    suite: Suite
    environment: dict[str, str]

    @property
    def logs(self) -> Path:
        """The folder with the logs of its processes."""
        return Path(self.environment["WSIS_RUN_DIR"]) / "logs"

    def with_empty_mailbox(self) -> Suite:
        """The suite with a mailbox of its own, which has the mails from now on."""
        return Suite(self.suite.address, Mailbox(self.suite.mailbox.address), self.suite.inbound)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Everything runs, on free ports; WSIS_E2E_KEEP=yes leaves the run folder behind."""
    settings = {
        "WSIS_ACCESS_MINUTES": "1",  # so that a token can be seen to expire
        "WSIS_VOTING_PROCESSES": "2",
        "WSIS_VOTING_RECORDER_DEAD_SECONDS": "10",  # so that one may die
        "WSIS_NEWSLETTER_PER_SECOND": "60",
        "WSIS_NEWSLETTER_CONNECTIONS": "4",  # so that its sender may die amid mails
        "WSIS_SMTP_TIMEOUT": "8",  # its mails in flight are given up 48 seconds later
    }
    with own(keep=bool(os.environ.get("WSIS_E2E_KEEP")), **settings) as (suite, environment):
        yield Stage(suite, environment)


@pytest.fixture(scope="session")
def suite(stage: Stage) -> Suite:
    """The suite over HTTP."""
    return stage.suite


@pytest.fixture(scope="session")
def visitor(suite: Suite) -> Person:
    """Somebody without an account."""
    return suite.visitor


@pytest.fixture(scope="session")
def officer(stage: Stage) -> Person:
    """The first officer, who is an operator too."""
    first_officer(stage.environment, OFFICER)
    return stage.suite.sign_in(OFFICER)


@pytest.fixture(scope="session")
def second(stage: Stage) -> Person:
    """Another officer."""
    first_officer(stage.environment, SECOND)
    return stage.suite.sign_in(SECOND)


@pytest.fixture(scope="session", autouse=True)
def first_token(officer: Person) -> tuple[Person, str]:
    """The first token of the session, which lives for a minute: the last tests see it expired."""
    return officer, officer.token


class People:
    """Registers people. `with_role` also gives them one."""

    def __init__(self, suite: Suite, *officers: Person) -> None:
        self._suite, self._officers = suite, officers
        self._registry = Registry(1, "e2e")

    def member(self, **typed: Any) -> Person:
        """A confirmed member; `typed` replaces fields of the form."""
        form = next(self._registry.people(1)) | {"locale": "en"} | typed
        return self._suite.register(form)

    def with_role(self, *roles: str, **typed: Any) -> Person:
        """A member to whom an officer gives roles, two where the roles need it."""
        person = self.member(**typed)
        body = {"roles": list(roles), "reason": "For a test"}
        if "agency" in roles:
            body["agency"] = "who"
        for officer in self._officers if DUAL & set(roles) else self._officers[:1]:
            officer.put(f"/v1/accounts/{person.account}/roles", body)
        return person.refresh()


@pytest.fixture(scope="session")
def people(suite: Suite, officer: Person, second: Person) -> People:
    """Whoever is needed."""
    return People(suite, officer, second)


@dataclass(frozen=True)
class Played:
    """The play of the demonstration with all that its acts know, what it ended with and printed, and the folder of what
    it left behind."""

    play: Play
    status: int
    out: str
    err: str
    folder: Path

    @property
    def edition(self) -> str:
        """The year that was played."""
        return self.play.edition


@pytest.fixture(scope="session")
def wait_for_mails(officer: Person) -> Callable[[], None]:
    """Waits until no mail is left to send."""

    def quiet() -> bool:
        told = officer.get("/v1/deliveries/figures")
        return not told["expanding"] and not sum(row["queued"] + row["sending"] for row in told["priorities"])

    return partial(wait_for, quiet, 120, "no mail to be left to send")


@pytest.fixture(scope="session")
def demo(stage: Stage, wait_for_mails: Callable[[], None], tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The small demonstration, played once: an edition with everything in it. Its acts compare what they see with what
    they sent; the scenarios whose story they play (11 to 14) look at what is left."""
    wait_for_mails()
    suite = stage.with_empty_mailbox()
    folder, out, err = tmp_path_factory.mktemp("demo"), io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("WSIS_RUN_DIR", str(folder))
        played = prepare(suite, stage.environment, Options(edition="2019"))
        status = perform(played, stage.environment, passing=True)
    return Played(played, status, out.getvalue(), err.getvalue(), folder)


@dataclass
class Contest:
    """An edition of a module's own, and how to bring it to where a scenario begins."""

    officer: Person
    people: People
    edition: str
    writer: Writer = field(default_factory=lambda: Writer(1))
    projects: dict[str, list[str]] = field(default_factory=dict)  # category -> ids in the order of their submission

    @property
    def path(self) -> str:
        """Its address."""
        return f"/v1/editions/{self.edition}"

    def form(self, category: str, entity: Organization | None = None, **fields: Any) -> dict[str, Any]:
        """The form of a project, complete and to be submitted."""
        entity = entity or Organization(f"Entity {next(_NUMBERS)}", "government", "RW", "en")
        contact = {"given_name": "Project", "family_name": "Office", "email": "office@entity.example"}
        return self.writer.project(entity, category, contact) | {"submit": True} | fields

    def submit(self, who: Person, category: str, entity: Organization | None = None, **fields: Any) -> dict[str, Any]:
        """Submit a project."""
        project = who.post(f"{self.path}/projects", self.form(category, entity, **fields))
        self.projects.setdefault(category, []).append(project["id"])
        return dict(project)

    def limit_to(self, *categories: str) -> None:
        """An edition of a few categories, so that a ballot is short."""
        self.officer.patch(self.path, {"categories": list(categories), "reason": "A small contest"})

    def nominate(self, projects: list[str] | None = None) -> None:
        """End submission and publish the list: these projects, or all."""
        phases.move(self.officer, self.edition, "submission", "Deadline", end=phases.now())
        chosen = projects or [project for rows in self.projects.values() for project in rows]
        self.officer.put(f"{self.path}/nominations", {"nominate": chosen, "not_nominated": []})
        self.officer.post(f"{self.path}/nominations/publication")

    def open_voting(self, hours: float = 1) -> datetime:
        """Voting is on until the moment that is returned."""
        end = phases.now() + timedelta(hours=hours)
        phases.arrange(
            self.officer,
            self.edition,
            {
                "nomination": (phases.now() - timedelta(seconds=2), phases.now()),
                "public_voting": (phases.now() - timedelta(seconds=1), end),
            },
            "Voting begins",
        )
        wait_for(lambda: self.voting()["state"] == "open", what="voting to open")
        return end

    def close_voting(self) -> dict[str, Any]:
        """End voting and wait for the certified tally, which is returned."""
        phases.move(self.officer, self.edition, "public_voting", "Voting ends", end=phases.now())
        wait_for(lambda: certified(self.officer, self.path), 120, "the tally to be certified")
        return dict(self.officer.get(f"{self.path}/tally"))

    def voting(self) -> dict[str, Any]:
        """Where voting stands, as anybody reads it."""
        return dict(self.officer.suite.visitor.get(f"{self.path}/voting"))

    def vote(self, voter: Person, category: str, place: int = 0) -> dict[str, Any]:
        """Vote for the project that was submitted as the `place`-th of its category."""
        body = {"category": category, "project": self.projects[category][place]}
        return dict(voter.post(f"{self.path}/votes", body))

    def vote_all(self, voter: Person, **places: int) -> dict[str, Any]:
        """A whole ballot; `places` as in `vote`, 0 where none is given."""
        votes = [
            {"category": category, "project": projects[places.get(category, 0)]}
            for category, projects in self.projects.items()
        ]
        return dict(voter.post(f"{self.path}/ballots", {"votes": votes}))


_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def new_contest(officer: Person, people: People) -> Callable[[], Contest]:
    """Makes a contest whose submission is open."""

    def make() -> Contest:
        year = str(next(YEARS))
        officer.post("/v1/editions", {"edition": year, "copy_from": "2017", "reason": "A test of its own"})
        phases.arrange(officer, year, phases.around(phases.now(), "submission"), "A calendar for a test")
        return Contest(officer, people, year)

    return make


@pytest.fixture(scope="module")
def contest(new_contest: Callable[[], Contest]) -> Contest:
    """The module's contest."""
    return new_contest()


@pytest.fixture(scope="module")
def known(contest: Contest, people: People) -> dict[str, str]:
    """Ids of things that exist, so that a request gets past its address."""
    project = contest.submit(people.member(country="RW"), "C1")
    return {
        "edition": contest.edition,
        "project": project["id"],
        "account": people.member().account,
        "phase": "announcement",
        "category": "C1",
    }


@pytest.fixture(scope="session")
def openapi(visitor: Person) -> dict[str, Any]:
    """What the suite says of itself."""
    return dict(visitor.get("/openapi.json"))


@pytest.fixture(scope="session")
def new_consultation(suite: Suite, officer: Person) -> Callable[[str], Any]:
    """Makes a play of the consultation in an edition of its own, with the makers of the demonstration
    (`services/consultation/tests/demo_act`): what its acts share, the edition being open for submissions."""
    act = act_of("consultation")

    def make(edition: str) -> Any:
        seed = int(edition)
        play = Play(
            suite, officer, edition, size_of(), seed, Registry(seed, f"c{edition}"), Writer(1), random.Random(seed)
        )
        act.opening.open_consultation(play)
        return act.state.of(play)

    return make


@pytest.fixture(scope="session")
def new_webhook(people: People) -> Iterator[Callable[..., Any]]:
    """Makes the webhook of an agency for the public events that fit the filters, from now on: its receiver, which has
    agreed and believes signed requests only (`services/agencies/tests/webhook_receiver.py`)."""
    made = []

    def make(**filters: list[str]) -> Any:
        receiver = act_of("agencies").state.module("webhook_receiver").Receiver().start()
        made.append(receiver)
        agency = people.with_role("agency")
        body = {"name": "A test", "url": receiver.url, "filters": filters}
        subscription = agency.post("/v1/event-subscriptions", body)
        receiver.secrets.append(subscription["secret"])
        one = f"/v1/event-subscriptions/{subscription['id']}"
        wait_for(lambda: agency.get(one)["state"] == "active", 30, "the receiver to have agreed")
        return receiver

    yield make
    for receiver in made:
        receiver.stop()


@pytest.fixture(scope="session")
def events_since(visitor: Person) -> Callable[[int], list[dict[str, Any]]]:
    """`events_since(number)`: the public events of the feed after it."""

    def read(number: int) -> list[dict[str, Any]]:
        found, page = [], {"next": number}
        while page["next"] is not None:
            page = visitor.get("/v1/events", after=page["next"], limit=200)
            found += page["items"]
        return found

    return read

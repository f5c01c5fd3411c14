"""A contest that is open, made over HTTP as a secretariat makes it: projects, nominees, dates."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.faults.kit.people import Someone, registered
from wsis_local.patience import Deadline

from wsis_demo import phases
from wsis_demo.client import Person, Problem, Suite
from wsis_demo.people import Registry
from wsis_demo.projects import Writer, shares

HOURS = 6


class SignedIn(Person):
    """One of those accounts. No sign-in refreshes its tokens."""

    def __init__(self, suite: Suite, someone: Someone) -> None:
        super().__init__(suite)
        self.someone = someone

    @property
    def account(self) -> str:
        """The account's id."""
        return self.someone.account

    @property
    def token(self) -> str:
        """An access token that works."""
        return self.someone.token


@dataclass
class Contest:
    """An edition whose public voting is open."""

    edition: str
    officer: SignedIn
    visitor: Person
    nominees: Mapping[str, list[str]]  # category -> projects

    @property
    def path(self) -> str:
        """Its address."""
        return f"/v1/editions/{self.edition}"

    @property
    def categories(self) -> list[str]:
        """In which one votes, in order."""
        return list(self.nominees)

    def choice(self, voter: int, category: str) -> str:
        """What the voter of that number chooses there: known beforehand, so that the count can be checked."""
        projects = self.nominees[category]
        return projects[(voter + self.categories.index(category)) % len(projects)]

    def close(self, seconds: float = 90) -> Mapping[str, Any]:
        """End the voting now, wait for the certified tally and return it."""
        phases.move(self.officer, self.edition, "public_voting", "The test is over", end=phases.now())
        deadline = Deadline(seconds)
        while self.visitor.get(f"{self.path}/voting")["state"] != "certified":
            if deadline.passed:
                raise AssertionError(f"not certified {seconds:.0f} s after the close")
            time.sleep(0.2)
        return dict(self.officer.get(f"{self.path}/tally"))


def opened(
    environment: Mapping[str, str],
    edition: str = "2017",
    each: int = 3,
    nominees: int = 0,
    suite: Suite | None = None,
) -> Contest:
    """Make one with `each` nominees in every category, or with so many `nominees` in all, unevenly as in life.
    `environment`: of the suite's programs; `suite`: where it is reached, if not at its public address."""
    suite = suite or Suite(environment["WSIS_PUBLIC_URL"], None)  # type: ignore[arg-type]
    officer = SignedIn(suite, registered(environment, 1, ["officer", "operator"])[0])
    try:
        categories = officer.get(f"/v1/editions/{edition}")["categories"]
    except Problem:
        officer.post("/v1/editions", {"edition": edition, "copy_from": "2017", "reason": "A contest for a test"})
        categories = officer.get(f"/v1/editions/{edition}")["categories"]
    phases.arrange(officer, edition, phases.around(phases.now(), "submission", hours=HOURS), "A test")
    wanted = shares(nominees, categories) if nominees else dict.fromkeys(categories, each)
    entities = Registry(2017, "faults").organizations(max(wanted.values()))
    members = [SignedIn(suite, someone) for someone in registered(environment, len(entities))]
    writer = Writer(2017)
    contact = {"given_name": "Ana", "family_name": "Silva", "email": "ana@example.org"}

    def submit(row: tuple[int, str]) -> tuple[str, str]:
        number, category = row
        body = writer.project(entities[number], category, contact) | {"submit": True}
        return category, members[number].post(f"/v1/editions/{edition}/projects", body)["id"]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(submit, [(number, category) for category in wanted for number in range(wanted[category])]))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for category, project in made:
        found[category].append(project)
    phases.move(officer, edition, "submission", "A test", end=phases.now())
    chosen = [project for _, project in made]
    officer.put(f"/v1/editions/{edition}/nominations", {"nominate": chosen, "reason": "A test", "not_nominated": []})
    officer.post(f"/v1/editions/{edition}/nominations/publication")
    phases.arrange(officer, edition, phases.around(phases.now(), "public_voting", hours=HOURS), "A test")
    contest = Contest(edition, officer, suite.visitor, dict(found))
    deadline = Deadline(30)
    while _seen(contest) != ("open", len(found)):
        if deadline.passed:
            raise AssertionError(f"voting does not open: {_seen(contest)}")
        time.sleep(0.1)
    return contest


def _seen(contest: Contest) -> tuple[str, int]:
    voting = contest.visitor.get(f"{contest.path}/voting")
    return voting["state"], voting["categories"]

"""A small contest whose voting is open: what the pages of voters show."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wsis_shared.reference import action_lines
from wsis_testkit import wait_for
from wsis_testkit.sizes import size

from wsis_demo import phases
from wsis_demo.people import Organization, Registry
from wsis_demo.projects import Writer

if TYPE_CHECKING:
    from wsis_demo.client import Person, Suite

CATEGORIES = size(["C1", "C2", "C3"], [line.code for line in action_lines()])  # all 18 at length
NOMINEES = 3  # of each category
FANS = 3  # from so many on aliases are a cluster


@dataclass(frozen=True)
class Contest:
    """Its edition, and the nominees of each category."""

    edition: str
    nominees: dict[str, list[str]]

    @property
    def example(self) -> dict[str, str]:
        """A value for each variable in the addresses of its pages."""
        category = CATEGORIES[0]
        return {"edition": self.edition, "category": category, "project": self.nominees[category][0]}


def vote_as_fans(suite: Suite, path: str, category: str, project: str) -> list[str]:
    """Accounts of one mailbox vote; their addresses. `path`: that of the edition."""
    name = f"fan{os.urandom(4).hex()}"
    addresses = [f"{name}+{number}@{name}.example" for number in range(FANS)]
    for form, email in zip(Registry(10, name).people(FANS), addresses, strict=True):
        voter = suite.register(form | {"email": email, "locale": "en"})
        voter.post(f"{path}/votes", {"category": category, "project": project})
    return addresses


def find_cluster(suite: Suite, officer: Person, contest: Contest) -> str:
    """Accounts of one mailbox vote. The cluster that an officer finds."""
    path, category = f"/v1/editions/{contest.edition}", CATEGORIES[0]
    vote_as_fans(suite, path, category, contest.nominees[category][0])

    def look() -> str | None:
        officer.post(f"{path}/review/look")
        rows = officer.get(f"{path}/review/clusters")["items"]
        return next((str(row["cluster"]) for row in rows if row["kind"] == "aliases"), None)

    return wait_for(look, 60, what="the cluster")


def open_contest(officer: Person, submitter: Person) -> Contest:
    """Make an edition after the last, with projects that are nominated, and open its voting."""
    year = str(1 + max(int(row["edition"]) for row in officer.get("/v1/editions")["items"]))
    path, writer = f"/v1/editions/{year}", Writer(1)
    officer.post("/v1/editions", {"edition": year, "copy_from": "2017", "reason": "Pages to look at"})
    phases.arrange(officer, year, phases.around(phases.now(), "submission"), "Pages to look at")
    if officer.get(path)["categories"] != list(CATEGORIES):
        officer.patch(path, {"categories": list(CATEGORIES), "reason": "A short ballot"})
    nominees: dict[str, list[str]] = {category: [] for category in CATEGORIES}
    for category, projects in nominees.items():
        for number in range(NOMINEES):
            entity = Organization(f"Entity {category} {number}", "government", "RW", "en")
            contact = {"given_name": "Project", "family_name": "Office", "email": "office@entity.example"}
            form: dict[str, Any] = {**writer.project(entity, category, contact), "submit": True}
            projects.append(str(submitter.post(f"{path}/projects", form)["id"]))
    phases.move(officer, year, "submission", "Deadline", end=phases.now())
    chosen = [project for projects in nominees.values() for project in projects]
    officer.put(f"{path}/nominations", {"nominate": chosen, "not_nominated": []})
    officer.post(f"{path}/nominations/publication")
    now = phases.now()
    dates = {
        "nomination": (now - timedelta(seconds=2), now),
        "public_voting": (now - timedelta(seconds=1), now + timedelta(hours=4)),
    }
    phases.arrange(officer, year, dates, "Voting begins")
    wait_for(lambda: officer.get(f"{path}/voting")["state"] == "open", what="voting to open")
    return Contest(year, nominees)

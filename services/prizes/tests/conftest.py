"""Makers: the edition as announced, a complete form, people, moments of 2017; and a whole edition, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.context import ANONYMOUS, Actor
from wsis_shared.finalists import first_by_votes
from wsis_testkit import Published, Served, actor, refused, wait_for

HEALTH, MEDIA = "C7.e-health", "C9"
COUNTRIES = ("RW", "KE", "GH", "NG", "ZA", "EG", "MA", "TN")
# Moments of edition 2017, in UTC.
MOMENTS = {
    "submission": datetime(2017, 1, 10, 12, tzinfo=UTC),
    "nomination": datetime(2017, 3, 1, 12, tzinfo=UTC),
    "voting": datetime(2017, 4, 1, 12, tzinfo=UTC),
    "selection": datetime(2017, 4, 20, 12, tzinfo=UTC),
    "ceremony": datetime(2017, 6, 13, 12, tzinfo=UTC),
}


def words(count: int) -> str:
    """A text of so many words."""
    return " ".join(f"word{number}" for number in range(count))


def signed_result(
    by_category: dict[str, dict[str, int]], *, places: int = 5, tie_rule: str = "all_tied"
) -> dict[str, Any]:
    """The signed result as voting delivers it, by its own rule: {category: {project: votes}}."""
    categories = []
    for category, votes in by_category.items():
        chosen, tied = first_by_votes(votes, places, tie_rule)
        projects = [{"project": id, "counted": n, "disqualified": False} for id, n in sorted(votes.items())]
        categories.append({"category": category, "finalists": chosen, "tied": tied, "projects": projects})
    rules = {"every_category": True, "finalists_per_category": places, "tie_rule": tie_rule}
    return {"number": 1, "rules": rules, "categories": categories}


@pytest.fixture(scope="session")
def make_result() -> Callable[..., dict[str, Any]]:
    return signed_result


@pytest.fixture(scope="session")
def make_words() -> Callable[[int], str]:
    return words


@pytest.fixture(scope="session")
def form() -> Callable[..., dict[str, Any]]:
    """A complete form; name what should be otherwise."""

    def make(**changes: Any) -> dict[str, Any]:
        return {
            "title": "Clinics on line",
            "category": "C7.e-health",
            "organization": "Ministry of Health",
            "country": "RW",
            "stakeholder_type": "government",
            "contact_name": "Ada Umutoni",
            "contact_email": "ada.umutoni@health.example",
            "short_description": words(160),
            "sdgs": [{"sdg": 3, "targets": ["3.8"], "rationale": "Care reaches villages without a doctor."}],
            "impact": "Two million visits in two years.",
            "partnerships": "With the national university.",
            "challenges": "Power and connectivity.",
            "timeframe": "2014 to 2016",
            "completed": True,
            **changes,
        }

    return make


@pytest.fixture
def edition() -> dict[str, Any]:
    """Edition 2017 as announced."""
    from wsis_prizes.editions.rules import editions, reference

    return editions.from_seed(reference.edition_seed(2017))


@dataclass
class Contest:
    """The service under test and what accounts says."""

    served: Served
    published: Published
    jurors: list[dict[str, Any]] = field(default_factory=list)
    officer: Actor = field(default_factory=lambda: actor("officer"))

    def call(self, call: str, who: Actor = ANONYMOUS, *, at: str | datetime = "submission", **arguments: Any) -> Any:
        """Call at a moment of 2017, by name or as it is."""
        moment = MOMENTS[at] if isinstance(at, str) else at
        more = {"received_at": moment, **arguments.pop("context", {})}
        return self.served.call(call, who, context=more, timeout=30.0, **arguments)

    def run(self, call: str, *, at: datetime | str = "nomination", **arguments: Any) -> Any:
        """Call a method that starts a job, as an officer; returns the result of the job."""
        moment = MOMENTS[at] if isinstance(at, str) else at
        return self.served.run_job(call, self.officer, context={"received_at": moment}, **arguments)

    def certify(self, votes: dict[str, int], *, places: int = 5, tie_rule: str = "all_tied") -> None:
        """Voting certifies these votes in the categories of the projects, and delivers its result."""
        by_category: dict[str, dict[str, int]] = {}
        rows = self.call("list_projects", self.officer, edition="2017", limit=500)["items"]
        for row in rows:
            if row["id"] in votes:
                by_category.setdefault(row["category"], {})[row["id"]] = votes[row["id"]]
        result = signed_result(by_category, places=places, tie_rule=tie_rule)
        self.call("put_result", edition="2017", result=result)

    def submit(self, who: Actor, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Submit a project; returns it."""
        return self.call("create_project", who, edition="2017", body={**body, "submit": True}, **more)


@pytest.fixture(scope="module")
def make_contest(published: Any, fake_service: Any) -> Callable[[Served], Contest]:
    """Edition 2017 with made-up `accounts`."""

    def make(served: Served) -> Contest:
        made = Contest(served, published("prizes"))
        fake_service("accounts", profiles=lambda role=None, ids=None: made.jurors)
        return made

    return make


@pytest.fixture(scope="module")
def contest(serve: Any, make_contest: Callable[[Served], Contest]) -> Contest:
    """A contest whose service stays."""
    return make_contest(serve("prizes", seed=True))


# -- a whole edition ---------------------------------------------------------------------------------------------------


def profile(who: Any, country: str, organization: str | None = None) -> dict[str, Any]:
    return {"account": who.id, "names": "A Juror", "country": country, "organization": organization, "roles": ["juror"]}


@pytest.fixture(scope="module")
def jurors(contest: Any) -> list[Any]:
    people = [actor("juror") for _ in range(4)]
    contest.jurors = [profile(who, country) for who, country in zip(people, ("CH", "RW", "JP", "BR"), strict=True)]
    contest.jurors[2]["organization"] = "Organization 1 Ltd"
    return people


@pytest.fixture(scope="module")
def owners(contest: Any, form: Any) -> dict[str, Any]:
    """Project -> its owner: eight in e-health, one in media."""
    made = {}
    for number, country in enumerate(COUNTRIES):
        who = actor()
        body = form(organization=f"Organization {number}", country=country, title=f"Project {number}")
        made[contest.submit(who, body)["id"]] = who
    who = actor()
    body = form(organization="Radio", country="UY", title="Radio for all", category=MEDIA)
    made[contest.submit(who, body)["id"]] = who
    return made


@pytest.fixture(scope="module")
def nominees(contest: Any, jurors: Any, owners: Any) -> list[str]:
    """Reviewed, chosen and published: all but the last of e-health."""
    with refused("prizes.no_jurors"):
        contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body={})
    body = {"jurors": [who.id for who in jurors]}
    made = contest.call("assign_reviews", contest.officer, at="nomination", edition="2017", body=body)
    assert (made["assigned"], made["unassigned"]) == (18, [])
    for who in jurors:
        for row in contest.call("list_my_reviews", who, edition="2017", limit=100)["items"]:
            score = 2 if row["title"] == "Project 7" else 4
            scores = dict.fromkeys(criteria(contest), score)
            body = {"scores": scores, "done": True}
            contest.call("save_review", who, at="nomination", project=row["project"], body=body)
    body = {"threshold": 3.0, "not_nominated": []}
    fixed = contest.call("fix_nominations", contest.officer, at="nomination", edition="2017", body=body)
    assert (fixed["nominated"], fixed["not_nominated"]) == (8, 1)
    with refused("prizes.submission_open"):
        contest.call("publish_nominees", contest.officer, at="submission", edition="2017")
    with refused("prizes.nominees_not_published"):
        contest.call("list_nominees", edition="2017")
    contest.run("publish_nominees", at="nomination", edition="2017")
    return [row["project"] for row in contest.call("list_nominees", edition="2017", limit=100)["items"]]


def criteria(contest: Any) -> list[str]:
    return [row["code"] for row in contest.call("read_form", edition="2017")["criteria"]]


@pytest.fixture(scope="module")
def finalists(contest: Any, nominees: Any) -> dict[str, Any]:
    """Fixed from the certified tally: seven nominees in e-health, five places, a tie at the fifth."""
    rows = contest.call("list_nominees", edition="2017", category=HEALTH, limit=100)["items"]
    health = [row["project"] for row in sorted(rows, key=lambda row: row["number"])]
    votes = dict(zip(health, (70, 60, 50, 40, 30, 30, 10), strict=True))
    votes |= {id: 5 for id in nominees if id not in votes}
    with refused("prizes.tally_not_certified"):
        contest.call("fix_finalists", contest.officer, at="selection", edition="2017", body={"settle": []})
    contest.certify(votes)
    fixed = contest.call("fix_finalists", contest.officer, at="selection", edition="2017", body={"settle": []})
    assert (fixed["categories"], fixed["finalists"]) == (2, 7)
    return {"health": health, "media": next(id for id in nominees if id not in health)}


@pytest.fixture(scope="module")
def winner(contest: Any, finalists: Any, jurors: Any) -> str:
    """Chosen, secret."""
    third = finalists["health"][2]
    body = {"project": third, "reason": "The best"}
    decided = contest.call("choose_winner", jurors[0], at="selection", edition="2017", category=HEALTH, body=body)
    assert decided == {"edition": "2017", "category": HEALTH, "decided": True}
    body = {"project": None, "reason": "Not this year"}
    contest.call("choose_winner", jurors[3], at="selection", edition="2017", category=MEDIA, body=body)
    return third


@pytest.fixture(scope="module")
def announced(contest: Any, winner: Any, database: Any) -> None:
    contest.call("open_edition", contest.officer, body={"edition": "2018", "copy_from": "2017", "reason": "Next"})
    assert contest.call("contest", edition="2017")["champions_announced"] is False
    with refused("prizes.champions_first"):
        contest.call("release_winners", contest.officer, at="ceremony", edition="2017", body={"reason": "Early"})
    done = contest.call("announce_champions", contest.officer, at="selection", edition="2017")
    assert done["champions"] == 7
    with refused("prizes.champions_announced"):
        contest.call("announce_champions", contest.officer, at="selection", edition="2017")
    assert contest.call("contest", edition="2017")["champions_announced"] is True
    live = {"kind": "make_certificates", "state": {"$in": ["queued", "running"]}}
    wait_for(lambda: database("prizes")["jobs"].count_documents(live) == 0, 300, "the certificates")

"""Makers: the edition as announced, a complete form, people, moments of 2017."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.context import ANONYMOUS, Actor
from wsis_shared.finalists import first_by_votes
from wsis_testkit import Published, Served, actor

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

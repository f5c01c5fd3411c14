"""A service prizes as far as the register asks it, and its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wsis_shared.errors import Conflict, NotFound

EDITION = "2017"


@dataclass
class FakePrizes:
    """Nominees by id; `champions` and `winners` are None until they are announced."""

    nominees: dict[str, dict[str, Any]] = field(default_factory=dict)
    champions: set[str] | None = None
    winners: set[str] | None = None

    def add(self, *projects: str, **changes: Any) -> None:
        """Nominees of the edition."""
        for number, project in enumerate(projects, start=len(self.nominees) + 1):
            self.nominees[project] = {**page(project, number), **changes}

    def read_nominee(self, edition: str, project: str) -> dict[str, Any]:
        """The page of a nominee."""
        if project not in self.nominees:
            raise NotFound("prizes.project_unknown", "No such project.")
        return self.nominees[project]

    def list_nominees(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """All nominees, in pages."""
        ids = sorted(self.nominees)
        start = int(after or 0)
        more = start + limit < len(ids)
        return {
            "items": [self.nominees[id] for id in ids[start : start + limit]],
            "next": str(start + limit) if more else None,
        }

    def list_champions(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """The champions, once announced."""
        return self._some(self.champions, "prizes.champions_not_announced")

    def list_winners(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """The winners, once released."""
        return self._some(self.winners, "prizes.winners_not_released")

    def _some(self, chosen: set[str] | None, code: str) -> dict[str, Any]:
        if chosen is None:
            raise Conflict(code, "Not yet.")
        return {"items": [self.nominees[id] for id in sorted(chosen)], "next": None}

    def methods(self) -> Mapping[str, Any]:
        """What the service is asked."""
        return {
            name: getattr(self, name) for name in ("read_nominee", "list_nominees", "list_champions", "list_winners")
        }


def page(project: str, number: int = 1) -> dict[str, Any]:
    """The page of a nominee."""
    return {
        "project": project,
        "number": number,
        "category": "C7.e-health",
        "title": f"Clinics of {project.title()}",
        "organization": f"Foundation {project.title()}",
        "country": "RW",
        "region": "africa",
        "short_description": f"Doctors for {project}.",
        "website": None,
        "edition": EDITION,
        "impact": None,
        "sdgs": [{"sdg": 3, "targets": ["3.8"], "rationale": "Access"}],
        "stakeholder_type": "civil_society",
        "countries": ["RW"],
    }


def named(project: str) -> dict[str, Any]:
    """A project as events name it."""
    return {name: page(project)[name] for name in ("project", "number", "category", "title", "organization", "country")}


def nominees(*projects: str) -> dict[str, Any]:
    """The data of nominees_published."""
    return {"edition": EDITION, "nominees": [{**named(project), "region": "africa"} for project in projects]}


def champions(*projects: str) -> dict[str, Any]:
    """The data of champions_announced."""
    return {
        "edition": EDITION,
        "champions": [named(project) for project in projects],
        "action_lines": ["C7.e-health"],
        "accounts": [],
    }


def winners(*projects: str, beside: tuple[str, ...] = ()) -> dict[str, Any]:
    """The data of winners_announced."""
    return {**champions(*beside), "winners": [named(project) for project in projects]}


def submitter(project: str, account: str) -> dict[str, Any]:
    """The data of project_nominated."""
    return {"edition": EDITION, "project": project, "number": 1, "category": "C7.e-health", "account": account}


def out(project: str, account: str) -> dict[str, Any]:
    """The data of project_withdrawn and project_disqualified."""
    return {**submitter(project, account), "nominated": True, "reason": "Votes were bought", "reason_code": "x"}

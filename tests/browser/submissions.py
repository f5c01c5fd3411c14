"""A contest whose submission is on: a draft, and a review to write: what the pages of submitters and jurors show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wsis_demo import phases
from wsis_demo.people import Organization
from wsis_demo.projects import Writer

if TYPE_CHECKING:
    from wsis_demo.client import Person

WHY = "Pages to look at"
CONTACT = {"given_name": "Project", "family_name": "Office", "email": "office@entity.example"}


def open_submissions(officer: Person, member: Person) -> dict[str, str]:
    """The addresses of its pages. It is an edition before the others, so that the front page stays that of the vote."""
    year = str(min(int(row["edition"]) for row in officer.get("/v1/editions")["items"]) - 1)
    path = f"/v1/editions/{year}"
    officer.post("/v1/editions", {"edition": year, "copy_from": "2017", "reason": WHY})
    phases.arrange(officer, year, phases.around(phases.now(), "submission"), WHY)
    draft = member.post(f"{path}/projects", {**_form("Network of clinics", "RW"), "impact": None})
    elsewhere = "KE" if member.get("/v1/me")["country"] == "RW" else "RW"  # jurors read no project of their country
    project = officer.post(f"{path}/projects", {**_form("Network of schools", elsewhere), "submit": True})
    officer.post(f"{path}/assignments", {"jurors": [member.account]})
    return {
        "/editions/{edition}/projects/new": f"/editions/{year}/projects/new",
        "/me/projects/{project}": f"/me/projects/{draft['id']}",
        "/me/projects/{project}/image": f"/me/projects/{draft['id']}/image",
        "/me/reviews": f"/me/reviews?edition={year}",
        "/me/reviews/{project}": f"/me/reviews/{project['id']}",
    }


def _form(organization: str, country: str) -> dict[str, Any]:
    return Writer(2).project(Organization(organization, "government", country, "en"), "C4", CONTACT)

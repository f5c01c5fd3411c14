"""A contest by pages alone, as its officer plays it: from the dates of its phases to the winners that a visitor sees.
What submitters, jurors and voters do meanwhile is made over the API."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from wsis_testkit import wait_for

from wsis_demo.people import Organization, Registry
from wsis_demo.projects import Writer

from .contest import vote_as_fans
from .contest_desk import CATEGORY, ContestDesk
from .presses import again
from .test_pages import overflow, violations

if TYPE_CHECKING:
    from wsis_demo.client import Person, Suite

    from .conftest import Tab, Visitors

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CONTACT = {"given_name": "Project", "family_name": "Office", "email": "office@entity.example"}
OUTSIDE, WHY = "It is outside the conditions.", "The strongest impact."


def test_a_contest_from_its_dates_to_its_winners(
    visitors: Visitors, suite: Suite, officer: str, member: str, axe: str
) -> None:
    tab, juror = visitors.tab(officer), suite.sign_in(member)
    desk = ContestDesk(tab)
    desk.open_edition()
    desk.move("announcement", 4 * HOUR, 5 * HOUR)
    desk.move("winner_selection", 3 * HOUR, 4 * HOUR)
    desk.move("public_voting", 2 * HOUR, 3 * HOUR)
    desk.move("nomination", -2 * HOUR, HOUR)
    desk.move("submission", -3 * HOUR, HOUR)
    submitter = new_person(suite, elsewhere(juror))
    desk.leave_one_category()
    schools, clinics, shop = (
        submit(submitter, desk.year, name, seed) for seed, name in enumerate(("Schools", "Clinics", "Shop"))
    )
    desk.decide_eligibility(shop["title"], OUTSIDE)
    desk.move("submission", None, -MINUTE)
    desk.appoint(juror.account)
    assert is_mailed(suite, member, "Projects were assigned to you", desk.year)
    review(juror, desk.year)
    desk.nominate(schools["title"], clinics["title"])
    assert is_mailed(suite, submitter.email, "has nominated your project", schools["title"])
    assert is_mailed(suite, submitter.email, "is not among those nominated", shop["title"], OUTSIDE)
    desk.move("public_voting", -HOUR, None)
    vote(suite, desk.year, schools["id"])
    fans = vote_as_fans(suite, f"/v1/editions/{desk.year}", CATEGORY, clinics["id"])
    desk.see_the_turnout(1 + len(fans))
    desk.exclude("Several accounts on one mailbox", len(fans))
    assert is_mailed(suite, fans[0], "are excluded from the count", desk.year)
    desk.move("public_voting", None, -MINUTE)
    desk.see_the_certification()
    desk.fix_the_finalists()
    visitor = visitors.tab(width=320, language="ar")
    assert winners(visitor, desk.year) == []
    desk.announce_the_champions()
    assert is_mailed(suite, submitter.email, "is among the champions", schools["title"])
    wait_for(lambda: again(visitor, schools["title"]), what="the champions on the page of the results")
    assert winners(visitor, desk.year) == []
    choice = {"project": schools["id"], "reason": WHY}
    juror.put(f"/v1/editions/{desk.year}/categories/{CATEGORY}/winner", choice)
    desk.move("winner_selection", -2 * MINUTE, None)
    desk.move("announcement", -MINUTE, None)
    desk.release_the_winners()
    wait_for(lambda: winners(visitor, desk.year) == [schools["title"]], what="the winner on the page of the results")
    assert (violations(visitor, axe), overflow(visitor)) == ([], 0)
    assert is_mailed(suite, submitter.email, "as the winner of its category", schools["title"])
    assert (tab.complaints, visitor.complaints) == ([], [])


# -- what others do ----------------------------------------------------------------------------------------------------


def new_person(suite: Suite, country: str) -> Person:
    """Somebody with a new account."""
    form = next(Registry(12, f"contest{os.urandom(4).hex()}").people(1))
    return suite.register(form | {"locale": "en", "country": country})


def elsewhere(juror: Person) -> str:
    """A country whose projects the juror may read."""
    return "KE" if juror.get("/v1/me")["country"] == "RW" else "RW"


def submit(submitter: Person, year: str, name: str, seed: int) -> dict[str, str]:
    """A project of an organization of its own: its id and title."""
    entity = Organization(f"{name} {os.urandom(3).hex()}", "government", submitter.get("/v1/me")["country"], "en")
    form = {**Writer(seed).project(entity, CATEGORY, CONTACT), "title": f"{name} online", "submit": True}
    made = submitter.post(f"/v1/editions/{year}/projects", form)
    return {"id": str(made["id"]), "title": form["title"]}


def review(juror: Person, year: str) -> None:
    """The juror scores what is assigned."""
    criteria = [row["code"] for row in juror.get(f"/v1/editions/{year}/form")["criteria"]]
    for row in juror.each("/v1/me/reviews", edition=year):
        done = {"scores": dict.fromkeys(criteria, 4), "recommendation": "nominate", "done": True}
        juror.put(f"/v1/projects/{row['project']}/review", done)


def vote(suite: Suite, year: str, project: str) -> None:
    """Somebody votes in all categories, once the voting is open, and is told that it counts."""
    voter = new_person(suite, "CH")
    wait_for(lambda: voter.get(f"/v1/editions/{year}/voting")["state"] == "open", what="the voting to open")
    voter.post(f"/v1/editions/{year}/ballots", {"votes": [{"category": CATEGORY, "project": project}]})
    assert is_mailed(suite, voter.email, "and your votes count")


# -- what others see ---------------------------------------------------------------------------------------------------


def is_mailed(suite: Suite, email: str, *words: str) -> bool:
    """Does a mail come that says all of this?"""
    return bool(suite.mailbox.wait(email, saying=words))


def winners(tab: Tab, year: str) -> list[str]:
    """Titles of the projects that the page of the results says have won, in Arabic."""
    tab.open(f"/ar/editions/{year}/results")
    rows = tab.page.locator("main tr", has_text="فائز").all()
    return [row.locator("a").first.inner_text() for row in rows]

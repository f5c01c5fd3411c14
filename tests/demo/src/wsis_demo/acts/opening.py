"""The secretariat opens the edition; organizations, jurors and the first voters register."""

from __future__ import annotations

from itertools import count, islice

from wsis_demo import phases
from wsis_demo.client import Person, Problem
from wsis_demo.play import Play
from wsis_demo.suites import CannotPlay

FIRST_YEAR = 2017
NEVER_CONFIRM = 0.02  # of those who register
FIRST_WAVE = 0.7  # of the voters have an account before voting opens; those who come later are not invited by mail


def next_edition(officer: Person) -> str:
    """The first year from 2017 on whose edition has no projects, or does not exist."""
    return next(str(year) for year in count(FIRST_YEAR) if not _has_projects(officer, str(year)))


def _has_projects(officer: Person, edition: str) -> bool:
    try:
        return next(officer.each(f"/v1/editions/{edition}/projects"), None) is not None
    except Problem as problem:
        if problem.status != 404:
            raise
        return False


def open_edition(play: Play) -> str:
    """Open the edition where it is not there, refuse one that was played, and give its phases dates around now."""
    officer = play.officer
    try:
        officer.get(play.path)
    except Problem as problem:
        if problem.status != 404:
            raise
        officer.post("/v1/editions", {"edition": play.edition, "copy_from": "2017", "reason": "The next contest"})
    if _has_projects(officer, play.edition):
        raise CannotPlay(
            f"edition {play.edition} has projects already: name another (--edition {int(play.edition) + 1}) or none"
        )
    phases.arrange(officer, play.edition, phases.around(phases.now(), "submission"), "Calendar of the demonstration")
    return f"edition {play.edition}: submission is open until an officer ends it"


def register(play: Play) -> str:
    """Everybody registers with a form and confirms with the code in the mail."""
    entities = play.registry.organizations(play.size.organizations)
    members = play.all(play.register, [play.registry.member(entity) for entity in entities])
    play.submitters = dict(zip(entities, members, strict=True))
    play.jurors = play.all(play.register, play.registry.jurors(play.size.jurors))
    for juror in play.jurors:
        body = {"roles": ["juror"], "reason": "Member of the Expert Group"}
        play.officer.put(f"/v1/accounts/{juror.account}/roles", body)
        play.count(mails={"accounts/roles_changed": 1})
        juror.refresh()
    early = round(play.size.voters * FIRST_WAVE)
    play.voters = play.all(play.register, play.registry.people(early))
    idle = list(islice(play.registry.people(100), max(1, round(early * NEVER_CONFIRM))))
    play.all(play.suite.ask_account, idle)
    return (
        f"{len(members)} organizations, {len(play.jurors)} jurors and {len(play.voters)} voters confirmed by mail, "
        f"{len(idle)} never did"
    )

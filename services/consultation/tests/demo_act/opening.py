"""The secretariat opens the consultation, and closes it at a deadline that it has moved with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wsis_demo import phases
from wsis_demo.client import Problem
from wsis_demo.play import Mismatch, Play

from . import state
from .state import Consultation, Contribution
from .venue import forum_days
from .writing import LANGUAGES, Author, secretariat

DEADLINE = "submissions_deadline"
GENEVA = ZoneInfo("Europe/Zurich")
TELEPHONE = "+41 22 730 5111"
LATE = "They could not connect on the last day"
REASON = "Many delegations asked for more time after the holidays"


def open_consultation(play: Play) -> str:
    """Open the edition where it is not there; submissions are open until an officer ends them."""
    told = state.of(play)
    try:
        edition = play.officer.get(told.path)
    except Problem as problem:
        if problem.status != 404:
            raise
        body = {
            "edition": play.edition,
            "from": "2017",
            "theme": secretariat("theme"),
            "venue": secretariat("venue"),
            **forum_days(int(play.edition)),
            "reason": "The next Forum",
        }
        edition = play.officer.post("/v1/consultations", body)
    _begin(told, edition["phases"])
    if datetime.fromisoformat(edition["submissions_close_at"]) < phases.now() + timedelta(hours=6):
        move(told, DEADLINE, "Open while the demonstration is played", end=phases.now() + timedelta(hours=12))
    titles = {
        language: play.suite.visitor.send("GET", f"{told.path}/phases", headers={"Accept-Language": language}).json()[
            "items"
        ][0]["title"]
        for language in LANGUAGES
    }
    if len(set(titles.values())) != len(LANGUAGES):
        raise Mismatch(f"the phases have the same title in two languages: {titles}")
    return f"{len(edition['phases'])} phases in {len(titles)} languages; submissions are open"


def _begin(told: Consultation, rows: list[dict[str, Any]]) -> None:
    """In an edition that lies ahead, the phases until the deadline begin now, in their order."""
    last = next(number for number, row in enumerate(rows) if row["code"] == DEADLINE)
    for number, row in enumerate(rows[: last + 1]):
        if datetime.fromisoformat(row["start"]) > phases.now():
            start = phases.now() - timedelta(minutes=1 + last - number)
            move(told, row["code"], "Opened early for the demonstration", start=start)


def close_submissions(play: Play) -> str:
    """The deadline moves with a reason, and everybody concerned gets a mail. Afterwards an amendment is refused, until
    an officer lets it in by name; and so is a submission."""
    told = state.of(play)
    moved = move(told, DEADLINE, REASON, end=_deadline(play.edition))
    late, who = told.first, told.first.person
    if who is None:
        raise Mismatch("nobody submitted with an account")
    submission = f"{told.path}/submissions/{late.id}"
    sent = who.get(submission)["answers"]
    amend = {"answers": {**sent, "telephone": TELEPHONE}}
    refusal = play.refused("consultation.submissions_closed", lambda: who.put(submission, amend))
    until = (phases.now() + timedelta(hours=2)).isoformat()
    known = play.suite.mailbox.last(late.form["email"])
    play.officer.put(f"{submission}/override", {"reason": LATE, "expires_at": until})
    play.suite.mailbox.wait(late.form["email"], after=known, saying=[late.receipt["receipt"]])
    receipt = who.put(submission, amend)
    play.count(mails={"consultation/late_amendment_allowed": 1, "consultation/submission_amended": 1})
    if receipt["version"] != 2:
        play.misfits.append(f"consultation: a late amendment has version {receipt['version']}")
    play.refused("consultation.submissions_closed", lambda: who.put(submission, {"answers": sent}))
    return f"{moved} mails of the moved deadline; too late: {refusal.title}; one amendment let in by name"


def move(told: Consultation, phase: str, reason: str, **dates: datetime) -> int:
    """Move a phase, wait until everybody concerned has a mail under way; returns how many."""
    body = {name: moment.isoformat() for name, moment in dates.items()} | {"reason": reason}
    return change_dates(told, f"phases/{phase}", body)


def change_dates(told: Consultation, what: str, body: dict[str, Any]) -> int:
    """Change a date, and wait for the mails; returns how many."""
    play = told.play
    before = _jobs(play)
    play.officer.put(f"{told.path}/{what}", body)
    started = [id for id in _jobs(play) if id not in before]
    notices = 0
    for id in started:
        *_, job = play.officer.follow(f"/v1/jobs/{id}")
        notices += job["result"]["notices"]
    play.count(mails={"consultation/dates_changed": notices})
    return notices


def _jobs(play: Play) -> list[str]:
    query = {"service": "consultation", "kind": "send_change_notices"}
    return [row["id"] for row in play.officer.get("/v1/jobs", **query)["items"]]


def _deadline(edition: str) -> datetime:
    """1 March, as in 2017, where that is over; else now."""
    return min(datetime(int(edition), 3, 1, 23, tzinfo=GENEVA).astimezone(UTC), phases.now())


def author_of(told: Consultation, one: Contribution) -> Author:
    """Who writes for a contributor."""
    line: Any = one.answers["action_lines"][0]
    return Author(told.dice, one.language, one.organization.country, str(line))

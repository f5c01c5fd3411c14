"""The Expert Group reads and scores; the officer fixes the list and publishes it."""

from __future__ import annotations

import random

from wsis_demo.client import Person
from wsis_demo.people import data
from wsis_demo.play import Play

BY_HAND = 0.2  # of those left out read a reason in the officer's own words


def review(play: Play) -> str:
    """Assign, remind, score; one juror has a conflict of interest."""
    path = play.path
    assigned = play.officer.post(f"{path}/assignments", {"jurors": [juror.account for juror in play.jurors]})
    play.count(mails={"prizes/review_assigned": assigned["jurors"]})
    first = next(play.jurors[0].each("/v1/me/reviews", edition=play.edition))
    moved = play.jurors[0].post(f"/v1/projects/{first['project']}/conflict", {"reason": "My sister works there."})
    play.count(mails={"prizes/review_assigned": 1 if moved["reassigned"] else 0})
    half = len(play.jurors) // 2
    criteria = [row["code"] for row in play.officer.get(f"{path}/form")["criteria"]]
    done = sum(play.all(lambda juror: _score(play, juror, criteria), play.jurors[:half]))
    late = play.officer.post(f"{path}/review-reminders")
    play.count(mails={"prizes/reviews_due": late["reminded"]})
    done += sum(play.all(lambda juror: _score(play, juror, criteria), play.jurors[half:]))
    progress = play.officer.get(f"{path}/review-progress")
    return (
        f"{assigned['assigned']} reviews of {assigned['jurors']} jurors, {late['reminded']} reminded, "
        f"{len(assigned['unassigned'])} projects without enough jurors, {progress['done']} of {progress['all']} done"
    )


def nominate(play: Play) -> str:
    """By mean score; everybody learns the outcome by mail."""
    path = play.path
    waiting = [row for row in play.projects() if row["state"] == "submitted"]
    left = len(waiting) - play.size.nominated
    reasons = data("projects")["reasons"]
    named = play.dice.sample([row["id"] for row in waiting], max(1, round(left * BY_HAND)))
    refused = [{"project": project, "reason": play.dice.choice(reasons)} for project in named]
    body = {"nominate": None, "count": play.size.nominated, "not_nominated": refused}
    play.officer.put(f"{path}/nominations", {**body, "reason": "Meeting of the Expert Group"})
    play.officer.post(f"{path}/nominations/publication")
    rows = play.projects()
    nominated = sum(row["state"] == "nominated" for row in rows)
    others = sum(row["state"] in ("not_nominated", "ineligible") for row in rows)
    play.count(mails={"prizes/project_nominated": nominated, "prizes/project_not_nominated": others})
    return f"{nominated} projects nominated, {others} not, each with its reason"


def _score(play: Play, juror: Person, criteria: list[str]) -> int:
    """Score what is assigned; some save as they go."""
    done = 0
    for row in juror.each("/v1/me/reviews", edition=play.edition):
        if row["state"] == "conflict":
            continue
        level = random.Random(row["project"]).randint(1, 4)
        scores = {code: min(5, max(1, level + play.dice.choice((-1, 0, 0, 1)))) for code in criteria}
        address = f"/v1/projects/{row['project']}/review"
        if done % 5 == 0:
            some = dict(list(scores.items())[:4])
            juror.put(address, {"scores": some, "comments": {criteria[0]: "To be read once more."}})
        recommendation = "nominate" if level > 1 else "reject"
        juror.put(address, {"scores": scores, "recommendation": recommendation, "done": True})
        done += 1
    return done

"""Inputs come in: from members with an account, and from others who come back to a draft by a mailed link."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image, ImageDraw

from wsis_demo.client import Problem
from wsis_demo.play import Mismatch, Play

from . import state
from .contributing import contributions
from .opening import author_of
from .state import Consultation, Contribution

SUBMITTERS = 6  # at a time: receipts are numbered without gaps, one after another
WRONG: dict[str, Any] = {"organization_country": "XX", "action_lines": ["C7"], "full_name": ""}
LINK = re.compile(r"#([0-9a-f]+)\.([0-9a-f]{40})")


def submit(play: Play) -> str:
    """All inputs, some amended; one more is withdrawn, and one that is wrong is refused field by field."""
    told = state.of(play)
    told.contributions = contributions(told)
    by_link, members = told.contributions[: told.volumes.drafts], told.contributions[told.volumes.drafts :]
    for one, person in zip(members, play.all(play.register, [one.form for one in members]), strict=True):
        one.person = person
    told.wrong = _wrong(told, members[0])
    play.all(lambda one: _send(told, one), told.contributions, SUBMITTERS)
    _withdraw_another(told, members[-1])
    amended = _amend(told, members)
    files = _attach(told, members)
    endorsed = _endorse(told, members)
    return (
        f"{len(told.contributions)} inputs with {told.requested} binding requests, {len(by_link)} of them by a mailed "
        f"link, {amended} amended, {files} files, {endorsed} public and endorsed; a wrong "
        f"one refused with {len(told.wrong)} errors by field"
    )


def _wrong(told: Consultation, one: Contribution) -> dict[str, list[str]]:
    """A form with mistakes is refused, and each is named."""
    short = [request | {"description": "Trop court"} for request in one.answers["requests"]]
    answers = one.answers | WRONG | {"requests": short}
    problem = told.play.refused("consultation.answers_invalid", lambda: _post(told, one, {"answers": answers}))
    unnamed = [name for name in WRONG if not any(name in field for field in problem.errors)]
    if unnamed:
        raise Mismatch(f"a wrong form was refused without naming {unnamed}: {problem.errors}")
    return dict(problem.errors)


def _send(told: Consultation, one: Contribution) -> None:
    if one.person is None:
        one.receipt = _send_by_link(told, one)
    else:
        one.receipt = _post(told, one, {"answers": one.answers, "language": one.language})
    told.play.count(mails={"consultation/submission_received": 1})


def _send_by_link(told: Consultation, one: Contribution) -> dict[str, Any]:
    """Save half of the form, come back by the link in the mail, fill in the rest, submit."""
    play, visitor = told.play, told.play.suite.visitor
    half = {name: one.answers[name] for name in ("full_name", "organization_name", "organization_country")}
    body = {"email": one.form["email"], "answers": half, "language": one.language}
    id = visitor.post(f"{told.path}/drafts", body)["draft"]
    play.count(mails={"consultation/draft_link": 1})
    mail = play.suite.mailbox.wait(one.form["email"], saying=[id])
    found = LINK.search(play.suite.mailbox.plain(mail["id"]))
    if found is None:
        raise Mismatch(f"a mail to {one.form['email']} without a link to its draft")
    one.key = found[2]
    draft = visitor.post(f"{told.path}/drafts/{id}/reading", {"key": one.key})
    if draft["answers"]["organization_name"] != one.organization.name:
        raise Mismatch("a draft came back with other answers")
    visitor.put(f"{told.path}/drafts/{id}", {"key": one.key, "answers": one.answers})
    return dict(visitor.post(f"{told.path}/submissions", {"draft": id, "key": one.key}))


def _post(told: Consultation, one: Contribution, body: dict[str, Any]) -> dict[str, Any]:
    person = one.person or told.play.suite.visitor
    return dict(person.post(f"{told.path}/submissions", body))


def _withdraw_another(told: Consultation, one: Contribution) -> None:
    """Somebody sends the same twice by mistake, and withdraws the second."""
    if one.person is None:
        return
    twice = _post(told, one, {"answers": one.answers, "language": one.language})
    one.person.post(f"{told.path}/submissions/{twice['id']}/withdrawal", {"reason": "Sent twice by mistake"})
    mails = {"consultation/submission_received": 1, "consultation/submission_withdrawn": 1}
    told.play.count(mails=mails)


def _endorse(told: Consultation, members: list[Contribution]) -> int:
    """Some let everybody read what they wrote, each in another language where there is one, and others endorse it."""
    chosen = list({one.language: one for one in members if one.person is not None}.values())
    for one, other in zip(chosen, [*chosen[1:], chosen[0]], strict=True):
        if one.person is None or other.person is None:
            continue
        one.person.put(f"{told.path}/submissions/{one.id}/consent", {"public": True})
        if other is not one:
            other.person.put(f"{told.path}/contributions/{one.receipt['receipt']}/endorsement", {})
    listed = {row["receipt"] for row in told.play.suite.visitor.each(f"{told.path}/contributions")}
    if listed != {one.receipt["receipt"] for one in chosen}:
        raise Mismatch(f"public contributions are {sorted(listed)}")
    return len(chosen)


def _amend(told: Consultation, members: list[Contribution]) -> int:
    """A further answer; the version before stays readable."""
    chosen = members[1 : 1 + told.volumes.amended]
    for one in chosen:
        answers = {**one.answers, "hl_topics": author_of(told, one).answer("hl_topics", 3)}
        if one.person is None or answers == one.answers:
            continue
        path = f"{told.path}/submissions/{one.id}"
        sent = one.person.get(path)["answers"]
        one.person.put(path, {"answers": {**sent, "hl_topics": answers["hl_topics"]}})
        told.play.count(mails={"consultation/submission_amended": 1})
        one.answers = answers
        changed = [row["path"] for row in one.person.get(f"{path}/difference")["items"]]
        if changed != ["hl_topics"]:
            told.play.misfits.append(f"consultation: an amendment of hl_topics shows as {changed}")
    return len(chosen)


def _attach(told: Consultation, members: list[Contribution]) -> int:
    """Reports as PDF, and a file that pretends to be one."""
    chosen = [one for one in members if one.answers["kind"] != "form"][: told.volumes.attachments]
    for one in chosen:
        path = f"{told.path}/submissions/{one.id}/attachments"
        if one.person is not None:
            file = one.person.upload(path, _report(one), "report.pdf", "application/pdf")
            if file["media_type"] != "application/pdf":
                raise Mismatch(f"a PDF is taken for {file['media_type']}")
    if chosen and chosen[0].person is not None:
        try:
            chosen[0].person.upload(path, b"MZ" + bytes(2000), "report.pdf", "application/pdf")
        except Problem as problem:
            if problem.status not in (415, 422):
                raise
        else:
            told.play.misfits.append("consultation: a program was taken for a PDF")
    return len(chosen)


def _report(one: Contribution) -> bytes:
    """A page of a report."""
    page = Image.new("RGB", (595, 842), "white")
    ImageDraw.Draw(page).text((60, 80), f"Report {one.receipt['receipt']}", fill="black")
    out = io.BytesIO()
    page.save(out, "PDF")
    return out.getvalue()

"""Projects as responses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wsis_shared import clock, messages
from wsis_shared.translations import by_key

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.projects.rules import form, images, projects, submissions
from wsis_prizes.projects.rules.projects import Project

_SAME = (
    "edition",
    "number",
    "state",
    "title",
    "language",
    "category",
    "organization",
    "country",
    "region",
    "stakeholder_type",
    "submitted_at",
    "updated_at",
)
_TEXTS = ("short_description", "sdgs", "impact", "partnerships", "challenges", "timeframe", "website", "completed")


def reasons() -> Mapping[str, Mapping[str, str]]:
    """Code -> language -> standard text for those who are not nominated."""
    return by_key("wsis_prizes", "reasons")


def project_row(doc: Project, now: datetime) -> dict[str, object]:
    """A project in a list."""
    asked = doc.get("clarification")
    is_open = asked is not None and not asked.get("answer") and now < asked["until"]
    return {"id": doc["_id"], **{name: doc.get(name) for name in _SAME}, "clarification_open": is_open}


def listed(doc: Project, now: datetime) -> dict[str, object]:
    """A project in the list of officers."""
    decided = doc.get("eligibility")
    return {**project_row(doc, now), "eligible": decided["eligible"] if decided else None}


def project(doc: Project, edition: Edition, now: datetime, locale: str, *, whole: bool) -> dict[str, object]:
    """A project. `whole` for its submitter and the secretariat: contact, receipt, outcome, what may be done with it."""
    asked = doc.get("clarification")
    response = {
        **project_row(doc, now),
        **{name: doc.get(name) for name in _TEXTS},
        "countries": doc.get("countries") or [],
        "short_description_words": form.count(doc.get("short_description") or ""),
        "clarification": {**asked, "until_geneva": clock.geneva(asked["until"])} if asked else None,
        "image": images.of_project(doc),
    }
    if not whole:
        return response
    return {
        **response,
        "contact_name": doc.get("contact_name"),
        "contact_email": doc.get("contact_email"),
        "receipt": submissions.receipt(doc) if doc.get("number") else None,
        "outcome": outcome(doc, locale),
        "version": doc.get("version"),
        "editable": submissions.allows(submissions.may_change, doc, edition, now),
        "withdrawable": submissions.allows(submissions.may_withdraw, doc, edition, now),
        "missing": missing(doc, edition, locale) if doc["state"] == projects.DRAFT else {},
    }


def duplicate(key: str, other: Project) -> dict[str, object]:
    """The project in the way of a draft, with the code of the refusal."""
    code = submissions.refusal(key, other).code
    return {"code": code, "project": other["_id"], "number": other["number"], "title": other["title"]}


def missing(doc: Project, edition: Edition, locale: str) -> dict[str, list[str]]:
    """What a submission of the draft would be refused for, by field, in the reader's language."""
    return messages.translated(submissions.problems(doc, edition), locale, "wsis_prizes")


def outcome(doc: Project, locale: str) -> dict[str, object] | None:
    """Why a project is where it is, with the standard text in the reader's language; None where nothing was decided."""
    reason = doc.get("outcome")
    if not reason:
        return None
    texts = reasons().get(reason["code"], {})
    return {**reason, "title": texts.get(locale) or texts.get("en", "")}

"""The issue that tells subscribers of the prizes who the champions or the winners are, in seven languages.

It is made of the public event alone, which prizes publishes with the release: nothing here knows more than that."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from wsis_shared import clock, reference
from wsis_shared.json_types import Input
from wsis_shared.schemas import LOCALES

from wsis_notifications.issues.rules.contents import Issue, WrittenSection
from wsis_notifications.issues.rules.lifecycle import ANNOUNCEMENT, READY
from wsis_notifications.issues.rules.markdown import escaped
from wsis_notifications.issues.rules.phrases import say

TOPIC = "prizes"
_FSI, _PDI = "\u2068", "\u2069"


def announcement(data: Input, id: str, at: datetime) -> Issue:
    """The issue of the data of `prizes.champions_announced` or `prizes.winners_announced`, ready to be stored and
    sent. The same event has the same `id`."""
    what = "winners" if "winners" in data else "champions"
    edition = data["edition"]
    title = {language: _say(f"{what}_title", language, edition=edition) for language in LOCALES}
    text = {language: _text(what, data, language) for language in LOCALES}
    section: WrittenSection = {"id": "1", "kind": TOPIC, "title": title, "text": text, "image": None, "link": None}
    return {
        "_id": id,
        "kind": ANNOUNCEMENT,
        "number": None,
        "state": READY,
        "month": _month(at),
        "language": "en",
        "languages": list(LOCALES),
        "title": title,
        "summary": {},
        "topics": [TOPIC],
        "sections": [section],
        "images": [],
        "created_at": at,
        "released_at": None,
        "sent_at": None,
    }


def _text(what: str, data: Input, language: str) -> str:
    """Projects by category, in the order of the action lines, then by number: no rank."""
    order = {line.code: place for place, line in enumerate(reference.action_lines())}
    projects = sorted(data[what], key=lambda one: (order.get(one["category"], len(order)), one["number"]))
    parts = [_say(f"{what}_text", language, edition=escaped(data["edition"]))]
    for category, group in groupby(projects, key=lambda one: str(one["category"])):
        parts.append(f"# {escaped(_category(category, language))}")
        parts.append("\n".join(f"- {_project(one, language)}" for one in group))
    return "\n\n".join(parts)


def _project(project: Input, language: str) -> str:
    """Names in whatever language they are: isolated, and no Markdown."""
    names = {name: f"{_FSI}{escaped(project[name])}{_PDI}" for name in ("title", "organization")}
    return _say("project", language, **names, country=escaped(_country(project["country"], language)))


def _category(code: str, language: str) -> str:
    return reference.action_line(code).title[language] if reference.is_action_line(code) else code


def _country(code: str, language: str) -> str:
    return reference.country(code).title[language] if reference.is_country(code) else code


def _month(at: datetime) -> str:
    return at.astimezone(clock.GENEVA).strftime("%Y-%m")


def _say(key: str, language: str, **values: str) -> str:
    return say(key, language, part="announcement", **values)

"""The Forum that a consultation prepares: its days, high-level days, venue and theme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypedDict

from wsis_shared.json_types import Input
from wsis_shared.languages import in_language
from wsis_shared.reference.loading import Titles

from wsis_consultation.editions import errors
from wsis_consultation.editions.rules.phases import Change, Fact


class Forum(TypedDict):
    """A day is its ISO date in the zone of the edition. Forums of before have a venue of one text, or None."""

    starts_on: str
    ends_on: str
    high_level_days: list[str]
    venue: Titles | str | None
    theme: Titles


MOST_DAYS = 100  # that of 2020 took place online, on days from June to September
FIELDS = ("starts_on", "ends_on", "high_level_days", "venue", "theme")
_SATURDAY = 5


def with_changes(forum: Input, given: Input) -> Forum:
    """The Forum with the fields that an officer gives. Raises Invalid for days that make no Forum."""
    values: Input = {**forum, **{name: given[name] for name in FIELDS if name in given}}
    changed: Forum = {
        "starts_on": values["starts_on"],
        "ends_on": values["ends_on"],
        "high_level_days": sorted(set(values["high_level_days"])),
        "venue": values["venue"],
        "theme": values["theme"],
    }
    first, last = _day(changed["starts_on"]), _day(changed["ends_on"])
    if last < first:
        raise errors.forum_ends_before_start()
    if (last - first).days >= MOST_DAYS:
        raise errors.forum_too_long(MOST_DAYS)
    if not set(changed["high_level_days"]) <= set(days(changed)):
        raise errors.high_level_day_outside()
    return changed


def days(forum: Forum) -> list[str]:
    """Each day of the Forum."""
    first, last = _day(forum["starts_on"]), _day(forum["ends_on"])
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def on_weekends(forum: Forum) -> list[str]:
    """Its Saturdays and Sundays: a warning, since that of 2019 was announced from a Saturday on."""
    return [day for day in days(forum) if _day(day).weekday() >= _SATURDAY]


def changes(former: Forum, forum: Forum) -> list[Change]:
    """What differs: `code` is days (values: the first and the last), high_level_days, venue or theme."""
    before, after = _values(former), _values(forum)
    return [
        {
            "what": "forum",
            "code": code,
            "value": value,
            "former_value": before[code],
            "start": None,
            "end": None,
            "former_start": None,
            "former_end": None,
        }
        for code, value in after.items()
        if value != before[code]
    ]


def in_words(text: Titles | str | None, language: str) -> str:
    """A venue or theme in the reader's language."""
    return in_language(text, language) if isinstance(text, Mapping) else text or ""


def _values(forum: Forum) -> dict[str, Fact]:
    return {
        "days": [forum["starts_on"], forum["ends_on"]],
        "high_level_days": forum["high_level_days"],
        "venue": forum["venue"],
        "theme": forum["theme"],
    }


def _day(day: str) -> date:
    return date.fromisoformat(day)

"""What the page of the turnout makes of its figures: days, and the hours of one of them, by Geneva's clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime

from babel.dates import format_time
from wsis_shared import clock
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import cldr_locale, long_date

FIGURES = ("votes", "started", "complete", "accounts")
LATE_SECONDS = 60.0  # since a vote was accepted: longer than storing it ever takes


def turnout(values: Input, locale: str) -> JsonObject:
    """`days`, and the `hours` of the one that was asked for, else of the last: rows of (its name, where it leads, its
    figures). `late`: a vote has waited for too long."""
    shown, asked = values["turnout"], values["query"].get("day")
    rows = [*shown["hours"], *shown["registrations"]["hours"]]
    hours: defaultdict[datetime, Counter[str]] = defaultdict(Counter)
    for row in rows:
        hours[clock.to_geneva(clock.parse(row["hour"]))].update({name: row.get(name, 0) for name in FIGURES})
    days: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for at, figures in hours.items():
        days[at.date()].update(figures)
    day = date.fromisoformat(asked) if asked else max(days, default=None)
    return {
        "days": [(long_date(each, locale), each.isoformat(), days[each]) for each in sorted(days, reverse=True)],
        "hours": [
            (format_time(at, "short", locale=cldr_locale(locale)), "", hours[at])
            for at in sorted(hours)
            if at.date() == day
        ],
        "day": day and long_date(day, locale),
        "late": shown["unsettled"]["oldest_seconds"] > LATE_SECONDS,
    }

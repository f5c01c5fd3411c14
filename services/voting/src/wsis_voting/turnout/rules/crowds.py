"""Figures by country or domain, as staff see them: they move once an hour, and by ten voters or more at a step. Else
somebody who follows them would see a lone voter's country, and the public log tells the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from wsis_voting.ballots.rules.ballots import Turnout, to_the_hour

K_ANONYMITY = 10  # voters
MAX_ROWS = 250  # rows of countries or domains
HOUR = timedelta(hours=1)
LATE = timedelta(minutes=10)  # votes that were in time may still be on their way
OTHER = "other"

Figures = Mapping[str, int]
Row = Mapping[str, str | int]  # {country or domain: its name, figure: ...}


def step(shown: Mapping[str, Figures], counted: Mapping[str, Figures], by: str) -> dict[str, Figures]:
    """`shown`, with the new figures of those in `counted` that have K_ANONYMITY voters (`by`) more or fewer."""
    moved = {
        name: dict(figures)
        for name, figures in counted.items()
        if abs(figures.get(by, 0) - shown.get(name, {}).get(by, 0)) >= K_ANONYMITY
    }
    return {**shown, **moved}


def rows(
    name: str, counted: Mapping[str, Figures], *figures: str, shown: Mapping[str, Figures] | None = None
) -> list[Row]:
    """A row for each country or domain of `shown` (by default as `counted` now), the largest by the first of `figures`
    first. All else that is counted, which could name somebody, and what is beyond the first MAX_ROWS is `other`."""
    by, known = figures[0], step({}, counted, figures[0]) if shown is None else shown
    largest = sorted(known.items(), key=lambda row: (-row[1].get(by, 0), row[0]))
    found = [(key, its) for key, its in largest if its.get(by, 0) >= K_ANONYMITY][:MAX_ROWS]
    other = Counter[str]()
    for its in counted.values():
        other.update(its)
    for _, its in found:
        other.subtract(its)
    if other[by] > 0:
        found.append((OTHER, other))
    return [{name: key, **{figure: max(its.get(figure, 0), 0) for figure in figures}} for key, its in found]


def stepped(name: str, former: Iterable[Row], counted: Mapping[str, Figures], *figures: str) -> list[Row]:
    """The rows in place of `former` ones, an hour later."""
    shown = {str(row[name]): {figure: int(row[figure]) for figure in figures} for row in former if row[name] != OTHER}
    now: dict[str, Figures] = {**dict.fromkeys(shown, {}), **counted}
    return rows(name, counted, *figures, shown=step(shown, now, figures[0]))


def countries(hours: Iterable[tuple[datetime, Turnout]], now: datetime) -> list[Row]:
    """Voters, votes and complete ballots by country, from the hours that are over (oldest first): the same for whoever
    asks and however often."""
    shown: dict[str, Figures] = {}
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for at, hour in hours:
        if at >= to_the_hour(now - LATE):
            break
        for country, figures in hour.by_country.items():
            sums[country].update(figures)
        shown = step(shown, {country: sums[country] for country in hour.by_country}, "started")
    return rows("country", sums, "started", "votes", "complete", shown=shown)

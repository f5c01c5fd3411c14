"""An officer moves the phases of an edition. Starts stay in their order, so the order of the moves matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from wsis_demo.client import Person

CODES = ("submission", "nomination", "public_voting", "winner_selection", "announcement")
Span = tuple[datetime, datetime]


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def move(
    officer: Person,
    edition: str,
    phase: str,
    reason: str,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> dict[str, Any]:
    """Move one phase; returns the edition."""
    dates = {"start": start and start.isoformat(), "end": end and end.isoformat()}
    body = {**{name: date for name, date in dates.items() if date}, "reason": reason}
    return dict(officer.put(f"/v1/editions/{edition}/phases/{phase}", body))


def spans(officer: Person, edition: str) -> dict[str, Span]:
    """Start and end of each phase."""
    rows = officer.get(f"/v1/editions/{edition}")["phases"]
    return {row["code"]: (datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"])) for row in rows}


def arrange(officer: Person, edition: str, wanted: Mapping[str, Span], reason: str) -> None:
    """Give phases new dates, each move at a time when the starts stay in their order."""
    dates = spans(officer, edition)
    left = {code: span for code, span in wanted.items() if dates[code] != span}
    while left:
        code = next(code for code in left if _ordered({**dates, code: left[code]}))
        dates[code] = left.pop(code)
        move(officer, edition, code, reason, start=dates[code][0], end=dates[code][1])


def around(moment: datetime, current: str, *, hours: float = 2) -> dict[str, Span]:
    """Dates for all phases such that `current` has just begun and lasts for hours; those before it are over."""
    at = CODES.index(current)
    dates = {}
    for number, code in enumerate(CODES):
        start = moment + timedelta(hours=hours) * (number - at) - timedelta(minutes=1)
        dates[code] = (start, start + timedelta(hours=hours))
    return dates


def _ordered(dates: Mapping[str, Span]) -> bool:
    starts = [dates[code][0] for code in CODES]
    return starts == sorted(starts)

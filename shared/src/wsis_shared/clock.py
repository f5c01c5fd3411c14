"""Time: stored in UTC, displayed in Geneva time. Cut-offs use one clock: `received_at` of the context.

A process with a store follows the clock of the store where its own is wrong: what is due, and until when something
holds, is in documents that several processes read.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

GENEVA = ZoneInfo("Europe/Zurich")
DAY = 24 * 3600  # in seconds
MOST_DIFFERENCE = timedelta(seconds=1)  # from the store's clock, with which this machine's clock is right
MOST_WAITED = 0.5  # seconds for the store's answer, with which it says what time it is

# Nobody sets it, and it counts while the machine sleeps, where the system has such a clock.
_COUNTER = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

_correction = timedelta()
_known: tuple[datetime, float] | None = None  # the moment when it was last known, and _COUNTER then


def now() -> datetime:
    """This moment in UTC, in whole milliseconds (what BSON keeps)."""
    if _known is None:
        return to_milliseconds(datetime.now(UTC))
    moment, at = _known
    return to_milliseconds(moment + timedelta(seconds=time.clock_gettime(_COUNTER) - at))


def seconds() -> float:
    """This moment in seconds since the epoch, for what several processes compare in seconds."""
    return now().timestamp()


def follow(moment: datetime, asked_at: float) -> float:
    """`moment` is what the store, asked at `asked_at` (monotonic), says that it is: from here on `now` is the store's,
    whoever sets this machine's clock. Returns by how many seconds that was found slow, or fast (negative); 0 where it
    was known."""
    global _correction, _known
    ours, at = datetime.now(UTC), time.clock_gettime(_COUNTER)
    if time.monotonic() - asked_at > MOST_WAITED:
        return 0.0
    difference = moment - ours
    before, _correction = _correction, difference if abs(difference) > MOST_DIFFERENCE else timedelta()
    _known = ours + _correction, at
    known = abs(_correction - before) <= MOST_DIFFERENCE
    return 0.0 if known else _correction.total_seconds()


def to_milliseconds(moment: datetime) -> datetime:
    """The moment in whole milliseconds: what BSON keeps, so that it equals itself when it is read back."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def to_day(moment: datetime) -> datetime:
    """The first moment of its day, in UTC: as fine as staff read what could date a vote."""
    return _aware(moment).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def to_geneva(moment: datetime) -> datetime:
    """The same moment with the wall time at the secretariat. A naive value is taken as UTC, as pymongo gives it."""
    return _aware(moment).astimezone(GENEVA)


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with `Z`: `2017-02-15T21:59:59Z`. A naive value is taken as UTC, as pymongo gives it."""
    if moment.tzinfo is not UTC:
        moment = _aware(moment).astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The reverse of `iso`, any offset accepted; the result is in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset, for example Z")
    return moment.astimezone(UTC)


def geneva(moment: datetime) -> str:
    """Wall time at the secretariat: `2017-02-15 22:59:59 CET`."""
    return to_geneva(moment).strftime("%Y-%m-%d %H:%M:%S %Z")


def years_later(moment: datetime, years: int, zone: tzinfo = GENEVA) -> datetime:
    """The same wall time in `zone` so many years later, in UTC; 29 February becomes the 28th."""
    wall = _aware(moment).astimezone(zone)
    try:
        moved = wall.replace(year=wall.year + years)
    except ValueError:
        moved = wall.replace(year=wall.year + years, day=28)
    return moved.astimezone(UTC)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

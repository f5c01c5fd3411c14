"""Time: stored in UTC, displayed in Geneva time. Cut-offs use one clock: `received_at` of the context."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

GENEVA = ZoneInfo("Europe/Zurich")


def now() -> datetime:
    """This moment in UTC, in whole milliseconds (what BSON keeps)."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with `Z`: `2017-02-15T21:59:59Z`. A naive value is taken as UTC, as pymongo gives it."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The reverse of `iso`, any offset accepted; the result is in UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset, for example Z")
    return moment.astimezone(UTC)


def geneva(moment: datetime) -> str:
    """Wall time at the secretariat: `2017-02-15 22:59:59 CET`."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(GENEVA).strftime("%Y-%m-%d %H:%M:%S %Z")

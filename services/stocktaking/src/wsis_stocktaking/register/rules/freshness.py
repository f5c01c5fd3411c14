"""The light of an entry: how old its last update by its organization is."""

from __future__ import annotations

from datetime import datetime, timedelta

GREEN, YELLOW, RED, UNKNOWN = "green", "yellow", "red", "unknown"
DAYS_OF_YEAR = 365.2425


def before(moment: datetime, years: float) -> datetime:
    """The moment so many years earlier."""
    return moment - timedelta(days=years * DAYS_OF_YEAR)


def light(last_updated_at: datetime | None, now: datetime, yellow_years: float, red_years: float) -> str:
    """Green until it is `yellow_years` old, yellow until it is `red_years` old, then red; unknown without a date."""
    if last_updated_at is None:
        return UNKNOWN
    if last_updated_at < before(now, red_years):
        return RED
    return YELLOW if last_updated_at < before(now, yellow_years) else GREEN

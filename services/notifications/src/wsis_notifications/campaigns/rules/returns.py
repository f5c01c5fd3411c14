"""What a batch leaves undone when it is given back. Time is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from wsis_notifications.campaigns.rules.states import RowOfReader

Rows = Iterable[RowOfReader]
Planned = Mapping[str, int]
"""The rows whose mails were to leave, each with its tries until then."""


def next_due(rows: Rows, planned: Planned, later: datetime | None, lease: timedelta, now: datetime) -> datetime | None:
    """When the batch of these rows is due again; None where nothing is left. A row that was to leave and did not is due
    at once, and those that a rate held back at `later`."""
    dues = []
    for row in rows:
        if row["state"] == "sending":  # it could not be noted: whoever takes it after the lease does that
            dues.append(now + lease)
        elif row["state"] == "queued" and row.get("due", now) > now:  # tried, and refused for now
            dues.append(row["due"])
        elif row["state"] == "queued":
            dues.append(later if later and row["_id"] not in planned else now)
    return min(dues, default=None)


def count_untried(rows: Rows, planned: Planned) -> int:
    """How many of the mails that were to leave were not tried."""
    return sum(row["attempts"] == planned.get(row["_id"]) for row in rows)

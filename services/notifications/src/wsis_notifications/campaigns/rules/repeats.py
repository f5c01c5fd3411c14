"""Who gets an issue that was sent before: once more, or since another campaign did not reach them."""

from __future__ import annotations

from wsis_notifications.campaigns.rules.states import RowOfReader


def is_wanted(row: RowOfReader, include_unknown: bool) -> bool:
    """True if a repeat of its campaign sends to the reader of this row. An officer decides on unknown outcomes."""
    is_soft = row["state"] == "bounced" and (row["reason"] or "").startswith("soft")
    return row["state"] == "failed" or is_soft or (row["state"] == "unknown" and include_unknown)


def has_mail(row: RowOfReader, include_unknown: bool) -> bool:
    """True if the mail of this row reached the reader, may have, or still may: no other campaign sends them the
    issue."""
    return row["state"] in ("queued", "sending", "sent") or (row["state"] == "unknown" and not include_unknown)

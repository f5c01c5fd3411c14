"""The states of mails."""

from __future__ import annotations

from collections import Counter

from wsis_shared.json_types import Input, JsonObject

from wsis_notifications.mails.rules.deliveries import RETRIABLE, STATES


def states(values: Input, _locale: str) -> JsonObject:
    """All of them in their order with how many mails have each, and those from which a mail may go again."""
    counts = Counter[str]()
    for row in (values["figures"] or {}).get("templates", ()):
        counts[row["state"]] += row["count"]
    return {"states": STATES, "retriable": RETRIABLE, "counts": counts}

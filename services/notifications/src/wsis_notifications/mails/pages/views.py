"""The states of mails."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject

from wsis_notifications.mails.rules.deliveries import RETRIABLE, STATES


def states(_values: Input, _locale: str) -> JsonObject:
    """All of them in their order, and those from which a mail may go again."""
    return {"states": STATES, "retriable": RETRIABLE}

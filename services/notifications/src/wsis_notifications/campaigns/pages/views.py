"""What an officer may do with a campaign, by its state."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject

from wsis_notifications.campaigns.rules.states import MOVES, STATES


def states(_values: Input, _locale: str) -> JsonObject:
    """The states of campaigns, in their order."""
    return {"states": STATES}


def moves(values: Input, _locale: str) -> JsonObject:
    """The acts that its state allows, and the one that was chosen, else the first."""
    allowed = [act for act, where in MOVES.items() if values["shown"]["state"] in where]
    chosen = values["query"].get("act")
    return {"allowed": allowed, "act": chosen if chosen in allowed else next(iter(allowed), "")}

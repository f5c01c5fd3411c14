"""What an officer may do with a campaign, by its state."""

from __future__ import annotations

import math

from wsis_shared.json_types import Input, JsonObject

from wsis_notifications.campaigns.rules.states import ENDED, MOVES, ROW_STATES, STATES

RESEND = "resend"


def states(_values: Input, _locale: str) -> JsonObject:
    """The states of campaigns, in their order."""
    return {"states": STATES}


def moves(values: Input, _locale: str) -> JsonObject:
    """The acts that its state allows, and the one that was chosen, else the first; how many minutes it takes."""
    shown, estimate = values["shown"], values["estimate"]
    allowed = [act for act, where in MOVES.items() if shown["state"] in where]
    if shown["state"] in ENDED and shown["kind"] != "test":
        allowed.append(RESEND)
    chosen = values["query"].get("act")
    return {
        "allowed": allowed,
        "act": chosen if chosen in allowed else next(iter(allowed), ""),
        "minutes": math.ceil(estimate["seconds"] / 60) if estimate else 0,
        "narrowed": [(name, codes) for name, codes in (shown.get("segment") or {}).items() if codes],
    }


def row_states(_values: Input, _locale: str) -> JsonObject:
    """The states of its mails, in their order."""
    return {"states": ROW_STATES}

"""What waits for officers, with its route."""

from __future__ import annotations

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

WAITING = (
    Waiting(
        "proposals",
        "accounts with an act that a second officer must ask for",
        "accounts:manage",
        "accounts",
        {"proposals.at": {"$exists": True}},
        "proposals.at",
        page="/desk/accounts/{id}",
    ),
)
ROUTES = (waiting_route("accounts", "accounts:read", WAITING),)

"""What waits for officers, with its route."""

from __future__ import annotations

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

WAITING = (
    Waiting(
        "pledges",
        "pledges to confirm",
        "partnerships:manage",
        "pledges",
        {"state": "pledged"},
        "pledged_at",
        page="/desk/partners/{edition}/{id}",
    ),
)
ROUTES = (waiting_route("partnerships", "partnerships:read", WAITING),)

"""What waits for officers, with its route."""

from __future__ import annotations

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

_PAGE = "/desk/partners/{edition}/{id}"
WAITING = (
    Waiting(
        "pledges",
        "pledges to confirm",
        "partnerships:manage",
        "pledges",
        {"state": "pledged"},
        "pledged_at",
        page=_PAGE,
    ),
    Waiting(
        "benefits",
        "partners who are owed a benefit of their package",
        "partnerships:manage",
        "pledges",
        {"state": {"$in": ["confirmed", "received"]}, "benefits.done": False},
        "confirmed_at",
        page=_PAGE,
    ),
    Waiting(
        "logos",
        "new logos of partners to accept",
        "partnerships:manage",
        "pledges",
        {"proposed_logo": {"$exists": True}},
        "updated_at",
        page=_PAGE,
    ),
)
ROUTES = (waiting_route("partnerships", "partnerships:read", WAITING),)

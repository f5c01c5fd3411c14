"""What waits for officers, with its route."""

from __future__ import annotations

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

WAITING = (
    Waiting(
        "reported_comments",
        "comments with open reports",
        "consultation:manage",
        "comments",
        {"report_state": "open"},
        "reported_at",
    ),
    Waiting(
        "sessions",
        "requested sessions that are neither accepted nor declined",
        "consultation:manage",
        "sessions",
        {"status": "draft"},
        "updated_at",
    ),
    Waiting(
        "candidates",
        "nominated facilitators who are not confirmed",
        "consultation:manage",
        "candidates",
        {"state": "nominated", "consent": "given"},
        "received_at",
    ),
)
ROUTES = (waiting_route("consultation", "consultation:read", WAITING),)

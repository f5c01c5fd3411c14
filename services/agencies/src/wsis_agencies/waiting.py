"""What waits for officers, with its route."""

from __future__ import annotations

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

WAITING = (
    Waiting(
        "disabled",
        "subscriptions of agencies that get nothing any more, until somebody resumes or ends them",
        "notifications:moderate",
        "event_subscriptions",
        {"state": "disabled"},
        "updated_at",
        page="/me/event-subscriptions/{id}",
    ),
)
ROUTES = (waiting_route("agencies", "notifications:moderate", WAITING),)

"""What waits for officers, with its route."""

from __future__ import annotations

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

WAITING = (
    Waiting(
        "drafts",
        "drafts of the newsletter to finish",
        "notifications:newsletter",
        "issues",
        {"state": "draft"},
        "created_at",
        page="/desk/newsletter/{id}",
    ),
    Waiting(
        "paused_campaigns",
        "campaigns that are paused",
        "notifications:newsletter",
        "campaigns",
        {"state": "paused"},
        "started_at",
        page="/desk/newsletter/campaigns/{id}",
    ),
    Waiting(
        "late_campaigns",
        "campaigns whose late start must be confirmed",
        "notifications:newsletter",
        "campaigns",
        {"state": "needs_confirmation"},
        "scheduled_at",
        page="/desk/newsletter/campaigns/{id}",
    ),
)
ROUTES = (waiting_route("notifications", "notifications:read", WAITING),)

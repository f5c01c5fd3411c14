"""What waits for officers, with its route."""

from __future__ import annotations

from datetime import timedelta

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

WAITING = (
    Waiting(
        "eligibility",
        "submitted projects without a decision on eligibility",
        "prizes:manage",
        "projects",
        {"state": "submitted", "eligibility": None},
        "submitted_at",
    ),
    Waiting(
        "clarifications_overdue",
        "questions whose date has passed without an answer",
        "prizes:manage",
        "projects",
        {"state": {"$in": ["submitted", "ineligible"]}, "clarification.answer": None},
        "clarification.until",
        after=timedelta(),
    ),
)
ROUTES = (waiting_route("prizes", "prizes:read", WAITING),)

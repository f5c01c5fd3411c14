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
        page="/desk/consultations/{edition}/comments/{discussion}/{n}",
    ),
    Waiting(
        "waiting_comments",
        "comments that wait for an approval",
        "consultation:manage",
        "waiting_comments",
        {"status": "waiting"},
        "posted_at",
        page="/desk/consultations/{edition}/waiting-comments/{discussion}/{id}",
    ),
    Waiting(
        "attachments",
        "files of contributions that are not published",
        "consultation:manage",
        "attachments",
        {"in_draft": False, "published": None, "removed": None},
        "at",
        page="/desk/consultations/{edition}/submissions/{parent}/files",
    ),
    Waiting(
        "sessions",
        "requested sessions that are neither accepted nor declined",
        "consultation:manage",
        "sessions",
        {"status": "draft"},
        "updated_at",
        page="/desk/consultations/{edition}/sessions/{id}",
    ),
    Waiting(
        "sessions_without_details",
        "accepted sessions whose organizers have not sent the details",
        "consultation:manage",
        "sessions",
        {"status": "accepted", "details_at": None},
        "updated_at",
        page="/desk/consultations/{edition}/sessions/{id}",
    ),
    Waiting(
        "candidates",
        "nominated facilitators who are not confirmed",
        "consultation:manage",
        "candidates",
        {"state": "nominated", "consent": "given"},
        "received_at",
        page="/desk/consultations/{edition}/candidates/{id}",
    ),
    Waiting(
        "portraits",
        "portraits to accept",
        "consultation:manage",
        "candidates",
        {"portrait.accepted": False},
        "portrait.at",
        page="/desk/consultations/{edition}/candidates/{id}",
    ),
)
ROUTES = (waiting_route("consultation", "consultation:read", WAITING),)

"""What waits for officers, with its route."""

from __future__ import annotations

from datetime import timedelta

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

from wsis_prizes.projects.rules import waits
from wsis_prizes.reviews.rules import OPEN

_PROJECT = "/desk/editions/{edition}/projects/{id}"
_ANNOUNCEMENT = "/desk/editions/{id}/announcement"
WAITING = (
    Waiting(
        "ties",
        "ties that the Expert Group settles before the finalists are fixed",
        "prizes:manage",
        "signed_results",
        {"open_ties": {"$gt": 0}},
        "kept_at",
        sum_of="open_ties",
        page="/desk/editions/{id}/finalists",
    ),
    Waiting(
        "champions",
        "editions with finalists, whose champions are not announced",
        "prizes:manage",
        "editions",
        {"marks.finalists_at": {"$ne": None}, "marks.champions_at": None},
        "marks.finalists_at",
        page=_ANNOUNCEMENT,
    ),
    Waiting(
        "winners",
        "editions with champions, whose winners are not released",
        "prizes:manage",
        "editions",
        {"marks.champions_at": {"$ne": None}, "marks.released_at": None},
        "marks.champions_at",
        page=_ANNOUNCEMENT,
    ),
    Waiting(
        "eligibility",
        "submitted projects without a decision on eligibility",
        "prizes:manage",
        "projects",
        waits.UNDECIDED,
        "submitted_at",
        page=_PROJECT,
    ),
    Waiting(
        "clarifications_overdue",
        "questions whose date has passed without an answer",
        "prizes:manage",
        "projects",
        waits.ASKED,
        "clarification.until",
        after=timedelta(),
        page=_PROJECT,
    ),
    Waiting(
        "jurors",
        "projects for which the last assignment found too few jurors",
        "prizes:manage",
        "projects",
        waits.LACKING_JURORS,
        "lacks_jurors_at",
        page=_PROJECT,
    ),
    Waiting(
        "reviews_late",
        "reviews that were not finished by the end of the nomination",
        "prizes:manage",
        "reviews",
        {"state": {"$in": OPEN}},
        "due_at",
        after=timedelta(),
        page="/desk/editions/{edition}/jury",
    ),
)
ROUTES = (waiting_route("prizes", "prizes:read", WAITING),)

"""What waits for officers, with its route."""

from __future__ import annotations

from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

WAITING = (
    Waiting(
        "entries",
        "submitted entries",
        "stocktaking:manage",
        "entries",
        {"draft.state": "submitted"},
        "submitted_at",
        page="/desk/entries/{id}",
    ),
    Waiting(
        "claims",
        "claims of organizations to their entries",
        "stocktaking:manage",
        "entry_claims",
        {"state": "waiting"},
        "asked_at",
        page="/desk/claims/{id}",
    ),
    Waiting(
        "duplicates",
        "pairs that are most probably one activity",
        "stocktaking:manage",
        "duplicates",
        {"state": "open", "score": {"$gte": 75}},
        "found_at",
        page="/desk/duplicates",
    ),
    Waiting(
        "matrix_proposals",
        "proposed links of the matrix",
        "stocktaking:manage",
        "matrix_proposals",
        {"state": "open"},
        "created_at",
        page="/desk/matrix/{id}",
    ),
    Waiting(
        "refused_rows",
        "imports whose refused rows no later import of their source has brought",
        "stocktaking:manage",
        "imports",
        {"uncorrected_since": {"$exists": True}},
        "uncorrected_since",
        page="/desk/imports/{id}",
    ),
    Waiting(
        "report_drafts",
        "drafts of reports to finish",
        "stocktaking:manage",
        "reports",
        {"status": "draft"},
        "built_at",
        page="/desk/reports/{id}",
    ),
)
ROUTES = (waiting_route("stocktaking", "stocktaking:read", WAITING),)

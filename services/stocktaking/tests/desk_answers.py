"""Made-up answers of the service for the pages of the desk."""

from __future__ import annotations

from .page_kit import (
    ALIKE,
    CELL,
    CLAIM,
    DIFFERENCES,
    DRAFT,
    FOUND,
    LINKS,
    OWN_CALL,
    OWN_ENTRY,
    OWN_ROW,
    PUBLIC,
    VERSION,
)

CALL = {
    **{name: OWN_CALL[name] for name in ("id", "text", "deadline")},
    "state": "draft",
    "remind_days": 7,
    "years": 2.0,
    "action_lines": ["C2"],
    "regions": ["africa"],
    "created_at": "2017-01-08T08:00:00Z",
    "sent_at": None,
    "invited": 340,
    "opened": 250,
    "updated": 90,
    "confirmed": 150,
    "answered": 210,
    "reminded": 0,
}
WAITING_CLAIM = {
    **CLAIM,
    "state": "waiting",
    "minutes": 0,
    "account": "a1",
    "message": "Call our registry:\n+51 1 555 0100",
    "proof": "officer",
    "decided_at": None,
    "version": 3,
    "claimant": {"name": "Ana Quispe", "organization": "Red Andina", "country": "PE"},
    "owned": False,
}
CALLED_OWNER = {
    "account": "a1",
    "organization": "Red Andina",
    "entries": 12,
    "opened_at": "2017-01-10T08:00:00Z",
    "updated_at": None,
    "confirmed_at": None,
    "reminded_at": None,
}

REVIEW = {
    **OWN_ENTRY,
    "state": "submitted",
    "draft": DRAFT,
    "owner": "a1",
    "differences": DIFFERENCES["items"],
    "duplicates": [ALIKE],
}
_SIDES = {
    "one": {"entry": "e1", "title": "Redes comunitarias", "organization": "Red Andina", "public": True},
    "other": {"entry": "e2", "title": "منصة التعليم", "organization": "جامعة الأمل", "public": True},
}
PROPOSAL = {
    "proposal": "p1",
    "line": "C2",
    "agency": "fao",
    "mine": True,
    "state": "open",
    "justification": "Agreed in May.",
    "base": 1,
    "created_at": "2017-05-02T08:00:00Z",
    "decision": None,
    "published_in": None,
    "changes": [{"sdg": 9, "action": "add", "before": None, "after": LINKS[0]}],
    "clashes": [],
    "outdated": [9],
}
DESK = {
    "stocktaking.list_calls": {"items": [CALL, CALL | {"id": "k2", "state": "sent"}], "next": None, "total": 2},
    "stocktaking.write_call_draft": CALL,
    "stocktaking.change_call_draft": CALL,
    "stocktaking.read_call": CALL,
    "stocktaking.list_called_owners": {"items": [CALLED_OWNER], "next": None, "total": 130},
    "stocktaking.close_call": CALL | {"state": "closed"},
    "stocktaking.list_claims": {"items": [WAITING_CLAIM], "next": None, "total": 1},
    "stocktaking.read_claim": WAITING_CLAIM,
    "stocktaking.decide_claim": WAITING_CLAIM,
    "stocktaking.list_reviews": {
        "items": [
            OWN_ROW
            | {
                "state": "submitted",
                "organization": "Red Andina",
                "stakeholder_type": "civil_society",
                "action_lines": ["C2"],
                "countries": ["PE"],
                "is_update": True,
            }
        ],
        "next": None,
    },
    "stocktaking.read_review": REVIEW,
    "stocktaking.list_editors": {"items": [], "next": None},
    "stocktaking.record_page": None,
    "stocktaking.decide_review": REVIEW,
    "stocktaking.correct_entry": REVIEW,
    "stocktaking.assign_entry": REVIEW,
    "stocktaking.search_entries": FOUND,
    "stocktaking.list_duplicates": {
        "items": [
            {
                **_SIDES,
                "score": 82,
                "likely": True,
                "state": "open",
                "found_at": "2017-05-02T08:00:00Z",
                "decided_by": None,
                "decided_at": None,
                "reason": None,
            }
        ],
        "next": None,
    },
    "stocktaking.decide_duplicate": {**_SIDES, "score": 82, "likely": True, "state": "different"},
    "stocktaking.merge_entries": REVIEW,
    "stocktaking.list_matrix_proposals": {"items": [PROPOSAL], "next": None},
    "stocktaking.read_matrix_proposal": PROPOSAL,
    "stocktaking.decide_matrix_proposal": PROPOSAL,
    "stocktaking.propose_matrix_changes": PROPOSAL,
    "stocktaking.withdraw_matrix_proposal": PROPOSAL,
    "stocktaking.read_matrix_link": CELL,
    "stocktaking.list_matrix_comments": {
        "items": [{"comment": "c1", "agency": None, "at": "2017-05-03T08:00:00Z", "text": "We agree."}],
        "next": None,
    },
    "stocktaking.comment_matrix_proposal": {},
    "stocktaking.publish_matrix": {**VERSION, "links": LINKS},
    "stocktaking.list_matrix_versions": PUBLIC["stocktaking.list_matrix_versions"],
}
DESK_PATHS = (
    "/desk/entries?done=yes",
    "/desk/entries/e1",
    "/desk/entries/search?q=redes",
    "/desk/entries/e1/correction",
    "/desk/entries/e1/owner?q=ana",
    "/desk/duplicates?done=yes",
    "/desk/duplicates/e1/e2",
    "/desk/duplicates/e1/e2/merge",
    "/desk/matrix?done=yes",
    "/desk/matrix/p1",
    "/desk/matrix/new",
    "/desk/matrix/new?line=C2&goal=9",
    "/desk/claims?done=yes",
    "/desk/claims/c1",
    "/desk/calls",
    "/desk/calls/new",
    "/desk/calls/k1?done=saved",
)

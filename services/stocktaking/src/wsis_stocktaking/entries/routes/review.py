"""Review by officers."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.schemas import PageQuery

from wsis_stocktaking.entries.schemas import review

_ENTRY = "/v1/entries/{entry}"
_REVIEW = "/v1/entry-reviews/{entry}"
_UNKNOWN = ("stocktaking.entry_unknown",)
_STATE = (*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.entry_not_public")
READ, MANAGE = "stocktaking:read", "stocktaking:manage"

ROUTES = (
    Route(
        "GET",
        "/v1/entry-reviews",
        handler="list_reviews",
        summary="Entries that wait for review",
        query=review.ReviewQuery,
        response=review.ReviewPage,
        permission=READ,
        export="entry-reviews",
        description="The longest wait first.",
    ),
    Route(
        "GET",
        _REVIEW,
        handler="read_review",
        summary="An entry with its draft, what it changes, and duplicates",
        response=review.ReviewWithDuplicates,
        permission=READ,
        error_codes=_UNKNOWN,
        description="Any entry, public or not. A link outside the WSIS-SDG Matrix is flagged, never refused.",
    ),
    Route(
        "GET",
        f"{_REVIEW}/revisions",
        handler="list_revision_authors",
        summary="Revisions of an entry with authors",
        query=PageQuery,
        response=review.RevisionWithAuthorPage,
        permission=READ,
        error_codes=_UNKNOWN,
        export="entry-revisions",
    ),
    Route(
        "PUT",
        f"{_REVIEW}/decision",
        handler="decide_review",
        summary="Approve, return or withdraw an entry",
        body=review.DecisionBody,
        response=review.Review,
        permission=MANAGE,
        error_codes=(*_STATE, "stocktaking.not_submitted"),
        description="The owner gets a mail. With another content, approval makes a revision of the officer.",
    ),
    Route(
        "POST",
        f"{_ENTRY}/merge",
        handler="merge_entries",
        summary="Merge an entry into another one",
        body=review.MergeBody,
        response=review.Review,
        permission=MANAGE,
        error_codes=(*_STATE, "stocktaking.entry_merged", "stocktaking.same_entry", "stocktaking.not_submitted"),
        description="Both are the same activity. The id of the merged entry leads to the survivor, which keeps its "
        "owner and contact, or takes those of the merged one. A contact does not go to somebody else who owns the "
        "survivor.",
    ),
    Route(
        "PUT",
        f"{_ENTRY}/content",
        handler="correct_entry",
        summary="Correct what is public of an entry",
        body=review.CorrectionBody,
        response=review.Review,
        permission=MANAGE,
        error_codes=_STATE,
        description="A revision of the officer; its age stays that of the last update by the organization.",
    ),
    Route(
        "PUT",
        f"{_ENTRY}/owner",
        handler="assign_entry",
        summary="Give an entry to an account",
        body=review.OwnerBody,
        response=review.Review,
        permission=MANAGE,
        error_codes=(*_UNKNOWN, "stocktaking.entry_changed", "stocktaking.account_unknown"),
        description="For example an imported one to its organization. The account gets a mail.",
    ),
)

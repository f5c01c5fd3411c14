"""What jurors do, and the view under embargo."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_prizes.schemas import jury as schemas

_UNKNOWN = "prizes.review_unknown"

JURY = (
    Route(
        "GET",
        "/v1/me/reviews",
        handler="list_my_reviews",
        summary="Projects that are mine to review",
        permission="prizes:review",
        query=schemas.ReviewQuery,
        response=schemas.ReviewPage,
        export="reviews",
    ),
    Route(
        "PUT",
        "/v1/projects/{project}/review",
        handler="save_review",
        summary="Save my review as I go",
        permission="prizes:review",
        body=schemas.ReviewBody,
        response=schemas.Review,
        error_codes=(
            _UNKNOWN,
            "prizes.criterion_unknown",
            "prizes.review_incomplete",
            "prizes.conflict_declared",
            "prizes.reviews_closed",
        ),
    ),
    Route(
        "POST",
        "/v1/projects/{project}/conflict",
        handler="declare_conflict",
        summary="Declare a conflict of interest",
        permission="prizes:review",
        body=schemas.ConflictDeclaration,
        response=schemas.ConflictTaken,
        error_codes=(_UNKNOWN, "prizes.conflict_declared", "prizes.reviews_closed"),
        description="Another juror gets the project, if there is one.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/finalists",
        handler="read_finalists",
        summary="Finalists with votes and decisions (under embargo, every look is logged)",
        permission="prizes:embargo",
        query=schemas.FinalistsQuery,
        response=schemas.Finalists,
        error_codes=("prizes.edition_unknown", "prizes.finalists_not_fixed", "prizes.not_of_this_edition"),
    ),
    Route(
        "PUT",
        "/v1/editions/{edition}/categories/{category}/winner",
        handler="choose_winner",
        summary="Choose one winner of a category, or none",
        permission="prizes:choose",
        body=schemas.WinnerChoice,
        response=schemas.Decided,
        error_codes=(
            "prizes.edition_unknown",
            "prizes.finalists_not_fixed",
            "prizes.not_a_finalist",
            "prizes.interested",
            "prizes.winners_released",
            "prizes.not_of_this_edition",
            "prizes.change_needs_reason",
        ),
        description="It may be changed until the release, with a `change_reason`; the other jurors of the category are "
        "told.",
    ),
)

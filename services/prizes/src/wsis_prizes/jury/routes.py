"""Routes of the Expert Group and its reviews."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_prizes.jury import schemas
from wsis_prizes.projects import schemas as projects

_UNKNOWN = "prizes.review_unknown"
_NO_EDITION = "prizes.edition_unknown"
ROUTES = (
    Route(
        "POST",
        "/v1/editions/{edition}/assignments",
        handler="assign_reviews",
        summary="Assign projects to jurors",
        permission="prizes:manage",
        body=schemas.AssignmentOrder,
        response=schemas.Assignment,
        limit="heavy",
        error_codes=(_NO_EDITION, "prizes.not_jurors", "prizes.no_jurors", "prizes.reviews_closed"),
        description="To the jurors of the edition; `jurors` names them for it. "
        "By action line, never to a juror of the same country or organization, the least loaded first. "
        "What is assigned stays; repeat it to fill what is missing.",
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/assignments/preview",
        handler="preview_assignment",
        summary="What an assignment would do",
        permission="prizes:manage",
        body=schemas.AssignmentOrder,
        response=schemas.AssignmentPreview,
        limit="heavy",
        error_codes=(_NO_EDITION, "prizes.not_jurors", "prizes.no_jurors", "prizes.reviews_closed"),
        description="How many reviews, for whom, and which projects would still lack jurors. Changes nothing.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/jurors",
        handler="list_jurors",
        summary="The Expert Group of an edition",
        permission="prizes:read",
        query=schemas.JurorsQuery,
        response=schemas.JurorList,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "PUT",
        "/v1/editions/{edition}/jurors/{account}",
        handler="set_expertise",
        summary="Name a juror for an edition, with the lines",
        permission="prizes:manage",
        body=schemas.Expertise,
        response=schemas.Juror,
        error_codes=(_NO_EDITION, "prizes.not_jurors"),
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/jurors/{account}/removal",
        handler="take_out_juror",
        summary="Take a juror out of an edition",
        permission="prizes:manage",
        body=projects.Reason,
        response=schemas.TakenOut,
        error_codes=(_NO_EDITION, "prizes.not_jurors"),
        description="Their unfinished reviews are given back, for the next assignment; finished ones count and change "
        "no more. They choose no winner. Naming them again undoes it.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/review-progress",
        handler="read_review_progress",
        summary="How far the reviews are",
        permission="prizes:read",
        response=schemas.ReviewProgress,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/reviews",
        handler="list_reviews",
        summary="Reviews of all jurors",
        permission="prizes:read",
        query=schemas.ReviewsQuery,
        response=schemas.JurorsReviewPage,
        export="reviews",
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/review-reminders",
        handler="remind_jurors",
        summary="Remind jurors of unfinished reviews",
        permission="prizes:manage",
        response=schemas.Reminded,
        error_codes=(_NO_EDITION, "prizes.reviews_closed"),
    ),
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
        "GET",
        "/v1/projects/{project}/review",
        handler="read_review",
        summary="My review of a project",
        permission="prizes:review",
        response=schemas.OwnReview,
        error_codes=(_UNKNOWN, "prizes.conflict_declared"),
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
            "prizes.not_of_this_edition",
            "prizes.own_project",
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
        error_codes=(
            _UNKNOWN,
            "prizes.conflict_declared",
            "prizes.not_of_this_edition",
            "prizes.reviews_closed",
        ),
        description="Another juror gets the project, if there is one.",
    ),
)

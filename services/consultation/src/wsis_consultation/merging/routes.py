"""Routes of similar submissions and their merge."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.merging import schemas
from wsis_consultation.submissions.schemas.drafts import Key

_SUBMISSION = "/v1/consultations/{edition}/submissions/{submission}"
_DRAFT = "/v1/consultations/{edition}/drafts/{draft}"
_OF_DRAFT = "Of public contributions and those of the own address alone: whether there are others, it does not say."
_DRAFT_CODES = ("consultation.draft_unknown", "consultation.submitted_already")

ROUTES = (
    Route(
        "GET",
        f"{_SUBMISSION}/similar",
        handler="list_similar_submissions",
        summary="Submissions that look like the same",
        description="By titles, words, organization and country; only those that stand.",
        permission="consultation:manage",
        response=schemas.SimilarList,
        error_codes=("consultation.submission_unknown",),
    ),
    Route(
        "GET",
        f"{_DRAFT}/similar",
        handler="list_similar_of_draft",
        summary="Contributions that look like my draft",
        description=_OF_DRAFT,
        permission="consultation:take_part",
        response=schemas.KnownSimilarList,
        error_codes=_DRAFT_CODES,
    ),
    Route(
        "POST",
        f"{_DRAFT}/similar",
        handler="find_similar_of_draft",
        summary="Contributions that look like a draft, with the key of its link",
        description=_OF_DRAFT,
        permission=PUBLIC,
        body=Key,
        response=schemas.KnownSimilarList,
        error_codes=_DRAFT_CODES,
    ),
    Route(
        "POST",
        f"{_SUBMISSION}/merger",
        handler="merge_submission",
        summary="Merge a submission into another one",
        description="It is counted, listed and printed no more, and can no longer be amended; nothing of it is "
        "deleted, and its endorsements count for the other one. Its author is mailed. `POST .../separation` undoes it.",
        permission="consultation:manage",
        body=schemas.MergerBody,
        response=schemas.Merger,
        error_codes=(
            "consultation.submission_unknown",
            "consultation.submission_withdrawn",
            "consultation.submission_merged",
            "consultation.merge_target_invalid",
        ),
    ),
    Route(
        "POST",
        f"{_SUBMISSION}/separation",
        handler="separate_submission",
        summary="Undo the merge of a submission",
        description="It stands again, with its own endorsements. Its author is mailed.",
        permission="consultation:manage",
        body=schemas.SeparationBody,
        response=schemas.Merger,
        error_codes=("consultation.submission_unknown", "consultation.not_merged"),
    ),
)

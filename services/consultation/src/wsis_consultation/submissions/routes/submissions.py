"""Routes of submissions."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_consultation.submissions.schemas import drafts, submissions

_SUBMISSIONS = "/v1/consultations/{edition}/submissions"
_SUBMISSION = f"{_SUBMISSIONS}/{{submission}}"
_WINDOW = ("consultation.submissions_closed", "consultation.submissions_not_open")
_UNKNOWN = ("consultation.submission_unknown",)

ROUTES = (
    Route(
        "POST",
        _SUBMISSIONS,
        handler="submit",
        summary="Submit",
        permission=PUBLIC,
        body=submissions.NewSubmission,
        response=submissions.Receipt,
        status=201,
        error_codes=(
            "consultation.edition_unknown",
            "consultation.answers_invalid",
            "consultation.link_needed",
            "consultation.draft_unknown",
            "consultation.too_many_submissions",
            *_WINDOW,
        ),
        description="Members submit a whole form or a draft; others a draft with the key of its link. The receipt, "
        "with a copy of all answers, is mailed in the language of the submission. A repeat gives the same receipt.",
    ),
    Route(
        "GET",
        _SUBMISSION,
        handler="read_submission",
        summary="A submission",
        permission="consultation:take_part",
        query=submissions.VersionQuery,
        response=submissions.Submission,
        error_codes=("consultation.version_unknown", *_UNKNOWN),
        description="One's own; any for the secretariat.",
    ),
    Route(
        "POST",
        f"{_SUBMISSION}/reading",
        handler="open_submission",
        summary="Read a submission with the key of its link",
        permission=PUBLIC,
        body=submissions.VersionRequest,
        response=submissions.Submission,
        error_codes=("consultation.version_unknown", *_UNKNOWN),
    ),
    Route(
        "GET",
        f"{_SUBMISSION}/difference",
        handler="read_submission_difference",
        summary="What differs between two versions",
        permission="consultation:take_part",
        query=submissions.DifferenceQuery,
        response=submissions.Difference,
        error_codes=("consultation.version_unknown", *_UNKNOWN),
    ),
    Route(
        "POST",
        f"{_SUBMISSION}/difference",
        handler="open_submission_difference",
        summary="What differs between two versions, with the key of its link",
        description="Over the API alone: the page of a mailed link shows the last version.",
        permission=PUBLIC,
        body=submissions.DifferenceRequest,
        response=submissions.Difference,
        error_codes=("consultation.version_unknown", *_UNKNOWN),
    ),
    Route(
        "PUT",
        _SUBMISSION,
        handler="amend_submission",
        summary="Amend a submission",
        permission=PUBLIC,
        body=submissions.Amendment,
        response=submissions.Receipt,
        error_codes=(
            "consultation.answers_invalid",
            "consultation.submission_withdrawn",
            "consultation.submission_merged",
            "consultation.version_changed",
            *_UNKNOWN,
            *_WINDOW,
        ),
        description="Until the deadline. Each version is kept; number and time of receipt stay.",
    ),
    Route(
        "POST",
        f"{_SUBMISSION}/withdrawal",
        handler="withdraw_submission",
        summary="Withdraw a submission",
        permission=PUBLIC,
        body=submissions.Withdrawal,
        response=submissions.Receipt,
        error_codes=("consultation.submission_merged", *_UNKNOWN, *_WINDOW),
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/late-submissions",
        handler="allow_late_submission",
        summary="Let somebody submit after the deadline",
        permission="consultation:manage",
        body=drafts.LateSubmission,
        response=drafts.Override,
        status=201,
        error_codes=("consultation.edition_unknown", "consultation.override_expired"),
        description="A draft of this address, the one saved last or a new one, can be submitted once until "
        "`expires_at`. Its link is mailed; the reason is audited and stands with the submission.",
    ),
    Route(
        "PUT",
        f"{_SUBMISSION}/override",
        handler="allow_late_amendment",
        summary="Let a submission be amended after the deadline",
        permission="consultation:manage",
        body=drafts.LateAmendment,
        response=drafts.Override,
        error_codes=(
            "consultation.override_expired",
            "consultation.submission_withdrawn",
            "consultation.submission_merged",
            *_UNKNOWN,
        ),
        description="Once, until `expires_at`. The link is mailed to its owner; the reason is audited.",
    ),
    Route(
        "GET",
        "/v1/me/submissions",
        handler="list_my_submissions",
        summary="My submissions",
        permission="consultation:take_part",
        query=PageQuery,
        response=submissions.OwnSubmissionPage,
    ),
)

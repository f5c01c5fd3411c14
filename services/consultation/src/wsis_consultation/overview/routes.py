"""Routes of overview: what officers see of all submissions: lists, counts, coverage."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_consultation.overview import schemas

_UNKNOWN = "consultation.edition_unknown"
_AGENCIES = "An agency reads the submissions that name an action line which it facilitates; officers read all."

ROUTES = (
    Route(
        "GET",
        "/v1/consultations/{edition}/submissions",
        handler="list_submissions",
        summary="Submissions that came in",
        description=_AGENCIES,
        permission="consultation:read_index",
        query=schemas.SubmissionsQuery,
        response=schemas.SubmissionPage,
        export="submissions",
        export_labels="wsis_consultation.index.exports:LABELS",
        error_codes=(_UNKNOWN, "consultation.period_inverted"),
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/submissions/counts",
        handler="count_submissions",
        summary="Counts of submissions",
        description=f"By stakeholder type, region, action line, SDG and more, of the same filters. {_AGENCIES}",
        permission="consultation:read_index",
        query=schemas.Filters,
        response=schemas.Counts,
        error_codes=(_UNKNOWN, "consultation.period_inverted"),
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/submissions/{submission}/input",
        handler="read_input",
        summary="What a submission says",
        description=f"Without the submitter's contact. {_AGENCIES}",
        permission="consultation:read_index",
        response=schemas.Input,
        error_codes=("consultation.submission_unknown",),
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/submissions/contacts",
        handler="list_contacts",
        summary="Whom to write to about each submission",
        description="Personal data, for the secretariat alone; without the withdrawn ones. Each page and export is "
        "audited.",
        permission="consultation:manage",
        query=PageQuery,
        response=schemas.ContactPage,
        export="submission-contacts",
        error_codes=(_UNKNOWN,),
        personal=True,
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/coverage",
        handler="read_coverage",
        summary="What is unheard so far",
        description="Action lines, SDGs, regions and stakeholder types that no submission names; how many from each "
        "region name each action line.",
        response=schemas.Coverage,
        permission=PUBLIC,
        cache=60,
        invalidated_by=(
            "consultation.submission_received",
            "consultation.submission_amended",
            "consultation.submission_withdrawn",
            "consultation.submission_merged",
            "consultation.submission_separated",
            "consultation.edition_removed",
        ),
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/coverage/details",
        handler="list_coverage",
        summary="What is unheard so far, in detail",
        description="Each code with the stakeholder types and regions from which nobody has named it.",
        permission="consultation:read",
        query=PageQuery,
        response=schemas.CoveragePage,
        export="coverage",
        export_labels="wsis_consultation.index.exports:COVERAGE",
        error_codes=(_UNKNOWN,),
    ),
)

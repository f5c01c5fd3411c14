"""Routes of past winners, clarification and eligibility."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_prizes.eligibility import schemas
from wsis_prizes.projects import schemas as projects

_UNKNOWN = "prizes.project_unknown"
_NO_EDITION = "prizes.edition_unknown"
ROUTES = (
    Route(
        "GET",
        "/v1/editions/{edition}/past-winners",
        handler="list_past_winners",
        summary="Winners of earlier editions",
        permission=PUBLIC,
        query=PageQuery,
        response=schemas.PastWinnerPage,
        cache=60,
        invalidated_by=("prizes.edition_changed", "prizes.winners_announced", "prizes.project_disqualified"),
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/past-winners",
        handler="import_past_winners",
        summary="Import winners of earlier editions",
        permission="prizes:manage",
        body=schemas.PastWinnerImport,
        response=schemas.Imported,
        status=201,
        error_codes=(_NO_EDITION,),
        limit="heavy",
    ),
    Route(
        "GET",
        "/v1/projects/{project}/eligibility",
        handler="read_eligibility",
        summary="Evidence against a project",
        permission="prizes:read",
        response=schemas.Eligibility,
        error_codes=(_UNKNOWN,),
        description="Past winners, duplicates, what is missing, links outside the matrix: people decide.",
    ),
    Route(
        "PUT",
        "/v1/projects/{project}/eligibility",
        handler="decide_eligibility",
        summary="Rule a project in or out",
        permission="prizes:manage",
        body=schemas.EligibilityDecision,
        response=schemas.Eligibility,
        error_codes=(
            _UNKNOWN,
            "prizes.wrong_state",
            "prizes.nominees_published",
            "prizes.project_exists",
            "prizes.project_twice",
            "prizes.interested",
        ),
        description="With the reason. It can be changed until the nominees are published. Not by an officer who, or "
        "whose organization, has a project in the category.",
    ),
    Route(
        "POST",
        "/v1/projects/{project}/clarification-request",
        handler="request_clarification",
        summary="Ask the submitter, once",
        permission="prizes:manage",
        body=schemas.ClarificationQuestion,
        response=projects.Project,
        status=201,
        error_codes=(_UNKNOWN, "prizes.clarification_once", "prizes.date_passed", "prizes.wrong_state"),
    ),
    Route(
        "POST",
        "/v1/projects/{project}/clarification",
        handler="answer_clarification",
        summary="Answer the secretariat's question",
        permission="prizes:submit",
        body=schemas.ClarificationAnswer,
        response=projects.Project,
        error_codes=(_UNKNOWN, "prizes.no_clarification_open"),
    ),
)

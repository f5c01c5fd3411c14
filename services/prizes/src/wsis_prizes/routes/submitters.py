"""What submitters do."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.schemas import PageQuery

from wsis_prizes.schemas import projects as schemas

_UNKNOWN = "prizes.project_unknown"
_CLOSED = ("prizes.submission_closed", "prizes.submission_not_open")
_TWICE = ("prizes.project_exists", "prizes.project_twice", "prizes.project_of_another")

SUBMITTERS = (
    Route(
        "POST",
        "/v1/editions/{edition}/projects",
        handler="create_project",
        summary="Draft or submit a project",
        permission="prizes:submit",
        body=schemas.NewProject,
        response=schemas.Project,
        status=201,
        error_codes=(
            "prizes.edition_unknown",
            "prizes.project_incomplete",
            "prizes.category_unknown",
            "prizes.too_many_drafts",
            *_CLOSED,
            *_TWICE,
        ),
        description="With `submit` the form must be complete; the answer holds the numbered receipt.",
    ),
    Route(
        "GET",
        "/v1/me/projects",
        handler="list_my_projects",
        summary="My projects, drafts too",
        permission="prizes:submit",
        query=PageQuery,
        response=schemas.ProjectPage,
    ),
    Route(
        "GET",
        "/v1/projects/{project}",
        handler="read_project",
        summary="A project",
        permission="prizes:submit",
        response=schemas.Project,
        error_codes=(_UNKNOWN,),
        description="For its submitter, the secretariat and, without contact, the jurors who review it.",
    ),
    Route(
        "PATCH",
        "/v1/projects/{project}",
        handler="change_project",
        summary="Edit my project until the deadline",
        permission="prizes:submit",
        body=schemas.ProjectPatch,
        response=schemas.Project,
        error_codes=(
            _UNKNOWN,
            "prizes.project_incomplete",
            "prizes.wrong_state",
            "prizes.nominee_fixed",
            *_CLOSED,
            *_TWICE,
        ),
    ),
    Route(
        "POST",
        "/v1/projects/{project}/submission",
        handler="submit_project",
        summary="Submit my draft",
        permission="prizes:submit",
        response=schemas.Receipt,
        error_codes=(
            _UNKNOWN,
            "prizes.project_incomplete",
            "prizes.wrong_state",
            "prizes.nominee_fixed",
            *_CLOSED,
            *_TWICE,
        ),
    ),
    Route(
        "POST",
        "/v1/projects/{project}/withdrawal",
        handler="withdraw_project",
        summary="Withdraw my project until voting opens",
        permission="prizes:submit",
        body=schemas.Reason,
        response=schemas.Project,
        error_codes=(_UNKNOWN, "prizes.voting_has_begun", "prizes.wrong_state"),
        description="Its category is free again for another project.",
    ),
    Route(
        "POST",
        "/v1/projects/{project}/clarification",
        handler="answer_clarification",
        summary="Answer the secretariat's question",
        permission="prizes:submit",
        body=schemas.ClarificationAnswer,
        response=schemas.Project,
        error_codes=(_UNKNOWN, "prizes.no_clarification_open"),
    ),
)

"""Routes of finalists, and the view under embargo."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.schemas import PageQuery

from wsis_prizes.finalists import schemas
from wsis_prizes.projects import schemas as projects

_NO_EDITION = "prizes.edition_unknown"
ROUTES = (
    Route(
        "POST",
        "/v1/editions/{edition}/finalists",
        handler="fix_finalists",
        summary="Fix the finalists from the certified tally",
        permission="prizes:manage",
        body=schemas.FinalistsOrder,
        response=schemas.FinalistsFixed,
        limit="heavy",
        error_codes=(
            _NO_EDITION,
            "prizes.tally_not_certified",
            "prizes.tie_unsettled",
            "prizes.not_of_the_tie",
            "prizes.finalists_fixed",
            "prizes.no_list",
            "prizes.interested",
        ),
        description="They are those of the signed result of voting. A tie that it leaves open is settled here.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/finalists/preview",
        handler="preview_finalists",
        summary="The finalists as they would be fixed, with the ties to settle (under embargo, every look is logged)",
        permission="prizes:manage",
        response=schemas.FinalistsPreview,
        error_codes=(_NO_EDITION, "prizes.tally_not_certified", "prizes.finalists_fixed", "prizes.no_list"),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/finalists",
        handler="read_finalists",
        summary="Finalists with votes and decisions (under embargo, every look is logged)",
        permission="prizes:embargo",
        query=schemas.FinalistsQuery,
        response=schemas.Finalists,
        error_codes=(_NO_EDITION, "prizes.finalists_not_fixed", "prizes.not_of_this_edition"),
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
            _NO_EDITION,
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
    Route(
        "GET",
        "/v1/editions/{edition}/embargo/looks",
        handler="list_looks",
        summary="Who looked at what is under embargo",
        permission="prizes:read",
        query=PageQuery,
        response=schemas.LookPage,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST",
        "/v1/projects/{project}/disqualification",
        handler="disqualify_project",
        summary="Disqualify a nominee",
        permission="prizes:manage",
        body=projects.Reason,
        response=projects.Project,
        error_codes=("prizes.project_unknown", "prizes.wrong_state", "prizes.interested"),
        description="The next by votes becomes a finalist. Where the project was one, the decision of its category is "
        "void. Not by an officer who, or whose organization, has a project in the category.",
    ),
)

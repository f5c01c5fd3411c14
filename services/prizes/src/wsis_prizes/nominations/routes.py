"""Routes of the list of nominees."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route

from wsis_prizes.editions.routes import CHANGES, SECONDS
from wsis_prizes.nominations import schemas
from wsis_prizes.projects.schemas import ImageQuery

_NO_EDITION = "prizes.edition_unknown"
_STALE = ("prizes.nominees_published", "prizes.project_disqualified", "prizes.project_withdrawn")
_FIX = (
    _NO_EDITION,
    "prizes.not_of_the_list",
    "prizes.over_the_cap",
    "prizes.nominees_published",
    "prizes.interested",
)
JOBS = (
    JobKind(
        "publish_list",
        "Publishes the nominees",
        permission="prizes:manage",
        result=schemas.NominationList,
        cancellable=False,
    ),
)
ROUTES = (
    Route(
        "PUT",
        "/v1/editions/{edition}/nominations",
        handler="fix_nominations",
        summary="Fix the list of nominees",
        permission="prizes:manage",
        body=schemas.Nominations,
        response=schemas.NominationList,
        limit="heavy",
        error_codes=_FIX,
        description="By name, or by mean score with `count` or `threshold`. Everyone left out gets a reason. Not by an "
        "officer who, or whose organization, has a project in the edition.",
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/nominations/preview",
        handler="preview_nominations",
        summary="The list that the same request would fix",
        permission="prizes:manage",
        body=schemas.Nominations,
        response=schemas.NominationDraft,
        limit="heavy",
        error_codes=_FIX,
        description="With its difference from the list as it is. Changes nothing.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/nominations",
        handler="read_nominations",
        summary="The list of nominees as officers see it",
        permission="prizes:read",
        response=schemas.NominationDraft,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/nominations/{category}",
        handler="read_ranking",
        summary="The projects of a category by mean score",
        permission="prizes:read",
        response=schemas.Ranking,
        error_codes=(_NO_EDITION, "prizes.category_unknown"),
    ),
    Route(
        "PUT",
        "/v1/editions/{edition}/nominations/{category}",
        handler="fix_category",
        summary="Fix the nominees of a category",
        permission="prizes:manage",
        body=schemas.CategoryNominations,
        response=schemas.NominationDraft,
        error_codes=(*_FIX, "prizes.category_unknown"),
        description="By name. Other categories stay as they are in the list. Those left out get the standard reason.",
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/nominations/publication",
        handler="publish_nominees",
        summary="Publish the nominees",
        permission="prizes:manage",
        response=schemas.NominationList,
        limit="heavy",
        mode=Mode.JOB,
        error_codes=(
            _NO_EDITION,
            "prizes.no_list",
            "prizes.list_incomplete",
            "prizes.submission_open",
            "prizes.voting_end_passed",
            "prizes.nominees_published",
        ),
        description="Once every project that could be nominated is in the list or left out of it.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/categories",
        handler="list_categories",
        summary="Categories of an edition",
        permission=PUBLIC,
        response=schemas.CategoryList,
        cache=SECONDS,
        invalidated_by=(*CHANGES, *_STALE[1:]),
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/nominees",
        handler="list_nominees",
        summary="Nominees in one of 64 fixed orders",
        permission=PUBLIC,
        query=schemas.NomineeQuery,
        response=schemas.NomineePage,
        cache=60,
        invalidated_by=_STALE,
        error_codes=(_NO_EDITION, "prizes.nominees_not_published", "prizes.list_changed"),
        description="A voter's own `order` is in the ballot: random, and the same at each visit.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/nominees/{project}",
        handler="read_nominee",
        summary="A nominee's own page",
        permission=PUBLIC,
        response=schemas.NomineeFull,
        cache=60,
        invalidated_by=_STALE,
        error_codes=(_NO_EDITION, "prizes.nominees_not_published", "prizes.project_unknown"),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/nominees/{project}/image",
        handler="read_nominee_image",
        summary="The image of a nominee",
        permission=PUBLIC,
        query=ImageQuery,
        download=True,
        media="image/jpeg",
        error_codes=(_NO_EDITION, "prizes.nominees_not_published", "prizes.project_unknown", "prizes.no_image"),
    ),
)

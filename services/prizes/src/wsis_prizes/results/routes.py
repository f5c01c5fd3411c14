"""Routes of champions and winners."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_prizes.projects import schemas as projects
from wsis_prizes.results import schemas

_NO_EDITION = "prizes.edition_unknown"
_ANNOUNCED = ("prizes.champions_announced", "prizes.winners_announced", "prizes.project_disqualified")
ROUTES = (
    Route(
        "GET",
        "/v1/editions/{edition}/announcements",
        handler="read_announcements",
        summary="Where the announcements of champions and winners stand, and whom they mail",
        permission="prizes:manage",
        response=schemas.Announcements,
        error_codes=(_NO_EDITION,),
        description="Nothing under embargo is in it.",
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/champions/announcement",
        handler="announce_champions",
        summary="Announce the champions",
        permission="prizes:manage",
        response=schemas.Announced,
        limit="heavy",
        error_codes=(
            _NO_EDITION,
            "prizes.finalists_not_fixed",
            "prizes.champions_announced",
            "prizes.tally_not_certified",
            "prizes.champions_differ",
        ),
        description="Refused where they are not those of the signed result and of the rulings since.",
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/winners/release",
        handler="release_winners",
        summary="Release the winners",
        permission="prizes:manage",
        body=projects.Reason,
        response=schemas.Announced,
        limit="heavy",
        error_codes=(
            _NO_EDITION,
            "prizes.before_the_ceremony",
            "prizes.champions_first",
            "prizes.categories_undecided",
            "prizes.winners_released",
        ),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/champions",
        handler="list_champions",
        summary="Champions, once announced",
        permission=PUBLIC,
        query=schemas.ChampionQuery,
        response=schemas.ChampionPage,
        cache=60,
        invalidated_by=_ANNOUNCED,
        error_codes=(_NO_EDITION, "prizes.champions_not_announced"),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/winners",
        handler="list_winners",
        summary="Winners, once released",
        permission=PUBLIC,
        query=schemas.ChampionQuery,
        response=schemas.WinnerPage,
        cache=60,
        invalidated_by=_ANNOUNCED,
        error_codes=(_NO_EDITION, "prizes.winners_not_released"),
    ),
    Route(
        "GET",
        "/v1/winners",
        handler="find_winners",
        summary="Winners of all editions, the newest first",
        permission=PUBLIC,
        query=schemas.AnyWinnerQuery,
        response=schemas.AnyWinnerPage,
        cache=60,
        invalidated_by=("prizes.edition_changed", "prizes.winners_announced", "prizes.project_disqualified"),
        description="Those of editions that were held elsewhere, too, once officers have imported them.",
    ),
)

"""Routes of editions."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_prizes.editions import schemas

_UNKNOWN = "prizes.edition_unknown"
# The current phases follow from the time, so no response is cached for longer than a minute.
SECONDS = 60
_STEPS = ("prizes.nominees_published", "prizes.champions_announced", "prizes.winners_announced")
CHANGES = ("prizes.edition_changed", "prizes.phase_changed", *_STEPS)
ROUTES = (
    Route(
        "GET",
        "/v1/editions",
        handler="list_editions",
        summary="All editions",
        permission=PUBLIC,
        response=schemas.EditionList,
        cache=SECONDS,
        invalidated_by=CHANGES,
    ),
    Route(
        "GET",
        "/v1/editions/{edition}",
        handler="read_edition",
        summary="An edition with its phases",
        permission=PUBLIC,
        response=schemas.Edition,
        cache=SECONDS,
        invalidated_by=CHANGES,
        error_codes=(_UNKNOWN,),
        description="Dates in UTC and in Geneva's wall time. What arrives at the very end of a phase is late.",
    ),
    Route(
        "POST",
        "/v1/editions",
        handler="open_edition",
        summary="Open an edition with the settings of another",
        permission="prizes:manage",
        body=schemas.NewEdition,
        response=schemas.Edition,
        status=201,
        error_codes=("prizes.edition_exists", _UNKNOWN),
        description="The phases keep their wall dates; move them with PUT .../phases/{phase}.",
    ),
    Route(
        "PATCH",
        "/v1/editions/{edition}",
        handler="change_settings",
        summary="Change settings of an edition",
        permission="prizes:manage",
        body=schemas.SettingsPatch,
        response=schemas.Edition,
        error_codes=(_UNKNOWN, "prizes.settings_fixed", "prizes.nothing_to_change", "prizes.changed_meanwhile"),
        description="What is not named stays. A setting that later steps rest on can no longer change after them; the "
        "rules of the vote are fixed once it opens.",
    ),
)

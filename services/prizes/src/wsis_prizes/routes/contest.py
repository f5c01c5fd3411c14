"""Editions, phases, the form: read by everybody, changed by officers."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_prizes.schemas import editions as schemas

_UNKNOWN = "prizes.edition_unknown"
# The current phases follow from the time, so no response is cached for longer than a minute.
_SECONDS = 60
_STEPS = ("prizes.nominees_published", "prizes.champions_announced", "prizes.winners_announced")
_CHANGES = ("prizes.edition_changed", "prizes.phase_changed", *_STEPS)
_NOMINEES = (*_CHANGES, "prizes.project_disqualified", "prizes.project_withdrawn")

CONTEST = (
    Route(
        "GET",
        "/v1/editions",
        handler="list_editions",
        summary="All editions",
        permission=PUBLIC,
        response=schemas.EditionList,
        cache=_SECONDS,
        invalidated_by=_CHANGES,
    ),
    Route(
        "GET",
        "/v1/editions/{edition}",
        handler="read_edition",
        summary="An edition with its phases",
        permission=PUBLIC,
        response=schemas.Edition,
        cache=_SECONDS,
        invalidated_by=_CHANGES,
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
        error_codes=(_UNKNOWN, "prizes.settings_fixed", "prizes.nothing_to_change"),
        description="What is not named stays. A setting that later steps rest on can no longer change after them; the "
        "rules of the vote are fixed once it opens.",
    ),
    Route(
        "PUT",
        "/v1/editions/{edition}/phases/{phase}",
        handler="move_phase",
        summary="Move a phase",
        permission="prizes:manage",
        body=schemas.PhasePatch,
        response=schemas.Edition,
        error_codes=(
            _UNKNOWN,
            "prizes.phase_unknown",
            "prizes.phase_out_of_order",
            "prizes.phase_ends_before_start",
            "prizes.phase_done",
            "prizes.voting_opened",
            "prizes.nothing_to_change",
        ),
        description="Once voting has opened its start is fixed, and once its tally is certified its end too. "
        "The order of the starts is checked; overlaps are allowed and listed under `conflicts`. Those whom "
        "the phase concerns get a mail, the audit keeps the old dates.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/categories",
        handler="list_categories",
        summary="Categories of an edition",
        permission=PUBLIC,
        response=schemas.CategoryList,
        cache=_SECONDS,
        invalidated_by=_NOMINEES,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/form",
        handler="read_form",
        summary="The submission form with its limits",
        permission=PUBLIC,
        response=schemas.Form,
        cache=_SECONDS,
        invalidated_by=("prizes.edition_changed",),
        error_codes=(_UNKNOWN,),
        description="`word_rule` says how words are counted; `/v1/word-count.js` is the same rule as JavaScript.",
    ),
    Route(
        "POST",
        "/v1/word-count",
        handler="count_words",
        summary="Count words by the rule of the form",
        permission=PUBLIC,
        body=schemas.TextToCount,
        response=schemas.WordCount,
        limit="read",
    ),
    Route(
        "GET",
        "/v1/word-count.js",
        handler="read_word_counter",
        summary="The rule of counting words as JavaScript",
        permission=PUBLIC,
        response=schemas.TextFile,
        media="text/javascript",
        cache=3600,
    ),
    Route(
        "GET",
        "/v1/sdg-suggestions",
        handler="suggest_sdgs",
        summary="Goals that the WSIS-SDG Matrix links to a line",
        permission=PUBLIC,
        query=schemas.SuggestionQuery,
        response=schemas.Suggestions,
        cache=3600,
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/past-winners",
        handler="list_past_winners",
        summary="Winners of earlier editions",
        permission=PUBLIC,
        query=PageQuery,
        response=schemas.PastWinnerPage,
        cache=_SECONDS,
        invalidated_by=("prizes.edition_changed", "prizes.winners_announced"),
        error_codes=(_UNKNOWN,),
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
        error_codes=(_UNKNOWN,),
        limit="heavy",
    ),
)

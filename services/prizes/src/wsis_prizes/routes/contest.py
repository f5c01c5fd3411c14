"""Editions, phases, the form: read by everybody, changed by officers."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_prizes.schemas import editions as schemas

_UNKNOWN = "prizes.edition_unknown"

CONTEST = (
    Route(
        "GET", "/v1/editions", call="list_editions", summary="All editions", permission=PUBLIC,
        returns=schemas.EditionList,
    ),
    Route(
        "GET", "/v1/editions/{edition}", call="read_edition", summary="An edition with its phases",
        permission=PUBLIC, returns=schemas.Edition, fails=(_UNKNOWN,),
        description="Dates in UTC and in Geneva's wall time. What arrives at the very end of a phase is late.",
    ),
    Route(
        "POST", "/v1/editions", call="open_edition", summary="Open an edition with the settings of another",
        permission="prizes:manage", body=schemas.NewEdition, returns=schemas.Edition, status=201,
        fails=("prizes.edition_exists", _UNKNOWN),
        description="The phases keep their wall dates; move them with PUT .../phases/{phase}.",
    ),
    Route(
        "PATCH", "/v1/editions/{edition}", call="change_settings", summary="Change settings of an edition",
        permission="prizes:manage", body=schemas.SettingsPatch, returns=schemas.Edition,
        fails=(_UNKNOWN, "prizes.settings_fixed", "prizes.nothing_to_change"),
    ),
    Route(
        "PUT", "/v1/editions/{edition}/phases/{phase}", call="move_phase", summary="Move a phase",
        permission="prizes:manage", body=schemas.PhasePatch, returns=schemas.Edition,
        fails=(_UNKNOWN, "prizes.phase_unknown", "prizes.phase_out_of_order", "prizes.phase_ends_before_start",
               "prizes.phase_done", "prizes.nothing_to_change"),
        description="The order of the starts is checked; overlaps are allowed and listed under `conflicts`. Those whom "
        "the phase concerns get a mail, the audit keeps the old dates.",
    ),
    Route(
        "GET", "/v1/editions/{edition}/categories", call="list_categories", summary="Categories of an edition",
        permission=PUBLIC, returns=schemas.CategoryList, fails=(_UNKNOWN,),
    ),
    Route(
        "GET", "/v1/editions/{edition}/form", call="read_form", summary="The submission form with its limits",
        permission=PUBLIC, returns=schemas.Form, fails=(_UNKNOWN,),
        description="`word_rule` says how words are counted; `/v1/word-count.js` is the same rule as JavaScript.",
    ),
    Route(
        "POST", "/v1/word-count", call="count_words", summary="Count words by the rule of the form",
        permission=PUBLIC, body=schemas.TextToCount, returns=schemas.WordCount, limit="read",
    ),
    Route(
        "GET", "/v1/word-count.js", call="read_word_counter", summary="The rule of counting words as JavaScript",
        permission=PUBLIC, returns=schemas.Download, media="text/javascript", cache=3600,
    ),
    Route(
        "GET", "/v1/sdg-suggestions", call="suggest_sdgs", summary="Goals that the WSIS-SDG Matrix links to a line",
        permission=PUBLIC, query=schemas.SuggestionQuery, returns=schemas.Suggestions, cache=3600,
    ),
    Route(
        "GET", "/v1/editions/{edition}/past-winners", call="list_past_winners", summary="Winners of earlier editions",
        permission=PUBLIC, query=PageQuery, returns=schemas.PastWinnerPage, fails=(_UNKNOWN,),
    ),
    Route(
        "POST", "/v1/editions/{edition}/past-winners", call="import_past_winners",
        summary="Import winners of earlier editions", permission="prizes:manage", body=schemas.PastWinnerImport,
        returns=schemas.Imported, status=201, fails=(_UNKNOWN,), limit="heavy",
    ),
)  # fmt: skip

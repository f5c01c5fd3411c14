"""Routes of phases."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_prizes.dates import schemas
from wsis_prizes.editions import schemas as editions

_MOVE = (
    "prizes.edition_unknown",
    "prizes.phase_unknown",
    "prizes.phase_out_of_order",
    "prizes.phase_ends_before_start",
    "prizes.phase_done",
    "prizes.voting_opened",
    "prizes.voting_end_passed",
    "prizes.nothing_to_change",
)
ROUTES = (
    Route(
        "PUT",
        "/v1/editions/{edition}/phases/{phase}",
        handler="move_phase",
        summary="Move a phase",
        permission="prizes:manage",
        body=schemas.PhasePatch,
        response=editions.Edition,
        error_codes=_MOVE,
        description="Once voting has opened its start is fixed, and once its tally is certified its end too. "
        "The order of the starts is checked; overlaps are allowed and listed under `conflicts`. Those whom "
        "the phase concerns get a mail, the audit keeps the old dates.",
    ),
    Route(
        "POST",
        "/v1/editions/{edition}/phases/{phase}/preview",
        handler="preview_phase",
        summary="What moving a phase would do",
        permission="prizes:manage",
        body=schemas.PhaseDates,
        response=schemas.PhasePreview,
        limit="read",
        error_codes=_MOVE,
        description="The dates, the conflicts that come with them, and who would get a mail. Changes nothing.",
    ),
)

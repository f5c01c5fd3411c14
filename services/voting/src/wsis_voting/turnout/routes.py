"""Routes of the turnout."""

from __future__ import annotations

from wsis_shared.plugin import Route
from wsis_shared.streams import Stream

from wsis_voting.turnout import schemas

_EDITION = "/v1/editions/{edition}"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{_EDITION}/turnout",
        handler="read_turnout",
        summary="Registrations, votes, complete ballots and what waits; by hour, country and domain",
        response=schemas.Turnout,
        permission="voting:turnout",
        error_codes=("voting.edition_unknown",),
        description="Sums and hours are as of now. Figures by country and domain move once an hour, and by ten voters "
        "or more at a step. The audit has who reads them in which hour.",
        # Not shared: each reader is in the audit.
        stream=Stream(events=("voting.turnout_changed",), subject="edition"),
    ),
    Route(
        "GET",
        f"{_EDITION}/turnout/picture",
        handler="draw_turnout",
        summary="Votes per hour as a picture",
        query=schemas.Span,
        permission="voting:turnout",
        media="image/svg+xml",
        error_codes=("voting.edition_unknown",),
    ),
)

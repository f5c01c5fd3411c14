"""Routes of the tally, and of where voting stands."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_voting.tallies import schemas

_EDITION = "/v1/editions/{edition}"
_TURNS = ("voting.voting_opened", "voting.voting_reopened", "voting.voting_closed", "voting.tally_certified")

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{_EDITION}/voting",
        handler="read_voting",
        summary="Where public voting stands",
        response=schemas.Voting,
        permission=PUBLIC,
        cache=5,
        invalidated_by=_TURNS,
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET",
        f"{_EDITION}/tally",
        handler="read_tally",
        summary="Votes by project, once certified",
        response=schemas.Tally,
        permission="voting:tally",
        error_codes=("voting.edition_unknown", "voting.totals_hidden"),
        description="Hidden from everybody until it is certified. Each access before the champions are announced is in "
        "the audit.",
    ),
)

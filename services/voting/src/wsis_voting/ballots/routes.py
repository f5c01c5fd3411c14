"""Routes of votes and ballots."""

from __future__ import annotations

from wsis_shared.plugin import Mode, Route

from wsis_voting.ballots import schemas

_EDITION = "/v1/editions/{edition}"
_OUTCOME = f"{_EDITION}/votes/{{command}}"
_REFUSALS = (
    "voting.edition_unknown",
    "voting.account_not_confirmed",
    "voting.not_open",
    "voting.closed",
    "voting.category_unknown",
    "voting.nominee_unknown",
    "voting.nominee_disqualified",
    "voting.category_already_voted",
)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{_EDITION}/votes",
        handler="cast",
        summary="Vote in one category; a vote is final",
        description="Votes count once every category is voted in. The same vote again answers 200 and changes nothing.",
        body=schemas.Vote,
        response=schemas.StoredVote,
        status=201,
        permission="voting:cast",
        mode=Mode.COMMAND,
        limit="vote",
        location=_OUTCOME,
        error_codes=_REFUSALS,
    ),
    Route(
        "POST",
        f"{_EDITION}/ballots",
        handler="cast",
        summary="Vote in several categories at once",
        description="Each category is decided on its own and listed in the answer: 201 when all votes are stored, 200 "
        "when some were before or are refused; an error when none is stored. Over the API alone: on pages each vote is "
        "checked and sent by itself.",
        body=schemas.WholeBallot,
        response=schemas.StoredBallot,
        status=201,
        permission="voting:cast",
        mode=Mode.COMMAND,
        limit="vote",
        location=_OUTCOME,
        error_codes=_REFUSALS,
    ),
    Route(
        "GET",
        _OUTCOME,
        handler="read_outcome",
        summary="What became of my votes that were accepted",
        response=schemas.Outcome,
        permission="voting:cast",
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET",
        f"{_EDITION}/ballot",
        handler="read_ballot",
        summary="My ballot so far",
        response=schemas.Ballot,
        permission="voting:cast",
        error_codes=("voting.edition_unknown",),
    ),
)

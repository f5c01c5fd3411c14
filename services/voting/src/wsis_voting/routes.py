"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Mode, Route

from wsis_voting import schemas

_EDITION = "/v1/editions/{edition}"
_OUTCOME = f"{_EDITION}/votes/{{command}}"
_REFUSALS = (
    "voting.edition_unknown", "voting.account_not_confirmed", "voting.not_open", "voting.closed",
    "voting.category_unknown", "voting.nominee_unknown", "voting.nominee_disqualified",
    "voting.category_already_voted",
)  # fmt: skip
_TURNS = ("voting.voting_opened", "voting.voting_reopened", "voting.voting_closed", "voting.tally_certified")

ROUTES = (
    Route(
        "POST", f"{_EDITION}/votes", call="cast", summary="Vote in one category; a vote is final",
        description="Votes count once every category is voted in. The same vote again answers 200 and changes nothing.",
        body=schemas.Vote, returns=schemas.StoredVote, status=201, permission="voting:cast", mode=Mode.COMMAND,
        limit="vote", location=_OUTCOME, fails=_REFUSALS,
    ),
    Route(
        "POST", f"{_EDITION}/ballots", call="cast", summary="Vote in several categories at once",
        description="Each category is decided on its own and listed in the answer: 201 when all votes are stored, 200 "
        "when some were before or are refused; an error when none is stored.",
        body=schemas.WholeBallot, returns=schemas.StoredBallot, status=201, permission="voting:cast",
        mode=Mode.COMMAND, limit="vote", location=_OUTCOME, fails=_REFUSALS,
    ),
    Route(
        "GET", _OUTCOME, call="read_outcome", summary="What became of my votes that were accepted",
        returns=schemas.Outcome, permission="voting:cast", fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/ballot", call="read_ballot", summary="My ballot so far",
        returns=schemas.Ballot, permission="voting:cast", fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/voting", call="read_voting", summary="Where public voting stands",
        returns=schemas.Voting, permission=PUBLIC, cache=5, stale_on=_TURNS, fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/tally", call="read_tally", summary="Votes by project, after the close",
        returns=schemas.Tally, permission="voting:tally", fails=("voting.edition_unknown", "voting.totals_hidden"),
    ),
    Route(
        "POST", f"{_EDITION}/tally/certification", call="certify_tally", status=202,
        summary="Certify the tally as soon as all accepted votes are stored",
        body=schemas.Certification, returns=schemas.Certifying, permission="voting:certify",
        fails=("voting.edition_unknown", "voting.totals_hidden", "voting.already_certified"),
    ),
    Route(
        "POST", f"{_EDITION}/tally/recount", call="recount_tally", summary="Count again from the stored votes",
        returns=schemas.Recount, permission="voting:certify", limit="heavy", timeout=120.0,
        fails=("voting.edition_unknown", "voting.totals_hidden"),
    ),
    Route(
        "GET", f"{_EDITION}/turnout", call="read_turnout", summary="Votes and complete ballots by hour and country",
        returns=schemas.Turnout, permission="voting:turnout", fails=("voting.edition_unknown",),
    ),
)  # fmt: skip

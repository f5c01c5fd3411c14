"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.schemas import PageQuery

from wsis_voting import schemas
from wsis_voting.schemas import public_log, review

_EDITION = "/v1/editions/{edition}"
_LOG = f"{_EDITION}/log"
_REVIEW = f"{_EDITION}/review"
_CLUSTER = f"{_REVIEW}/clusters/{{cluster}}"
_DECIDING = ("voting.edition_unknown", "voting.nothing_to_reinstate", "voting.review_closed", "voting.review_busy")
_GROWN = ("voting.log_head_published",)
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
        fails=("voting.edition_unknown", "voting.totals_hidden", "voting.key_shredded"),
        description="Changes nothing.",
    ),
    Route(
        "GET", f"{_EDITION}/turnout", call="read_turnout",
        summary="Registrations, votes, complete ballots and what waits; by hour, country and domain",
        returns=schemas.Turnout, permission="voting:turnout", fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/turnout/picture", call="draw_turnout", summary="Votes per hour as a picture",
        query=schemas.Span, permission="voting:turnout", media="image/svg+xml", fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/receipts/{{commitment}}", call="read_receipt", summary="What became of a receipt's vote",
        returns=public_log.ReceiptState, permission=PUBLIC, fails=("voting.edition_unknown", "voting.receipt_unknown"),
    ),
    Route(
        "POST", f"{_EDITION}/receipts/verification", call="verify_receipt", summary="Is this receipt one of ours?",
        description="Changes nothing.",
        body=public_log.ShownReceipt, returns=public_log.ReceiptIsValid, permission=PUBLIC, limit="read",
        fails=("voting.edition_unknown", "voting.receipt_invalid"),
    ),
    Route(
        "GET", f"{_EDITION}/voting/keys", call="read_keys", summary="Public keys of receipts, heads and the result",
        returns=public_log.SigningKeys, permission=PUBLIC, cache=60, fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_LOG}/head", call="read_log_head", summary="The last signed head of the public log",
        returns=public_log.LogHead, permission=PUBLIC, cache=5, stale_on=_GROWN,
        fails=("voting.edition_unknown", "voting.log_empty"),
    ),
    Route(
        "GET", f"{_LOG}/heads", call="list_log_heads", summary="All signed heads",
        query=public_log.HeadsAfter, returns=public_log.LogHeads, permission=PUBLIC, cache=5, stale_on=_GROWN,
        fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_LOG}/consistency", call="read_log_consistency", summary="Proof that the log only grew (RFC 9162)",
        query=public_log.Sizes, returns=public_log.LogConsistency, permission=PUBLIC, cache=60,
        fails=("voting.edition_unknown", "voting.log_size_unknown"),
    ),
    Route(
        "GET", f"{_LOG}/leaves", call="list_log_leaves", summary="The leaves of the public log",
        query=public_log.LeavesAfter, returns=public_log.LogLeaves, permission=PUBLIC, cache=5, stale_on=_GROWN,
        fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_LOG}/result", call="read_log_result", summary="The certified result, signed",
        returns=public_log.LogResult, permission=PUBLIC, cache=5, stale_on=_TURNS,
        fails=("voting.edition_unknown", "voting.not_certified"),
    ),
    Route(
        "GET", f"{_LOG}/openings", call="list_log_openings", summary="Votes that count, without names, in random order",
        query=public_log.OpeningsAfter, returns=public_log.LogOpenings, permission=PUBLIC, cache=5, stale_on=_TURNS,
        fails=("voting.edition_unknown", "voting.not_certified"),
    ),
    Route(
        "GET", f"{_REVIEW}/summary", call="read_review", summary="How the review of fraud stands",
        returns=review.Summary, permission="voting:review", fails=("voting.edition_unknown",),
    ),
    Route(
        "POST", f"{_REVIEW}/look", call="look_for_clusters", summary="Look for clusters now",
        description="While voting is open they are looked for every few minutes, and once more after the close.",
        returns=review.Summary, permission="voting:review", limit="heavy", timeout=120.0,
        fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_REVIEW}/clusters", call="list_clusters", summary="Groups of ballots to look at, highest score first",
        query=review.ClustersQuery, returns=review.ClusterPage, permission="voting:review",
        fails=("voting.edition_unknown",),
    ),
    Route(
        "GET", _CLUSTER, call="read_cluster", summary="One cluster, and how much alike its ballots are",
        description="Nominees and categories stand under labels that are drawn for this cluster alone.",
        returns=review.OpenedCluster, permission="voting:review", timeout=30.0,
        fails=("voting.edition_unknown", "voting.cluster_unknown"),
    ),
    Route(
        "GET", f"{_CLUSTER}/accounts", call="list_cluster_accounts", summary="The accounts of a cluster",
        query=PageQuery, returns=review.AccountPage, permission="voting:review",
        fails=("voting.edition_unknown", "voting.cluster_unknown"),
    ),
    Route(
        "PUT", f"{_CLUSTER}/decision", call="decide_on_cluster",
        summary="Exclude, keep or reinstate a cluster's ballots",
        description="Votes stay stored and cast; only the valid tally changes. It can be taken back until "
        "certification. Accounts that were kept one by one stay in.",
        body=review.Decision, returns=review.OpenedCluster, permission="voting:review", limit="heavy", timeout=300.0,
        fails=(*_DECIDING, "voting.cluster_unknown"),
    ),
    Route(
        "PUT", f"{_REVIEW}/accounts/{{account}}/decision", call="decide_on_account",
        summary="Exclude, keep or reinstate one account's ballot", body=review.Decision, returns=review.Standing,
        permission="voting:review", fails=(*_DECIDING, "voting.ballot_unknown"),
    ),
)  # fmt: skip

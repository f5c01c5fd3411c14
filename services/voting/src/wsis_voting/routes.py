"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.schemas import PageQuery
from wsis_shared.streams import Stream

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
_RESULT = (*_TURNS, "voting.result_published")

# The long work behind routes with mode=Mode.JOB.
JOBS = (
    JobKind("recount", "Counts again from the stored votes", permission="voting:certify", result=schemas.Recount),
    JobKind(
        "scan_for_clusters",
        "Looks for clusters of suspicious ballots",
        permission="voting:review",
        result=review.Summary,
    ),
    JobKind(
        "apply_decision",
        "Excludes or reinstates the ballots of a cluster",
        permission="voting:review",
        result=review.OpenedCluster,
        cancellable=False,
    ),
)

ROUTES = (
    Route(
        "POST", f"{_EDITION}/votes", handler="cast", summary="Vote in one category; a vote is final",
        description="Votes count once every category is voted in. The same vote again answers 200 and changes nothing.",
        body=schemas.Vote, response=schemas.StoredVote, status=201, permission="voting:cast", mode=Mode.COMMAND,
        limit="vote", location=_OUTCOME, error_codes=_REFUSALS,
    ),
    Route(
        "POST", f"{_EDITION}/ballots", handler="cast", summary="Vote in several categories at once",
        description="Each category is decided on its own and listed in the answer: 201 when all votes are stored, 200 "
        "when some were before or are refused; an error when none is stored.",
        body=schemas.WholeBallot, response=schemas.StoredBallot, status=201, permission="voting:cast",
        mode=Mode.COMMAND, limit="vote", location=_OUTCOME, error_codes=_REFUSALS,
    ),
    Route(
        "GET", _OUTCOME, handler="read_outcome", summary="What became of my votes that were accepted",
        response=schemas.Outcome, permission="voting:cast", error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/ballot", handler="read_ballot", summary="My ballot so far",
        response=schemas.Ballot, permission="voting:cast", error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/voting", handler="read_voting", summary="Where public voting stands",
        response=schemas.Voting, permission=PUBLIC, cache=5, invalidated_by=_TURNS,
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/tally", handler="read_tally", summary="Votes by project, once certified",
        response=schemas.Tally, permission="voting:tally",
        error_codes=("voting.edition_unknown", "voting.totals_hidden"),
        description="Hidden from everybody until it is certified. Each access before the champions are announced is in "
        "the audit.",
    ),
    Route(
        "POST", f"{_EDITION}/tally/certification", handler="certify_tally", status=202,
        summary="Certify the tally as soon as all accepted votes are stored",
        body=schemas.Certification, response=schemas.Certifying, permission="voting:certify",
        error_codes=(
            "voting.edition_unknown", "voting.totals_hidden", "voting.already_certified",
            "voting.exclusions_unaccounted",
        ),
    ),
    Route(
        "POST", f"{_EDITION}/tally/recount", handler="recount_tally", summary="Count again from the stored votes",
        response=schemas.Recount, permission="voting:certify", limit="heavy", mode=Mode.JOB,
        error_codes=("voting.edition_unknown", "voting.totals_hidden", "voting.key_shredded", "voting.review_busy"),
        description="Changes nothing. It names no project and no account. The job fails with "
        "`voting.exclusions_unaccounted` where exclusions are not as decided. Each request is in the audit.",
    ),
    Route(
        "GET", f"{_EDITION}/turnout", handler="read_turnout",
        summary="Registrations, votes, complete ballots and what waits; by hour, country and domain",
        response=schemas.Turnout, permission="voting:turnout", error_codes=("voting.edition_unknown",),
        description="Sums and hours are as of now. Figures by country and domain move once an hour, and by ten voters "
        "or more at a step. The audit has who reads them in which hour.",
        # Not shared: each reader is in the audit.
        stream=Stream(events=("voting.turnout_changed",), subject="edition"),
    ),
    Route(
        "GET", f"{_EDITION}/turnout/picture", handler="draw_turnout", summary="Votes per hour as a picture",
        query=schemas.Span, permission="voting:turnout", media="image/svg+xml", error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_EDITION}/receipts/{{commitment}}", handler="read_receipt", summary="What became of a receipt's vote",
        response=public_log.ReceiptState, permission=PUBLIC,
        error_codes=("voting.edition_unknown", "voting.receipt_unknown"),
    ),
    Route(
        "POST", f"{_EDITION}/receipts/verification", handler="verify_receipt", summary="Is this receipt one of ours?",
        description="Changes nothing.",
        body=public_log.ShownReceipt, response=public_log.ReceiptIsValid, permission=PUBLIC, limit="read",
        error_codes=("voting.edition_unknown", "voting.receipt_invalid"),
    ),
    Route(
        "GET", f"{_EDITION}/voting/keys", handler="read_keys", summary="Public keys of receipts, heads and the result",
        response=public_log.SigningKeys, permission=PUBLIC, cache=60, error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_LOG}/head", handler="read_log_head", summary="The last signed head of the public log",
        response=public_log.LogHead, permission=PUBLIC, cache=5, invalidated_by=_GROWN,
        stream=Stream(events=_GROWN, subject="edition", shared=True),
        error_codes=("voting.edition_unknown", "voting.log_empty"),
    ),
    Route(
        "GET", f"{_LOG}/heads", handler="list_log_heads", summary="All signed heads",
        query=public_log.HeadsAfter, response=public_log.LogHeads, permission=PUBLIC, cache=5, invalidated_by=_GROWN,
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_LOG}/consistency", handler="read_log_consistency", summary="Proof that the log only grew (RFC 9162)",
        query=public_log.Sizes, response=public_log.LogConsistency, permission=PUBLIC, cache=60,
        error_codes=("voting.edition_unknown", "voting.log_size_unknown"),
    ),
    Route(
        "GET", f"{_LOG}/leaves", handler="list_log_leaves", summary="The leaves of the public log",
        query=public_log.LeavesAfter, response=public_log.LogLeaves, permission=PUBLIC, cache=5, invalidated_by=_GROWN,
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET", f"{_LOG}/certification", handler="read_log_certification",
        summary="The signed commitment to the certified result",
        response=public_log.LogCertification, permission=PUBLIC, cache=5, invalidated_by=_TURNS,
        error_codes=("voting.edition_unknown", "voting.not_certified"),
    ),
    Route(
        "GET", f"{_LOG}/result", handler="read_log_result", summary="The certified result, signed",
        description="Under embargo until the champions are announced.",
        response=public_log.LogResult, permission=PUBLIC, cache=5, invalidated_by=_RESULT,
        error_codes=("voting.edition_unknown", "voting.not_certified", "voting.result_under_embargo"),
    ),
    Route(
        "GET", f"{_LOG}/openings", handler="list_log_openings",
        summary="Votes that count, without names, in random order",
        description="Under embargo until the champions are announced.",
        query=public_log.OpeningsAfter, response=public_log.LogOpenings, permission=PUBLIC, cache=5,
        invalidated_by=_RESULT,
        error_codes=("voting.edition_unknown", "voting.not_certified", "voting.result_under_embargo"),
    ),
    Route(
        "GET", f"{_REVIEW}/summary", handler="read_review", summary="How the review of fraud stands",
        response=review.Summary, permission="voting:review", error_codes=("voting.edition_unknown",),
    ),
    Route(
        "POST", f"{_REVIEW}/look", handler="look_for_clusters", summary="Look for clusters now",
        description="While voting is open they are looked for every few minutes, and once more after the close.",
        response=review.Summary, permission="voting:review", limit="heavy", mode=Mode.JOB,
        error_codes=("voting.edition_unknown", "voting.review_closed"),
    ),
    Route(
        "GET", f"{_REVIEW}/clusters", handler="list_clusters",
        summary="Groups of ballots to look at, highest score first",
        query=review.ClustersQuery, response=review.ClusterPage, permission="voting:review",
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET", _CLUSTER, handler="read_cluster", summary="One cluster, and how much alike its ballots are",
        description="Nominees and categories stand under labels that are drawn for this cluster alone.",
        response=review.OpenedCluster, permission="voting:review",
        error_codes=("voting.edition_unknown", "voting.cluster_unknown"),
    ),
    Route(
        "GET", f"{_CLUSTER}/accounts", handler="list_cluster_accounts", summary="The accounts of a cluster",
        query=PageQuery, response=review.AccountPage, permission="voting:review",
        error_codes=("voting.edition_unknown", "voting.cluster_unknown"),
    ),
    Route(
        "PUT", f"{_CLUSTER}/decision", handler="decide_on_cluster",
        summary="Exclude, keep or reinstate a cluster's ballots",
        description="Votes stay stored and cast; only the valid tally changes. It can be taken back until "
        "certification. Accounts that were kept one by one stay in.",
        body=review.Decision, response=review.OpenedCluster, permission="voting:review", limit="heavy",
        mode=Mode.JOB,
        error_codes=(*_DECIDING, "voting.cluster_unknown"),
    ),
    Route(
        "PUT", f"{_REVIEW}/accounts/{{account}}/decision", handler="decide_on_account",
        summary="Exclude, keep or reinstate one account's ballot", body=review.Decision, response=review.Standing,
        description="While voting is open for the first time.",
        permission="voting:review", error_codes=(*_DECIDING, "voting.ballot_unknown", "voting.accounts_closed"),
    ),
)  # fmt: skip

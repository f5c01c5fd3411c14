"""Routes of the review of fraud."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route
from wsis_shared.schemas import PageQuery

from wsis_voting.review import schemas

_EDITION = "/v1/editions/{edition}"
_REVIEW = f"{_EDITION}/review"
_CLUSTER = f"{_REVIEW}/clusters/{{cluster}}"
_DECIDING = ("voting.edition_unknown", "voting.nothing_to_reinstate", "voting.review_closed", "voting.review_busy")

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{_REVIEW}/summary",
        handler="read_review",
        summary="How the review of fraud stands",
        response=schemas.Summary,
        permission="voting:review",
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "POST",
        f"{_REVIEW}/look",
        handler="look_for_clusters",
        summary="Look for clusters now",
        description="While voting is open they are looked for every few minutes, and once more after the close.",
        response=schemas.Summary,
        permission="voting:review",
        limit="heavy",
        mode=Mode.JOB,
        error_codes=("voting.edition_unknown", "voting.review_closed"),
    ),
    Route(
        "GET",
        f"{_REVIEW}/clusters",
        handler="list_clusters",
        summary="Groups of ballots to look at, highest score first",
        query=schemas.ClustersQuery,
        response=schemas.ClusterPage,
        permission="voting:review",
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET",
        _CLUSTER,
        handler="read_cluster",
        summary="One cluster, and how much alike its ballots are",
        description="Nominees and categories stand under labels that are drawn for this cluster alone.",
        response=schemas.OpenedCluster,
        permission="voting:review",
        error_codes=("voting.edition_unknown", "voting.cluster_unknown"),
    ),
    Route(
        "GET",
        f"{_CLUSTER}/accounts",
        handler="list_cluster_accounts",
        summary="The accounts of a cluster",
        query=PageQuery,
        response=schemas.AccountPage,
        permission="voting:review",
        error_codes=("voting.edition_unknown", "voting.cluster_unknown"),
    ),
    Route(
        "PUT",
        f"{_CLUSTER}/decision",
        handler="decide_on_cluster",
        summary="Exclude, keep or reinstate a cluster's ballots",
        description="Votes stay stored and cast; only the valid tally changes. It can be taken back until "
        "certification. Accounts that were kept one by one stay in.",
        body=schemas.ClusterDecision,
        response=schemas.OpenedCluster,
        permission="voting:review",
        limit="heavy",
        mode=Mode.JOB,
        error_codes=(*_DECIDING, "voting.cluster_unknown", "voting.cluster_changed"),
    ),
    Route(
        "PUT",
        f"{_REVIEW}/accounts/{{account}}/decision",
        handler="decide_on_account",
        summary="Exclude, keep or reinstate one account's ballot",
        body=schemas.Decision,
        response=schemas.ExclusionStatus,
        description="While voting is open for the first time.",
        permission="voting:review",
        error_codes=(*_DECIDING, "voting.ballot_unknown", "voting.accounts_closed"),
    ),
)
JOBS = (
    JobKind(
        "scan_for_clusters",
        "Looks for clusters of suspicious ballots",
        permission="voting:review",
        result=schemas.Summary,
    ),
    JobKind(
        "apply_decision",
        "Excludes or reinstates the ballots of a cluster",
        permission="voting:review",
        result=schemas.OpenedCluster,
        cancellable=False,
    ),
)

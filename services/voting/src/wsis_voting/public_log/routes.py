"""Routes of the public log, for anybody."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.streams import Stream

from wsis_voting.public_log import schemas

_EDITION = "/v1/editions/{edition}"
_LOG = f"{_EDITION}/log"
_GROWN = ("voting.log_head_published",)
_TURNS = ("voting.voting_opened", "voting.voting_reopened", "voting.voting_closed", "voting.tally_certified")
_RESULT = (*_TURNS, "voting.result_published")

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{_LOG}/head",
        handler="read_log_head",
        summary="The last signed head of the public log",
        response=schemas.LogHead,
        permission=PUBLIC,
        cache=5,
        invalidated_by=_GROWN,
        stream=Stream(events=_GROWN, subject="edition", shared=True),
        error_codes=("voting.edition_unknown", "voting.log_empty"),
    ),
    Route(
        "GET",
        f"{_LOG}/heads",
        handler="list_log_heads",
        summary="All signed heads",
        query=schemas.HeadsAfter,
        response=schemas.LogHeads,
        permission=PUBLIC,
        cache=5,
        invalidated_by=_GROWN,
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET",
        f"{_LOG}/consistency",
        handler="read_log_consistency",
        summary="Proof that the log only grew (RFC 9162)",
        query=schemas.Sizes,
        response=schemas.LogConsistency,
        permission=PUBLIC,
        cache=60,
        error_codes=("voting.edition_unknown", "voting.log_size_unknown"),
    ),
    Route(
        "GET",
        f"{_LOG}/leaves",
        handler="list_log_leaves",
        summary="The leaves of the public log",
        query=schemas.LeavesAfter,
        response=schemas.LogLeaves,
        permission=PUBLIC,
        cache=5,
        invalidated_by=_GROWN,
        error_codes=("voting.edition_unknown",),
    ),
    Route(
        "GET",
        f"{_LOG}/certification",
        handler="read_log_certification",
        summary="The signed commitment to the certified result",
        response=schemas.LogCertification,
        permission=PUBLIC,
        cache=5,
        invalidated_by=_TURNS,
        error_codes=("voting.edition_unknown", "voting.not_certified"),
    ),
    Route(
        "GET",
        f"{_LOG}/result",
        handler="read_log_result",
        summary="The certified result, signed",
        description="Under embargo until the champions are announced.",
        response=schemas.LogResult,
        permission=PUBLIC,
        cache=5,
        invalidated_by=_RESULT,
        error_codes=("voting.edition_unknown", "voting.not_certified", "voting.result_under_embargo"),
    ),
    Route(
        "GET",
        f"{_LOG}/openings",
        handler="list_log_openings",
        summary="Votes that count, without names, in random order",
        description="Under embargo until the champions are announced.",
        query=schemas.OpeningsAfter,
        response=schemas.LogOpenings,
        permission=PUBLIC,
        cache=5,
        invalidated_by=_RESULT,
        error_codes=("voting.edition_unknown", "voting.not_certified", "voting.result_under_embargo"),
    ),
)

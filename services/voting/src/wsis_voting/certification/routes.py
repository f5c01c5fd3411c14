"""Routes of recounts and of the certification."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route

from wsis_voting.certification import schemas

_EDITION = "/v1/editions/{edition}"

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{_EDITION}/tally/certification",
        handler="read_certification",
        summary="Where the certification stands, and what it waits for",
        response=schemas.CertificationState,
        permission="voting:certify",
        error_codes=("voting.edition_unknown",),
        description="It has no totals.",
    ),
    Route(
        "POST",
        f"{_EDITION}/tally/certification",
        handler="certify_tally",
        status=202,
        summary="Certify the tally as soon as all accepted votes are stored",
        body=schemas.Certification,
        response=schemas.Certifying,
        permission="voting:certify",
        error_codes=(
            "voting.edition_unknown",
            "voting.totals_hidden",
            "voting.already_certified",
            "voting.exclusions_unaccounted",
        ),
    ),
    Route(
        "POST",
        f"{_EDITION}/tally/recount",
        handler="recount_tally",
        summary="Count again from the stored votes",
        response=schemas.Recount,
        permission="voting:certify",
        limit="heavy",
        mode=Mode.JOB,
        error_codes=("voting.edition_unknown", "voting.totals_hidden", "voting.key_shredded", "voting.review_busy"),
        description="Changes nothing. It names no project and no account. The job fails with "
        "`voting.exclusions_unaccounted` where exclusions are not as decided. Each request is in the audit.",
    ),
)
JOBS = (JobKind("recount", "Counts again from the stored votes", permission="voting:certify", result=schemas.Recount),)

"""What the public reads: the same for everyone, kept by the gateway until an event makes it stale."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_prizes.schemas import results

_NO_EDITION = "prizes.edition_unknown"
_STALE = ("prizes.nominees_published", "prizes.project_disqualified", "prizes.project_withdrawn")
_ANNOUNCED = ("prizes.champions_announced", "prizes.winners_announced", "prizes.project_disqualified")

RESULTS = (
    Route(
        "GET",
        "/v1/editions/{edition}/nominees",
        handler="list_nominees",
        summary="Nominees in one of 64 fixed orders",
        permission=PUBLIC,
        query=results.NomineeQuery,
        response=results.NomineePage,
        cache=60,
        invalidated_by=_STALE,
        error_codes=(_NO_EDITION, "prizes.nominees_not_published", "prizes.list_changed"),
        description="A voter's own `order` is in her ballot: random to her, and the same at each visit.",
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/nominees/{project}",
        handler="read_nominee",
        summary="A nominee's own page",
        permission=PUBLIC,
        response=results.NomineeFull,
        cache=60,
        invalidated_by=_STALE,
        error_codes=(_NO_EDITION, "prizes.nominees_not_published", "prizes.project_unknown"),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/champions",
        handler="list_champions",
        summary="Champions, once announced",
        permission=PUBLIC,
        query=results.ChampionQuery,
        response=results.ChampionPage,
        cache=60,
        invalidated_by=_ANNOUNCED,
        error_codes=(_NO_EDITION, "prizes.champions_not_announced"),
    ),
    Route(
        "GET",
        "/v1/editions/{edition}/winners",
        handler="list_winners",
        summary="Winners, once released",
        permission=PUBLIC,
        query=results.ChampionQuery,
        response=results.WinnerPage,
        cache=60,
        invalidated_by=_ANNOUNCED,
        error_codes=(_NO_EDITION, "prizes.winners_not_released"),
    ),
    Route(
        "GET",
        "/v1/projects/{project}/certificate",
        handler="read_certificate",
        summary="Certificate of a champion or winner as PDF",
        permission=PUBLIC,
        query=results.CertificateQuery,
        download=True,
        media="application/pdf",
        limit="heavy",
        error_codes=("prizes.project_unknown", "prizes.no_certificate", "prizes.certificate_not_ready"),
    ),
)

"""What the public reads: the same for everyone, kept by the gateway until an event makes it stale."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_prizes.schemas import editions, results

_NO_EDITION = "prizes.edition_unknown"
_STALE = ("prizes.nominees_published", "prizes.project_disqualified", "prizes.project_withdrawn")
_ANNOUNCED = ("prizes.champions_announced", "prizes.winners_announced", "prizes.project_disqualified")

RESULTS = (
    Route(
        "GET", "/v1/editions/{edition}/nominees", call="list_nominees",
        summary="Nominees in one of 64 fixed orders", permission=PUBLIC, query=results.NomineeQuery,
        returns=results.NomineePage, cache=60, stale_on=_STALE,
        fails=(_NO_EDITION, "prizes.nominees_not_published", "prizes.list_changed"),
        description="A voter's own `order` is in her ballot: random to her, and the same at each visit.",
    ),
    Route(
        "GET", "/v1/editions/{edition}/nominees/{project}", call="read_nominee", summary="A nominee's own page",
        permission=PUBLIC, returns=results.NomineeFull, cache=60, stale_on=_STALE,
        fails=(_NO_EDITION, "prizes.nominees_not_published", "prizes.project_unknown"),
    ),
    Route(
        "GET", "/v1/editions/{edition}/champions", call="list_champions", summary="Champions, once announced",
        permission=PUBLIC, query=results.ChampionQuery, returns=results.ChampionPage, cache=60, stale_on=_ANNOUNCED,
        fails=(_NO_EDITION, "prizes.champions_not_announced"),
    ),
    Route(
        "GET", "/v1/editions/{edition}/winners", call="list_winners", summary="Winners, once released",
        permission=PUBLIC, query=results.ChampionQuery, returns=results.ChampionPage, cache=60, stale_on=_ANNOUNCED,
        fails=(_NO_EDITION, "prizes.winners_not_released"),
    ),
    Route(
        "GET", "/v1/projects/{project}/certificate", call="read_certificate",
        summary="Certificate of a champion or winner as PDF", permission=PUBLIC, query=results.CertificateQuery,
        returns=editions.Download, media="application/pdf", limit="heavy",
        fails=("prizes.project_unknown", "prizes.no_certificate"),
    ),
)  # fmt: skip

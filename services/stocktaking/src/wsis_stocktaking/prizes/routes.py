"""Routes of entries from the WSIS Prizes."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route

from wsis_stocktaking.prizes import schemas

_MANAGE = "stocktaking:manage"

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/v1/editions/{edition}/entries",
        handler="start_prize_entries",
        permission=_MANAGE,
        mode=Mode.JOB,
        summary="Bring the entries of nominated projects up to date",
        response=schemas.PrizeEntries,
        description="Entries of nominees, champions and winners follow the events of the prizes by themselves. This "
        "reads what the prizes have published, for an edition whose events came before this service. Over the API "
        "alone: an operator starts it once, where the register is installed after the prizes.",
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind(
        "publish_prize_entries",
        "Entries of the nominated projects of an edition",
        permission=_MANAGE,
        result=schemas.PrizeEntries,
        cancellable=False,
    ),
)

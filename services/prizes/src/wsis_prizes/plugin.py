"""The manifest: what the suite knows of this service."""

from __future__ import annotations

from wsis_shared.plugin import Plugin

from wsis_prizes import events
from wsis_prizes.routes import ROUTES

plugin = Plugin(
    name="prizes",
    summary="WSIS Prizes: editions, projects, nomination, finalists, champions and winners",
    service="wsis_prizes.service:PrizesService",
    routes=ROUTES,
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    roles={
        "member": ("prizes:submit",),
        "officer": ("prizes:submit", "prizes:read", "prizes:manage", "prizes:embargo"),
        "juror": ("prizes:submit", "prizes:review", "prizes:embargo", "prizes:choose"),
    },
    indexes="wsis_prizes.store:INDEXES",
    settings="wsis_prizes.settings:Settings",
    locale_package="wsis_prizes.notices",
    seed="wsis_prizes.seed:seed",
)

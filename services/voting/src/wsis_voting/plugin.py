"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.plugin import Plugin

from wsis_voting import events, routes

plugin = Plugin(
    name="voting",
    summary="Public online voting: ballots, votes, tallies",
    service="wsis_voting.service:VotingService",
    indexes="wsis_voting.store:INDEXES",
    settings="wsis_voting.settings:Settings",
    locale_package="wsis_voting.notices",
    commands="wsis_voting.commands:voting",
    routes=routes.ROUTES,
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    roles={
        "member": ("voting:cast",),
        "officer": ("voting:tally", "voting:certify", "voting:turnout", "voting:review"),
    },
)

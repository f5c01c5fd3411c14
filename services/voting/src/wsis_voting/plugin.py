"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.plugin import Plugin
from wsis_shared.rates import RateClass

from wsis_voting import events, routes

plugin = Plugin(
    name="voting",
    summary="Public online voting: ballots, votes, tallies",
    use_cases=("wsis_voting.use_cases:compose",),
    calls=("prizes.contest",),
    max_in_flight=3,  # many readers at once would take turns with the one who records
    shows_dead_letters=False,  # a vote is secret
    max_jobs_in_flight=3,  # a scan beside votes takes minutes: a decision and a recount must not wait for it
    collections="wsis_voting.store:COLLECTIONS",
    rate_classes=(RateClass("vote", "120/minute", "Votes, per account", fail_closed=True),),
    settings="wsis_voting.settings:Settings",
    locale_package="wsis_voting",
    template_filters="wsis_voting.sentences:FILTERS",
    commands="wsis_voting.commands:voting",
    routes=routes.ROUTES,
    jobs=routes.JOBS,
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    grants={
        "member": ("voting:cast",),
        "officer": ("voting:tally", "voting:certify", "voting:turnout", "voting:review"),
    },
)

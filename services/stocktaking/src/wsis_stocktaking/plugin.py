"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.plugin import Plugin
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet

from wsis_stocktaking import events, routes

plugin = Plugin(
    name="stocktaking",
    summary="WSIS Stocktaking: the register of activities, its search, the WSIS-SDG Matrix and the reports",
    use_cases=(
        "wsis_stocktaking.entries.use_cases.own:compose",
        "wsis_stocktaking.entries.use_cases.review:compose",
        "wsis_stocktaking.entries.use_cases.public:compose",
        "wsis_stocktaking.entries.use_cases.invitations:compose",
        "wsis_stocktaking.search.use_cases:compose",
        "wsis_stocktaking.exchange.use_cases:compose",
        "wsis_stocktaking.analysis.use_cases:compose",
        "wsis_stocktaking.imports.use_cases.imports:compose",
        "wsis_stocktaking.imports.use_cases.reversals:compose",
        "wsis_stocktaking.duplicates.use_cases:compose",
        "wsis_stocktaking.prizes.use_cases:compose",
        "wsis_stocktaking.saved_searches.use_cases:compose",
        "wsis_stocktaking.matrix.use_cases:compose",
        "wsis_stocktaking.reports.use_cases:compose",
    ),
    calls=(
        "accounts.profile",
        "prizes.read_nominee",
        "prizes.list_nominees",
        "prizes.list_champions",
        "prizes.list_winners",
    ),
    collections="wsis_stocktaking.store:COLLECTIONS",
    migrations="wsis_stocktaking.migrations:MIGRATIONS",
    settings="wsis_stocktaking.settings:Settings",
    locale_package="wsis_stocktaking",
    seed="wsis_stocktaking.matrix.store:seed",
    routes=routes.ROUTES,
    jobs=routes.JOBS,
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    rate_classes=(
        RateClass("entry", "30/minute", "New entries and checks for duplicates, per account"),
        RateClass("chart", "20/minute", "Charts that are drawn for a request", fail_closed=True),
    ),
    reference=(
        ReferenceSet("activity_kinds", "wsis_stocktaking.register.rules.codes:kind_rows", "Kinds of activities"),
        ReferenceSet("activity_coverages", "wsis_stocktaking.register.rules.codes:coverage_rows", "Coverages"),
        ReferenceSet(
            "activity_statuses", "wsis_stocktaking.register.rules.codes:status_rows", "Statuses of activities"
        ),
        ReferenceSet("prize_statuses", "wsis_stocktaking.register.rules.codes:prize_rows", "What the WSIS Prizes made"),
    ),
    grants={
        "member": ("stocktaking:submit",),
        "agency": ("stocktaking:propose",),
        "officer": ("stocktaking:submit", "stocktaking:read", "stocktaking:manage", "stocktaking:propose"),
    },
)

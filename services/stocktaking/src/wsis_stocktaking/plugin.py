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
        "wsis_stocktaking.use_cases.entries.own:compose",
        "wsis_stocktaking.use_cases.entries.review:compose",
        "wsis_stocktaking.use_cases.entries.public:compose",
        "wsis_stocktaking.use_cases.entries.invitations:compose",
        "wsis_stocktaking.use_cases.search:compose",
        "wsis_stocktaking.use_cases.exchange:compose",
        "wsis_stocktaking.use_cases.analysis:compose",
        "wsis_stocktaking.use_cases.imports:compose",
        "wsis_stocktaking.use_cases.import_reversals:compose",
        "wsis_stocktaking.use_cases.duplicates:compose",
        "wsis_stocktaking.use_cases.prizes:compose",
        "wsis_stocktaking.use_cases.saved_searches:compose",
        "wsis_stocktaking.use_cases.matrix:compose",
        "wsis_stocktaking.use_cases.reports:compose",
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
    seed="wsis_stocktaking.seed:seed",
    routes=routes.ROUTES,
    jobs=routes.JOBS,
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    rate_classes=(
        RateClass("entry", "30/minute", "New entries and checks for duplicates, per account"),
        RateClass("chart", "20/minute", "Charts that are drawn for a request", fail_closed=True),
    ),
    reference=(
        ReferenceSet("activity_kinds", "wsis_stocktaking.domain.reference:kind_rows", "Kinds of activities"),
        ReferenceSet("activity_coverages", "wsis_stocktaking.domain.reference:coverage_rows", "Coverages"),
        ReferenceSet("activity_statuses", "wsis_stocktaking.domain.reference:status_rows", "Statuses of activities"),
        ReferenceSet("prize_statuses", "wsis_stocktaking.domain.reference:prize_rows", "What the WSIS Prizes made"),
    ),
    grants={
        "member": ("stocktaking:submit",),
        "agency": ("stocktaking:propose",),
        "officer": ("stocktaking:submit", "stocktaking:read", "stocktaking:manage", "stocktaking:propose"),
    },
)

"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency
from wsis_shared.plugin import Plugin
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.subjects import declared

plugin = Plugin(
    name="stocktaking",
    summary="WSIS Stocktaking: the register of activities, its search, the WSIS-SDG Matrix and the reports",
    **declared(
        "wsis_stocktaking",
        "register",
        "entries",
        "claims",
        "calls",
        "sharing",
        "search",
        "exchange",
        "analysis",
        "imports",
        "duplicates",
        "prizes",
        "saved_searches",
        "matrix",
        "reports",
        publishes=(ACTION_TAKEN,),
        depends_on=(EventDependency("accounts", "power_changed", reads=("account", "roles")),),
    ),
    calls=(
        "accounts.profile",
        "prizes.read_nominee",
        "prizes.list_nominees",
        "prizes.list_champions",
        "prizes.list_winners",
    ),
    migrations="wsis_stocktaking.migrations:MIGRATIONS",
    settings="wsis_stocktaking.settings:Settings",
    locale_package="wsis_stocktaking",
    seed="wsis_stocktaking.matrix.store:seed",
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
        ReferenceSet(
            "entry_states",
            "wsis_stocktaking.register.rules.entries:STATES",
            "States of drafts of entries",
            titles="pages.state_",
        ),
        ReferenceSet(
            "entry_visibilities",
            "wsis_stocktaking.register.rules.entries:VISIBILITIES",
            "Whether an entry is public",
            titles="pages.state_",
        ),
        ReferenceSet(
            "entry_freshness",
            "wsis_stocktaking.register.rules.cards:LIGHTS",
            "How long ago an entry was updated",
            titles="pages.freshness_",
        ),
        ReferenceSet(
            "claim_states", "wsis_stocktaking.claims.rules:STATES", "States of claims", titles="pages.claim_state_"
        ),
        ReferenceSet(
            "duplicate_verdicts",
            "wsis_stocktaking.duplicates.rules.pairs:VERDICTS",
            "Decisions on duplicates",
            titles="pages.choice_verdict_",
        ),
    ),
    grants={
        "member": ("stocktaking:submit",),
        "agency": ("stocktaking:propose",),
        "officer": ("stocktaking:submit", "stocktaking:read", "stocktaking:manage", "stocktaking:propose"),
    },
)

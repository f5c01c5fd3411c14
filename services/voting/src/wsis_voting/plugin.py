"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency
from wsis_shared.plugin import Plugin
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.subjects import declared

plugin = Plugin(
    name="voting",
    summary="Public online voting: ballots, votes, tallies",
    **declared(
        "wsis_voting",
        "contests",
        "keys",
        "ballots",
        "tallies",
        "certification",
        "turnout",
        "receipts",
        "public_log",
        "review",
        "voters",
        publishes=(ACTION_TAKEN,),
        depends_on=(EventDependency("accounts", "power_changed", reads=("account", "roles")),),
    ),
    calls=("prizes.contest", "prizes.fix_window", "prizes.put_result"),
    max_in_flight=3,  # many readers at once would take turns with the one who records
    shows_dead_letters=False,  # a vote is secret
    max_jobs_in_flight=3,  # a scan beside votes takes minutes: a decision and a recount must not wait for it
    rate_classes=(RateClass("vote", "120/minute", "Votes, per account", fail_closed=True),),
    settings="wsis_voting.settings:Settings",
    locale_package="wsis_voting",
    template_filters="wsis_voting.sentences:FILTERS",
    commands="wsis_voting.commands:voting",
    reference=(
        ReferenceSet(
            "receipt_states",
            "wsis_voting.public_log.rules.receipt_states:state_rows",
            "What may become of a receipt's vote",
        ),
    ),
    grants={
        "member": ("voting:cast",),
        "officer": ("voting:tally", "voting:certify", "voting:turnout", "voting:review"),
    },
)

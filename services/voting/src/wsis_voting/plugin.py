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
        ReferenceSet(
            "void_reasons",
            "wsis_voting.public_log.rules.leaves:REASONS",
            "Why a vote in the log does not count",
            titles="pages.void_",
        ),
        ReferenceSet(
            "voting_states",
            "wsis_voting.contests.rules.contest:State",
            "Where the voting of an edition stands",
            titles="pages.voting_is_",
        ),
        ReferenceSet(
            "exclusion_grounds",
            "wsis_voting.ballots.rules.counts:GROUNDS",
            "Why ballots are excluded",
            titles="ballot.ground_",
        ),
        ReferenceSet(
            "cluster_kinds",
            "wsis_voting.review.rules.clusters:KINDS",
            "What suspicious ballots have in common",
            titles="pages.kind_",
        ),
        ReferenceSet(
            "concentration_bands",
            "wsis_voting.review.rules.concentration:BANDS",
            "How many ballots of a group name one nominee",
            titles="pages.band_",
        ),
        ReferenceSet(
            "certification_waits",
            "wsis_voting.contests.rules.lifecycle:Wait",
            "What a certification waits for",
            titles="pages.hold_",
        ),
    ),
    grants={
        "member": ("voting:cast",),
        "officer": ("voting:tally", "voting:certify", "voting:turnout", "voting:review"),
    },
)

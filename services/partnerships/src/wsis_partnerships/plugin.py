"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.plugin import Plugin
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.subjects import declared

plugin = Plugin(
    name="partnerships",
    summary="Sponsors of the Forum: packages, pledges, partners, and the report of the Fund in Trust",
    **declared("wsis_partnerships", publishes=(ACTION_TAKEN,)),
    locale_package="wsis_partnerships",
    template_filters="wsis_partnerships.rules.filters:FILTERS",
    reference=(
        ReferenceSet(
            "pledge_states", "wsis_partnerships.rules.pledges:STATES", "States of pledges", titles="pages.choice_state_"
        ),
        ReferenceSet(
            "pledge_forms",
            "wsis_partnerships.rules.pledges:FORMS",
            "Forms of contributions to the fund",
            titles="pages.choice_form_",
        ),
    ),
    grants={
        "member": ("partnerships:pledge",),
        "officer": ("partnerships:pledge", "partnerships:read", "partnerships:manage"),
    },
)

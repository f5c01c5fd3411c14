"""The manifest: all that the suite knows of this service."""

from __future__ import annotations

from wsis_shared.plugin import Plugin
from wsis_shared.resources import Deferred

from wsis_partnerships import events

plugin = Plugin(
    name="partnerships",
    summary="Sponsors of the Forum: packages, pledges, partners, and the report of the Fund in Trust",
    use_cases=("wsis_partnerships.use_cases:compose",),
    collections="wsis_partnerships.store:COLLECTIONS",
    locale_package="wsis_partnerships",
    template_filters="wsis_partnerships.rules.filters:FILTERS",
    routes=Deferred("ROUTES", "wsis_partnerships.routes", "wsis_partnerships.waiting"),
    waiting=Deferred("WAITING", "wsis_partnerships.waiting"),
    pages=Deferred("PAGES", "wsis_partnerships.pages"),
    panels=Deferred("PANELS", "wsis_partnerships.pages"),
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    grants={
        "member": ("partnerships:pledge",),
        "officer": ("partnerships:pledge", "partnerships:read", "partnerships:manage"),
    },
)

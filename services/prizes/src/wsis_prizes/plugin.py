"""The manifest: what the suite knows of this service."""

from __future__ import annotations

from wsis_shared.plugin import Plugin
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.resources import Deferred
from wsis_shared.roles import Role

from wsis_prizes import events

plugin = Plugin(
    name="prizes",
    summary="WSIS Prizes: editions, projects, nomination, finalists, champions and winners",
    use_cases=("wsis_prizes.use_cases:compose",),
    calls=("accounts.profiles",),
    routes=Deferred("ROUTES", "wsis_prizes.routes", "wsis_prizes.waiting"),
    waiting=Deferred("WAITING", "wsis_prizes.waiting"),
    jobs=Deferred("JOBS", "wsis_prizes.routes"),
    publishes=events.PUBLISHES,
    depends_on=events.DEPENDS_ON,
    roles=(Role("juror", granted_by=("officer",), session_hours=12),),
    grants={
        "member": ("prizes:submit",),
        "officer": ("prizes:submit", "prizes:read", "prizes:manage", "prizes:embargo"),
        "juror": ("prizes:submit", "prizes:review", "prizes:embargo", "prizes:choose"),
    },
    reference=(
        ReferenceSet("prize_categories", "wsis_prizes.rules.reference:category_rows", "Categories of the WSIS Prizes"),
        ReferenceSet("project_states", "wsis_prizes.rules.reference:state_rows", "States of a project"),
    ),
    template_filters="wsis_prizes.rules.filters:FILTERS",
    collections="wsis_prizes.store:COLLECTIONS",
    locale_package="wsis_prizes",
    pages=Deferred("PAGES", "wsis_prizes.pages"),
    panels=Deferred("PANELS", "wsis_prizes.pages"),
    seed="wsis_prizes.seed:seed",
)

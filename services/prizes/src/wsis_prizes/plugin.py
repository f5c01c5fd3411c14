"""The manifest: what the suite knows of this service."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import EventDependency
from wsis_shared.plugin import Plugin
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.roles import Role
from wsis_shared.subjects import declared

plugin = Plugin(
    name="prizes",
    summary="WSIS Prizes: editions, projects, nomination, finalists, champions and winners",
    **declared(
        "wsis_prizes",
        "editions",
        "reviews",
        "projects",
        "images",
        "certificates",
        "jury",
        "eligibility",
        "nominations",
        "dates",
        "finalists",
        "results",
        "desk",
        publishes=(ACTION_TAKEN,),
        depends_on=(EventDependency("accounts", "power_changed", reads=("account", "roles")),),
    ),
    calls=("accounts.profiles",),
    locale_package="wsis_prizes",
    template_filters="wsis_prizes.editions.rules.reference:FILTERS",
    seed="wsis_prizes.editions.seed:seed",
    reference=(
        ReferenceSet(
            "prize_categories", "wsis_prizes.editions.rules.reference:category_rows", "Categories of the WSIS Prizes"
        ),
        ReferenceSet("project_states", "wsis_prizes.projects.rules.projects:state_rows", "States of a project"),
    ),
    roles=(Role("juror", granted_by=("officer",), session_hours=12),),
    grants={
        "member": ("prizes:submit",),
        "officer": ("prizes:submit", "prizes:read", "prizes:manage", "prizes:embargo"),
        "juror": ("prizes:submit", "prizes:review", "prizes:embargo", "prizes:choose"),
    },
)

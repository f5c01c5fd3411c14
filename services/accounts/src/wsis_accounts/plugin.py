"""The manifest."""

from __future__ import annotations

from wsis_shared.plugin import Plugin

from wsis_accounts import events, routes

plugin = Plugin(
    name="accounts",
    summary="Registration, sign-in, roles, and the audit of what staff did",
    service="wsis_accounts.service:AccountsService",
    routes=routes.ROUTES,
    publishes=events.PUBLISHES,
    selects=events.SELECTS,
    roles={
        "member": ("accounts:self",),
        "officer": ("accounts:read", "accounts:manage", "audit:read"),
        "operator": ("audit:read",),
    },
    indexes="wsis_accounts.store:INDEXES",
    settings="wsis_accounts.settings:Settings",
    locale_package="wsis_accounts.notices",
    seed="wsis_accounts.store:seed",
    commands="wsis_accounts.commands:accounts",
)

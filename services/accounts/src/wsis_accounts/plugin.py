"""The manifest."""

from __future__ import annotations

from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.plugin import Plugin
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.revocations import TOKENS_REVOKED
from wsis_shared.roles import Role
from wsis_shared.subjects import declared

plugin = Plugin(
    name="accounts",
    summary="Registration, sign-in, roles, and the audit of what staff did",
    **declared("wsis_accounts", publishes=(TOKENS_REVOKED, ACTION_TAKEN)),
    roles=(
        Role("member"),
        Role("officer", granted_by=("officer",), session_hours=12, dual_control=True),
        Role("agency", granted_by=("officer",), session_hours=12),
        Role("operator", granted_by=("officer",), session_hours=12, dual_control=True),
    ),
    grants={
        "member": ("accounts:self",),
        "officer": ("accounts:read", "accounts:manage", "audit:read"),
        "operator": ("audit:read",),
    },
    rate_classes=(
        RateClass(
            "sign_in",
            "1200/minute",
            "Attempts to sign in or confirm, per network (/24 or /48); up to five times as many with a mail's link",
            by_network_only=True,
            fail_closed=True,
            ceiling_factor=5,
        ),
        RateClass(
            "register",
            "20/minute",
            "Requests for an account or a code, per network (/24 or /48); up to 150 times as many with proof of work",
            by_network_only=True,
            fail_closed=True,
            ceiling_factor=150,
        ),
        # What is made up counts as reads of its network, and costs a keyed hash.
        RateClass("renew", "30/minute", "Renewals of one session", by="refresh_token"),
    ),
    reference=(
        ReferenceSet("roles", "wsis_accounts.rules.reference:role_rows", "Roles of accounts"),
        ReferenceSet("account_states", "wsis_accounts.rules.reference:state_rows", "States of accounts"),
        ReferenceSet("audit_acts", "wsis_shared.audit:act_rows", "What staff do, as the audit log says it"),
    ),
    settings="wsis_accounts.settings:Settings",
    locale_package="wsis_accounts",
    seed="wsis_accounts.store:seed",
    commands="wsis_accounts.commands:accounts",
    doctor="wsis_accounts.doctor:look",
)

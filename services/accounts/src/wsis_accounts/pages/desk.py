"""The desk of officers: accounts with their roles, and what staff did."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from wsis_shared import roles
from wsis_shared.json_types import Input
from wsis_shared.pages import Download, Form, Page, Read

from wsis_accounts.rules import proposals

_ACCOUNT = "/desk/accounts/{account}"
_ACCOUNT_ID = re.compile(r"[0-9a-f]{32}")
_THEN = f"{_ACCOUNT}?done=yes"
_MOST = 80  # characters of a value
_NOTHING: tuple[object, ...] = (None, "", [])


PAGES = (
    Page(
        "/desk/accounts",
        "pages/desk-accounts.html",
        "desk_accounts",
        reads=(Read("accounts", "/v1/accounts?limit=50", takes_query=True),),
        menu="desk:90",
    ),
    Page(
        _ACCOUNT,
        "pages/desk-account.html",
        "desk_account",
        reads=(
            Read("account", "/v1/accounts/{account}"),
            Read("audit", "/v1/audit?object=account/{account}&limit=20", optional=True),
        ),
        forms=(
            Form("approve", "POST /v1/accounts/{account}/proposals/approval", then=_THEN, confirm=True),
            Form("refuse", "POST /v1/accounts/{account}/proposals/refusal", then=_THEN),
            Form("roles", "PUT /v1/accounts/{account}/roles", then=_THEN, confirm=True),
            Form("block", "POST /v1/accounts/{account}/block", then=_THEN, confirm=True),
            Form("removal", "POST /v1/accounts/{account}/authenticator/removal", then=_THEN, confirm=True),
            Form("unlink", "POST /v1/accounts/{account}/identities/{identity}/removal", then=_THEN, confirm=True),
            Form("unblock", "POST /v1/accounts/{account}/unblock", then=_THEN),
        ),
        view="wsis_accounts.pages.desk:account",
    ),
    Page(
        "/desk/audit",
        "pages/desk-audit.html",
        "desk_audit",
        reads=(Read("audit", "/v1/audit?limit=50", takes_query=True),),
        files=(Download("audit", "/v1/audit?format=xlsx", takes_query=True),),
        view="wsis_accounts.pages.desk:audit",
        menu="desk:91",
    ),
)


def account(values: Input, locale: str) -> Mapping[str, object]:
    """The roles that the account has, those that two officers give and take, for how many days a proposal stands, and
    what is proposed: about roles, a block, or the removal of the authenticator."""
    shown, declared = values["account"], roles.installed()
    proposed = shown.get("proposals") or ()
    return {
        "held": sorted(set(shown.get("roles") or ()) - {"member"}),
        "dual": [role for role in declared.grantable if declared.needs_two(role)],
        "days": proposals.LIFE // timedelta(days=1),
        "roles_proposed": any(each["granted"] or each["withdrawn"] for each in proposed),
        "block_proposed": any(each["block"] for each in proposed),
        "removal_proposed": any(each.get("removal") for each in proposed),
        **audit(values, locale),
    }


def audit(values: Input, _locale: str) -> Mapping[str, object]:
    """`linked`: the actors that are accounts; others are programs, which have no page. `changes` of each entry."""
    entries = (values["audit"] or {}).get("items", ())
    return {
        "linked": {entry["actor"] for entry in entries if _ACCOUNT_ID.fullmatch(entry["actor"])},
        "changes": {entry["id"]: changes(entry) for entry in entries},
    }


def changes(entry: Input) -> list[str]:
    """What is another after the act than before, in a line each: "end: 2017-04-15 → 2017-04-30"; "–" stands for what
    was taken away, and what is new stands alone."""
    before, after = ({"": told} if not isinstance(told, dict) else told for told in (entry["before"], entry["after"]))
    return [
        (f"{name}: " if name else "")
        + (f"{_brief(before[name])} → " if before.get(name) not in _NOTHING else "")
        + (_brief(after[name]) if after.get(name) not in _NOTHING else "–")
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]


def _brief(told: object) -> str:
    text = ", ".join(map(str, told)) if isinstance(told, list) else str(told)
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"

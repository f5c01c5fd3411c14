"""People: what is kept of them, their roles, and who may change those."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from wsis_shared import languages
from wsis_shared.errors import Conflict, Forbidden, Invalid
from wsis_shared.roles import MEMBER, Roles

from wsis_accounts.rules import proposals
from wsis_accounts.rules.proposals import Asking, Granter

# The roles that the rules here speak of; the others are known from the manifests alone.
OFFICER, AGENCY = "officer", "agency"
_KEPT = ("version", "generation")  # from an account to its tombstone and back
TYPED = ("email", "given_name", "family_name", "stakeholder_type", "country", "organization", "locale")


class State(StrEnum):
    """Of an account. It is made when its mailbox is proved: there are no unconfirmed ones."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    ERASED = "erased"


def confirmed(
    id: str,
    mailbox: str,
    registration: Mapping[str, Any],
    domain: str,
    network: str | None,
    now: datetime,
    former: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A new account, or that of somebody who left and comes back, in place of its tombstone `former`: its tokens have
    another generation than those of then.

    What a later fraud review looks at stands under `trace`; `network` is a keyed hash.
    """
    account = {
        **{name: former[name] for name in _KEPT if former and name in former},
        "_id": id,
        "mailbox": mailbox,
        **{name: registration.get(name) for name in TYPED},
        "roles": [],
        "agency": None,
        "state": State.ACTIVE.value,
        "confirmed_at": now,
        "trace": {
            "domain": domain,
            "registered_at": registration.get("registered_at", now),
            "registered_from": registration.get("registered_from"),
            "confirmed_from": network,
        },
    }
    return {**account, "words": words(account)}


def tombstone(account: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What stays of an erased account: that it was there. Votes, entries and the audit point to its id."""
    kept = {name: account[name] for name in _KEPT if name in account}
    return {"_id": account["_id"], **kept, "state": State.ERASED.value, "erased_at": now}


def full_name(account: Mapping[str, Any]) -> str:
    """Both names in one line, in the order of their script and of the account's language."""
    return languages.full_name(account["given_name"] or "", account["family_name"] or "", account.get("locale") or "")


def words(account: Mapping[str, Any]) -> list[str]:
    """What a search by an officer finds: the words of names and organization, folded."""
    texts = (account.get(name) or "" for name in ("given_name", "family_name", "organization"))
    return sorted(set(split(" ".join(texts))))


def split(text: str) -> list[str]:
    """Words of a text, folded."""
    return re.findall(r"\w+", text.casefold())


def generation(account: Mapping[str, Any]) -> int:
    """The generation of its access tokens: those with a lower one have been revoked."""
    return int(account.get("generation", 0))


def next_generation(account: Mapping[str, Any]) -> dict[str, Any]:
    """The account after all its access tokens were revoked."""
    return {**account, "generation": generation(account) + 1}


def has_lost(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether it may do less than before: it is blocked, roles are gone, or it acts for another agency."""
    blocked = before["state"] == State.ACTIVE != after["state"]
    demoted = not set(before["roles"]) <= set(after["roles"])
    return blocked or demoted or before["agency"] not in (None, after["agency"])


def roles_of(account: Mapping[str, Any]) -> list[str]:
    """All roles, member first."""
    return [MEMBER, *account["roles"]]


def powers_of(account: Mapping[str, Any]) -> list[str]:
    """The roles that count: none unless the account is active."""
    return roles_of(account) if account["state"] == State.ACTIVE else []


def change_roles(
    account: Mapping[str, Any],
    wanted: Iterable[str],
    agency: str | None,
    *,
    granter: Granter,
    proposers: Iterable[Granter] = (),
    declared: Roles,
    other_officers: int,
    now: datetime,
) -> dict[str, Any]:
    """The account with other roles, and with proposals of those that a second person must grant or withdraw (see
    `proposals`). A role that it holds and no installed plugin declares stays.

    Raises `accounts.own_roles`, `role_not_grantable`, `last_officer`, `agency_needed`.
    """
    _not_oneself(account, granter.account)
    wanted = set(wanted)
    for role in declared.ordered(wanted.symmetric_difference(account["roles"])):
        if not declared.may_grant(granter.roles, role):
            raise Forbidden("accounts.role_not_grantable", role=role)
    granted, proposed = proposals.separate(Asking(account, granter, proposers, declared, now), wanted)
    roles = declared.held_after(granted, account["roles"])
    if OFFICER not in wanted:
        keep_an_officer(account, other_officers)
    if AGENCY in roles and agency is None:
        raise Invalid("accounts.agency_needed", fields={"agency": ["Name a known agency."]})
    return {**account, "roles": roles, "agency": agency if AGENCY in roles else None, "proposals": proposed}


def block(asking: Asking, *, other_officers: int) -> dict[str, Any]:
    """The account blocked: nobody signs in to it. That of an officer keeps the proposal until a second one asks for the
    same. Raises `accounts.own_roles`, last_officer."""
    account = asking.account
    _not_oneself(account, asking.granter.account)
    keep_an_officer(account, other_officers)
    if proposed := proposals.of_block(asking):
        others = [row for row in account.get("proposals", ()) if row.get("act") != proposals.BLOCK]
        return {**account, "proposals": [*others, *proposed]}
    return blocked(account)


def blocked(account: Mapping[str, Any]) -> dict[str, Any]:
    """The account as a block leaves it."""
    return {**account, "state": State.BLOCKED.value, "proposals": []}


def unblock(account: Mapping[str, Any], *, actor: str | None) -> dict[str, Any]:
    """The account usable again. Raises `accounts.own_roles`."""
    _not_oneself(account, actor)
    return {**account, "state": State.ACTIVE.value}


def keep_an_officer(account: Mapping[str, Any], other_officers: int) -> None:
    """Raises `accounts.last_officer` where this one is the last who could give the role to somebody else."""
    if OFFICER in account["roles"] and account["state"] == State.ACTIVE and other_officers == 0:
        raise Conflict("accounts.last_officer")


def _not_oneself(account: Mapping[str, Any], actor: str | None) -> None:
    if actor == account["_id"]:
        raise Forbidden("accounts.own_roles")

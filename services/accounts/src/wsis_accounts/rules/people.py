"""People: what is kept of them, their roles, and who may change those."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NotRequired, TypedDict

from wsis_shared import languages
from wsis_shared.errors import Conflict, Forbidden, Invalid
from wsis_shared.roles import MEMBER

from wsis_accounts.rules import proposals
from wsis_accounts.rules.codes import Registration
from wsis_accounts.rules.proposals import Asking, Pending, Proposal

# The roles that the rules here speak of; the others are known from the manifests alone.
OFFICER, AGENCY = "officer", "agency"


class State(StrEnum):
    """Of an account. It is made when its mailbox is proved: there are no unconfirmed ones."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    ERASED = "erased"


STATES = (State.ACTIVE.value, State.BLOCKED.value)  # of the accounts that a reader sees


class Named(TypedDict):
    """Whom a search by name finds."""

    given_name: str
    family_name: str
    organization: str | None


class Changes(TypedDict, total=False):
    """What people change about themselves."""

    given_name: str
    family_name: str
    stakeholder_type: str
    country: str
    organization: str | None
    locale: str


class Trace(TypedDict):
    """What a later fraud review looks at; networks are keyed hashes."""

    domain: str
    registered_at: datetime
    registered_from: str | None
    confirmed_from: str | None


class Account(Named):
    """`mailbox` is its keyed hash, `words` are those that a search finds, `generation` is that of its access tokens,
    `authenticator` is whether it has one."""

    _id: str
    mailbox: str
    email: str
    stakeholder_type: str
    country: str
    locale: str
    roles: list[str]
    agency: str | None
    state: str
    confirmed_at: datetime
    trace: Trace
    words: list[str]
    proposals: NotRequired[list[Proposal]]
    generation: NotRequired[int]
    authenticator: NotRequired[bool]
    version: NotRequired[int]
    updated_at: NotRequired[datetime]


class Tombstone(TypedDict):
    """What stays of an erased account: that it was there. Votes, entries and the audit point to its id."""

    _id: str
    state: str
    erased_at: datetime
    generation: NotRequired[int]
    version: NotRequired[int]


def confirmed(
    id: str,
    mailbox: str,
    registration: Registration,
    domain: str,
    network: str | None,
    now: datetime,
    former: Tombstone | None = None,
) -> Account:
    """A new account, or that of somebody who left and comes back, in place of its tombstone `former`: its tokens have
    another generation than those of then. `network` is a keyed hash."""
    account: Account = {
        "_id": id,
        "mailbox": mailbox,
        "email": registration["email"],
        "given_name": registration["given_name"],
        "family_name": registration["family_name"],
        "stakeholder_type": registration["stakeholder_type"],
        "country": registration["country"],
        "organization": registration["organization"],
        "locale": registration["locale"],
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
        "words": words(registration),
    }
    _keep_counts(former, account)
    return account


def tombstone(account: Account, now: datetime) -> Tombstone:
    """The account without the person."""
    left: Tombstone = {"_id": account["_id"], "state": State.ERASED.value, "erased_at": now}
    _keep_counts(account, left)
    return left


def _keep_counts(former: Account | Tombstone | None, doc: Account | Tombstone) -> None:
    """From an account to its tombstone and back."""
    if former and "version" in former:
        doc["version"] = former["version"]
    if former and "generation" in former:
        doc["generation"] = former["generation"]


def full_name(account: Account) -> str:
    """Both names in one line, in the order of their script and of the account's language."""
    return languages.full_name(account["given_name"], account["family_name"], account["locale"])


def words(named: Named) -> list[str]:
    """What a search by an officer finds: the words of names and organization, folded."""
    return sorted(set(split(f"{named['given_name']} {named['family_name']} {named['organization'] or ''}")))


def split(text: str) -> list[str]:
    """Words of a text, folded."""
    return re.findall(r"\w+", text.casefold())


def generation(account: Account) -> int:
    """The generation of its access tokens: those with a lower one have been revoked."""
    return account.get("generation", 0)


def next_generation(account: Account) -> Account:
    """The account after all its access tokens were revoked."""
    return {**account, "generation": generation(account) + 1}


def has_lost(before: Account, after: Account) -> bool:
    """Whether it may do less than before: it is blocked, roles are gone, it acts for another agency, or it has no
    authenticator any more, which its sessions have shown."""
    blocked = before["state"] == State.ACTIVE != after["state"]
    demoted = not set(before["roles"]) <= set(after["roles"])
    shown = before.get("authenticator", False) and not after.get("authenticator", False)
    return blocked or demoted or shown or before["agency"] not in (None, after["agency"])


def roles_of(account: Account) -> list[str]:
    """All roles, member first."""
    return [MEMBER, *account["roles"]]


def powers_of(account: Account) -> list[str]:
    """The roles that count: none unless the account is active."""
    return roles_of(account) if account["state"] == State.ACTIVE else []


def change_roles(asking: Asking, wanted: Iterable[str], agency: str | None, *, other_officers: int) -> Account:
    """The account with other roles, and with proposals of those that a second person must grant or withdraw (see
    `proposals`). A role that it holds and no installed plugin declares stays.

    Raises `accounts.own_roles`, `role_not_grantable`, `last_officer`, `agency_needed`.
    """
    account, declared = asking.account, asking.declared
    not_oneself(account, asking.granter.account)
    wanted = set(wanted)
    for role in declared.ordered(wanted.symmetric_difference(account["roles"])):
        if not declared.may_grant(asking.granter.roles, role):
            raise Forbidden("accounts.role_not_grantable", role=role)
    granted, proposed = proposals.separate(asking, wanted)
    roles = declared.held_after(granted, account["roles"])
    if OFFICER not in wanted:
        keep_an_officer(account, other_officers)
    if AGENCY in roles and agency is None:
        raise Invalid("accounts.agency_needed", fields={"agency": ["Name a known agency."]})
    return {**account, "roles": roles, "agency": agency if AGENCY in roles else None, "proposals": proposed}


def block(asking: Asking, *, other_officers: int) -> Account:
    """The account blocked: nobody signs in to it. That of an officer keeps the proposal until a second one asks for the
    same. Raises `accounts.own_roles`, last_officer."""
    account = asking.account
    not_oneself(account, asking.granter.account)
    keep_an_officer(account, other_officers)
    if proposed := proposals.of_account(asking, proposals.BLOCK):
        return {**account, "proposals": [*proposals.beside(account, proposals.BLOCK), *proposed]}
    return blocked(account)


def remove_authenticator(asking: Asking) -> Account:
    """The account without its authenticator, for whoever has lost app and recovery codes. That of an officer keeps the
    proposal until a second one asks for the same. Raises `accounts.own_roles`, authenticator_none."""
    account = asking.account
    not_oneself(account, asking.granter.account)
    if not account.get("authenticator"):
        raise Conflict("accounts.authenticator_none")
    others = proposals.beside(account, proposals.REMOVE)
    if proposed := proposals.of_account(asking, proposals.REMOVE):
        return {**account, "proposals": [*others, *proposed]}
    return {**account, "authenticator": False, "proposals": others}


def refuse(pending: Pending, *, actor: str | None) -> Account:
    """The account without that proposal. Raises `accounts.own_roles`."""
    not_oneself(pending.account, actor)
    return {**pending.account, "proposals": proposals.without(pending)}


def blocked(account: Account) -> Account:
    """The account as a block leaves it."""
    return {**account, "state": State.BLOCKED.value, "proposals": []}


def unblock(account: Account, *, actor: str | None) -> Account:
    """The account usable again. Raises `accounts.own_roles`."""
    not_oneself(account, actor)
    return {**account, "state": State.ACTIVE.value}


def keep_an_officer(account: Account, other_officers: int) -> None:
    """Raises `accounts.last_officer` where this one is the last who could give the role to somebody else."""
    if OFFICER in account["roles"] and account["state"] == State.ACTIVE and other_officers == 0:
        raise Conflict("accounts.last_officer")


def not_oneself(account: Account, actor: str | None) -> None:
    """Raises `accounts.own_roles` for an officer who does to themselves what officers do to others."""
    if actor == account["_id"]:
        raise Forbidden("accounts.own_roles")

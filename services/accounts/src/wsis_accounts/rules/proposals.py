"""Dual control: what makes or unmakes a holder of a role that two people must grant is proposed by one, and done by
another who asks for the same. So nobody makes friends officers alone, and nobody shuts the other officers out alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NotRequired, TypedDict

from wsis_shared.errors import Conflict, Forbidden
from wsis_shared.roles import Roles

if TYPE_CHECKING:
    from wsis_accounts.rules.people import Account

LIFE = timedelta(days=7)  # of a proposal
GRANT, WITHDRAW, BLOCK, REMOVE = "grant", "withdraw", "block", "remove_authenticator"
OF_ACCOUNT = (BLOCK, REMOVE)  # of the account, not of one role: each of its roles that two people grant has a row


class Proposal(TypedDict):
    """What one officer asks for, of one role. A row of a former version has no `act`: it proposes a grant; nor does it
    have the `reason`."""

    act: NotRequired[str]
    role: str
    by: str | None
    at: datetime
    reason: NotRequired[str]


@dataclass(frozen=True)
class Pending:
    """All that one officer asks for at a time: another one approves or refuses it as a whole."""

    account: Account
    rows: tuple[Proposal, ...]

    @property
    def at(self) -> datetime:
        """When it was proposed: an account has one such proposal at a time."""
        return self.rows[0]["at"]

    @property
    def by(self) -> str | None:
        """Who proposes it; none is the operator at the machine."""
        return self.rows[0]["by"]

    @property
    def reason(self) -> str | None:
        """Why."""
        return self.rows[0].get("reason")

    @property
    def act(self) -> str | None:
        """One of OF_ACCOUNT; None where it is about roles."""
        return _of_account(self.rows[0])

    def roles(self, act: str) -> list[str]:
        """Those that it gives, or takes."""
        return [row["role"] for row in self.rows if _act(row) == act]

    @property
    def wanted(self) -> list[str]:
        """The roles of the account once it is approved."""
        kept = [role for role in self.account["roles"] if role not in self.roles(WITHDRAW)]
        return [*kept, *(role for role in self.roles(GRANT) if role not in kept)]


@dataclass(frozen=True)
class Granter:
    """Who grants: the account and its present roles."""

    account: str | None
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Asking:
    """An officer who asks for something about an account, of whose proposals `proposers` are active now: a proposal of
    somebody who may no longer grant the role counts for nothing."""

    account: Account
    granter: Granter
    proposers: Iterable[Granter]
    declared: Roles
    now: datetime
    reason: str = ""

    def proposal(self, act: str, role: str) -> Proposal:
        """What this officer proposes, where nobody else has."""
        return {"act": act, "role": role, "by": self.granter.account, "at": self.now, "reason": self.reason}

    def needs_another(self, act: str, role: str) -> bool:
        """Must another one ask for the same, or has another one already?"""
        roles_of = {each.account: each.roles for each in self.proposers}
        return self.declared.needs_two(role) and not any(
            (_act(row), row["role"]) == (act, role)
            and row["by"] != self.granter.account
            and row["at"] > self.now - LIFE
            and self.declared.may_grant(roles_of.get(row["by"], ()), role)
            for row in self.account.get("proposals", ())
        )


def separate(asking: Asking, wanted: Iterable[str]) -> tuple[set[str], list[Proposal]]:
    """(the roles that the account gets, the proposals that it keeps). A proposal for what is not
    asked for any more is withdrawn."""
    wanted, held = set(wanted), set(asking.account["roles"])
    new = [role for role in asking.declared.ordered(wanted - held) if asking.needs_another(GRANT, role)]
    gone = [role for role in asking.declared.ordered(held - wanted) if asking.needs_another(WITHDRAW, role)]
    proposed = [asking.proposal(GRANT, role) for role in new] + [asking.proposal(WITHDRAW, role) for role in gone]
    others = [row for row in asking.account.get("proposals", ()) if _of_account(row)]
    return (wanted - set(new)) | set(gone), [*proposed, *others]


def of_account(asking: Asking, act: str) -> list[Proposal]:
    """The proposals by which an act of OF_ACCOUNT awaits another officer; none where it can be done."""
    roles = asking.declared.ordered(asking.account["roles"])
    return [asking.proposal(act, role) for role in roles if asking.needs_another(act, role)]


def beside(account: Account, act: str) -> list[Proposal]:
    """The proposals of other acts."""
    return [row for row in account.get("proposals", ()) if _act(row) != act]


def in_force(account: Account, now: datetime, act: str = GRANT) -> list[str]:
    """The roles that await a second person who grants or withdraws them, or who does an act of OF_ACCOUNT."""
    return [row["role"] for row in account.get("proposals", ()) if row["at"] > now - LIFE and _act(row) == act]


def pending(account: Account, now: datetime) -> list[Pending]:
    """The proposals that await another officer, the oldest first."""
    rows = [row for row in account.get("proposals", ()) if row["at"] > now - LIFE]
    keys = sorted({(row["at"], _of_account(row) or "") for row in rows})
    return [Pending(account, tuple(row for row in rows if (row["at"], _of_account(row) or "") == key)) for key in keys]


def pending_at(account: Account, proposed_at: datetime, now: datetime) -> Pending:
    """The proposal of that time. Raises `accounts.proposal_unknown`."""
    for each in pending(account, now):
        if each.at == proposed_at:
            return each
    raise Conflict("accounts.proposal_unknown")


def askers(account: Account) -> set[tuple[str, str, str | None]]:
    """Who asks for what."""
    return {(_act(row), row["role"], row["by"]) for row in account.get("proposals", ())}


def without(refused: Pending) -> list[Proposal]:
    """The proposals of the account that stay when this one is refused."""
    return [row for row in refused.account.get("proposals", ()) if row not in refused.rows]


def require_another(proposed: Pending, asking: Asking) -> None:
    """Refuse an officer who approves their own proposal (`accounts.own_proposal`), and one whose officer may no longer
    propose it, or that is no longer enough (`accounts.proposal_unknown`)."""
    if proposed.by == asking.granter.account:
        raise Forbidden("accounts.own_proposal")
    if of_account(asking, proposed.act) if proposed.act else _open(proposed, asking):
        raise Conflict("accounts.proposal_unknown")


def _open(proposed: Pending, asking: Asking) -> bool:
    return any(asking.needs_another(_act(row), row["role"]) for row in proposed.rows)


def _act(row: Proposal) -> str:
    return row.get("act", GRANT)


def _of_account(row: Proposal) -> str | None:
    return act if (act := _act(row)) in OF_ACCOUNT else None

"""Dual control: what makes or unmakes a holder of a role that two people must grant is proposed by one, and done by
another who asks for the same. So nobody makes friends officers alone, and nobody shuts the other officers out alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NotRequired, TypedDict

from wsis_shared.roles import Roles

if TYPE_CHECKING:
    from wsis_accounts.rules.people import Account

LIFE = timedelta(days=7)  # of a proposal
GRANT, WITHDRAW, BLOCK = "grant", "withdraw", "block"


class Proposal(TypedDict):
    """What one officer asks for. A row of a former version has no `act`: it proposes a grant."""

    act: NotRequired[str]
    role: str
    by: str | None
    at: datetime


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

    def proposal(self, act: str, role: str) -> Proposal:
        """What this officer proposes, where nobody else has."""
        return {"act": act, "role": role, "by": self.granter.account, "at": self.now}

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
    blocks = [row for row in asking.account.get("proposals", ()) if _act(row) == BLOCK]
    return (wanted - set(new)) | set(gone), [*proposed, *blocks]


def of_block(asking: Asking) -> list[Proposal]:
    """The proposals by which a block awaits another officer; none where it can be done."""
    roles = asking.declared.ordered(asking.account["roles"])
    return [asking.proposal(BLOCK, role) for role in roles if asking.needs_another(BLOCK, role)]


def in_force(account: Account, now: datetime, act: str = GRANT) -> list[str]:
    """The roles that await a second person who grants or withdraws them, or who blocks their holder."""
    return [row["role"] for row in account.get("proposals", ()) if row["at"] > now - LIFE and _act(row) == act]


def _act(row: Proposal) -> str:
    return row.get("act", GRANT)

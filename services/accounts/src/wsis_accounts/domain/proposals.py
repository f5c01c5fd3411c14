"""Dual control: a role that two people must grant is proposed by one and granted by another who asks for the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wsis_shared.roles import Roles

LIFE = timedelta(days=7)  # of a proposal


@dataclass(frozen=True)
class Granter:
    """Who grants: the account and its present roles."""

    account: str | None
    roles: tuple[str, ...]


def separate(
    account: Mapping[str, Any],
    wanted: Iterable[str],
    granter: Granter,
    proposers: Iterable[Granter],
    declared: Roles,
    now: datetime,
) -> tuple[set[str], list[dict[str, Any]]]:
    """(the roles that the account gets, the proposals that it keeps: [{role, by, at}]).

    `proposers` are those of the account's proposals who are active now: a proposal of somebody who may no longer grant
    the role counts for nothing. One for a role that is not wanted is withdrawn.
    """
    roles_of = {each.account: each.roles for each in proposers}
    by_others = {
        row["role"]
        for row in account.get("proposals", ())
        if row["by"] != granter.account
        and row["at"] > now - LIFE
        and declared.may_grant(roles_of.get(row["by"], ()), row["role"])
    }
    granted = set(wanted)
    new = [role for role in declared.ordered(granted - set(account["roles"])) if declared.needs_two(role)]
    proposed = [{"role": role, "by": granter.account, "at": now} for role in new if role not in by_others]
    return granted - {row["role"] for row in proposed}, proposed


def in_force(account: Mapping[str, Any], now: datetime) -> list[str]:
    """The roles that await a second person."""
    return [row["role"] for row in account.get("proposals", ()) if row["at"] > now - LIFE]

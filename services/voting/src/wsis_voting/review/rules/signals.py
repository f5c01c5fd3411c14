"""Signs of fraud in what is known of a voter, and the score of a group: the share of its members that show each sign.

A score only says where to look first. Nothing follows from it: officers decide (see `exclusions`). What was voted for
is no sign, so that the score of a group tells nothing about its choices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypedDict

FORM = 3.0  # seconds: nobody fills in a form of seven fields in less
CODE = timedelta(seconds=5)  # nobody opens a mail and types its code in less
BALLOT = timedelta(seconds=20)  # nobody reads 18 lists of nominees in less; voting with one call is so quick too
FRESH = timedelta(minutes=10)


class VoterSignals(TypedDict, total=False):
    """A document of `voter_signals`: what accounts says of an account; networks, name patterns and aliases are keyed
    hashes."""

    _id: str  # account
    domain: str | None
    throwaway: bool | None
    alias: str | None
    network: str | None
    sequence: str | None
    registered_at: datetime | None
    confirmed_at: datetime | None
    seconds_to_fill: float | None
    forget_at: datetime  # of an erased account


class Part(TypedDict):
    """A part of a score: how many of the accounts show this sign, their share, and the points that it gives."""

    sign: str
    accounts: int
    share: float
    points: float


@dataclass(frozen=True, slots=True)
class Voter:
    """A ballot with what accounts told of its account. Networks, name patterns and aliases are keyed hashes: equal or
    not is all that they say. `acted_at` is when the ballot was completed, or voted in last."""

    account: str
    acted_at: datetime
    country: str = ""
    complete: bool = False
    first_at: datetime | None = None
    ground: str = ""
    domain: str | None = None
    throwaway: bool = False
    alias: str | None = None
    network: str | None = None
    sequence: str | None = None
    registered_at: datetime | None = None
    confirmed_at: datetime | None = None
    seconds_to_fill: float | None = None

    @property
    def scripted(self) -> bool:
        """The form, or the code, was typed in faster than people type."""
        if self.seconds_to_fill is not None and self.seconds_to_fill <= FORM:
            return True
        return bool(self.registered_at and self.confirmed_at and self.confirmed_at - self.registered_at <= CODE)

    @property
    def hasty(self) -> bool:
        """All categories in seconds."""
        return self.complete and self.first_at is not None and self.acted_at - self.first_at <= BALLOT

    @property
    def fresh(self) -> bool:
        """The account is as young as the ballot."""
        return self.confirmed_at is not None and self.acted_at - self.confirmed_at <= FRESH


@dataclass(frozen=True, slots=True)
class GroupContext:
    """Signs that a voter shows only together with others: accounts in a burst, and the networks, name patterns and
    mailbox patterns with many accounts."""

    bursting: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    sequences: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()


class Indicator(NamedTuple):
    """`points` are given for a group of which every member shows it, and in proportion."""

    code: str
    points: int
    is_shown: Callable[[Voter, GroupContext], bool]


INDICATORS = (
    Indicator("throwaway_domain", 50, lambda voter, _: voter.throwaway),
    Indicator("burst", 25, lambda voter, group: voter.account in group.bursting),
    Indicator("sequential_names", 20, lambda voter, group: voter.sequence in group.sequences),
    Indicator("aliases", 20, lambda voter, group: voter.alias in group.aliases),
    Indicator("scripted_form", 10, lambda voter, _: voter.scripted),
    Indicator("crowded_network", 10, lambda voter, group: voter.network in group.networks),
    Indicator("hasty_ballot", 5, lambda voter, _: voter.hasty),
    Indicator("new_account", 5, lambda voter, _: voter.fresh),
)


def score(voters: Sequence[Voter], group: GroupContext) -> tuple[int, list[Part]]:
    """0 to 100, and the parts that made it, those of no account left out."""
    parts, total = list[Part](), 0.0
    for indicator in INDICATORS:
        accounts = sum(indicator.is_shown(voter, group) for voter in voters)
        if accounts:
            points = indicator.points * accounts / len(voters)
            total += points
            share = round(accounts / len(voters), 3)
            parts.append({"sign": indicator.code, "accounts": accounts, "share": share, "points": round(points, 1)})
    return min(100, round(total)), parts

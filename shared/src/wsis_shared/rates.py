"""Classes of rate limits: a plugin declares its own beside those of every suite, a setting overrides each.

    rate_classes=(RateClass("vote", "120/minute", "Votes", fail_closed=True),)

and a route names one by `limit="vote"`. `WSIS_LIMIT_VOTE=60/minute` overrides the rate.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from wsis_shared.settings import PREFIX

# Whoever has not signed in may write so many times the rate of their network, with a proof of work for each request
# over the rate: nobody who sends much keeps the others of a network out. Classes with a ceiling of their own keep that.
STRANGERS_CEILING_FACTOR = 150
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")


@dataclass(frozen=True)
class RateClass:
    """A rate that all routes of the class share.

    `rate` is written `600/minute`, `5/second`, `10/hour`: requests of one account. A network without sign-in has a
    multiple of it (`WSIS_LIMIT_NETWORK_FACTOR`). `by_network_only`: asked for before anybody is signed in, so the
    rate is that of a network. `fail_closed`: refused while the store of the counters is away; each process of the
    gateway then counts the others for itself. `by`: a field of the body, such as a token, whose text up to the first
    dot names what is counted in place of the network, once the body is valid; before that it counts as a read.
    `ceiling_factor`: over the rate requests are not refused yet, but marked (`Context.over_rate`), so that the service
    can ask for more, for example a proof of work; beyond so many times the rate they are refused.
    """

    name: str
    rate: str
    summary: str
    by_network_only: bool = False
    fail_closed: bool = False
    ceiling_factor: int = 1
    by: str = ""

    @property
    def of_whom(self) -> str:
        """Whose requests are counted together."""
        return f"the same `{self.by}`" if self.by else "a network" if self.by_network_only else "an account"

    @property
    def variable(self) -> str:
        """The setting that overrides the rate."""
        return f"{PREFIX}LIMIT_{self.name.upper()}"

    def rate_in(self, env: Mapping[str, str] | None = None) -> str:
        """The rate in force: that of the setting, else the declared one."""
        return (os.environ if env is None else env).get(self.variable, self.rate)


READ = RateClass("read", "600/minute", "Reads, per account")
WRITE = RateClass("write", "120/minute", "Writes, per account")
HEAVY = RateClass("heavy", "30/minute", "Exports, reports and the like, per account")
CORE = (READ, WRITE, HEAVY)


class Declares(Protocol):
    """The part of a manifest that speaks of rates."""

    @property
    def rate_classes(self) -> tuple[RateClass, ...]: ...


def rate_classes_of(plugins: Iterable[Declares]) -> dict[str, RateClass]:
    """The classes by name: those of every suite, then the plugins' own."""
    declared = (*CORE, *(rate_class for plugin in plugins for rate_class in plugin.rate_classes))
    return {rate_class.name: rate_class for rate_class in declared}


def same_for_all(plugins: Iterable[Declares], rate: str) -> dict[str, str]:
    """The settings that give every class the same rate: what a benchmark or a demonstration needs."""
    return {rate_class.variable: rate for rate_class in rate_classes_of(plugins).values()}


def problems(own: Iterable[RateClass], taken: Iterable[str]) -> Iterator[str]:
    """What is wrong with the classes that a plugin declares, where the names `taken` are others'."""
    used = {*taken, *(rate_class.name for rate_class in CORE)}
    for rate_class in own:
        if not _NAME.fullmatch(rate_class.name):
            yield f"rate class {rate_class.name!r}: a name is lower case letters, digits and _"
        if rate_class.name in used:
            yield f"rate class {rate_class.name!r} is declared already: choose another name"
        used.add(rate_class.name)

"""How fast mails leave: per second, per domain and per day. Times are seconds since the epoch.

A rate is the time of its next mail (GCRA: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm). It is stored and
moved in the transaction that claims mails, so that any number of processes share it; a crash loses at most what was
claimed. There are no bursts: what was not used is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

DAY = 86400.0
ALL = ""  # the key of the rate of all mails
HORIZON = 20.0  # seconds: what could only leave later is not claimed


@dataclass(frozen=True)
class Limits:
    """Mails per second, of all and of some domains, and per day (UTC); 0 is no limit. `warm_up`: mails per hour of a
    domain that sends since so many days, by day."""

    per_second: float = 0.0
    per_domain: Mapping[str, float] = field(default_factory=dict)
    per_day: int = 0
    warm_up: tuple[tuple[int, float], ...] = ()

    def after(self, days: float) -> Limits:
        """Those of a sender whose first campaign was so many days ago."""
        hourly = next((mails for day, mails in reversed(self.warm_up) if day <= days), 0.0)
        slowest = min(filter(None, (hourly / 3600, self.per_second)), default=0.0)
        return replace(self, per_second=slowest, warm_up=())

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the rates that are stored."""
        return (ALL, *self.per_domain)


@dataclass(frozen=True)
class Plan:
    """`starts`: when each mail may leave; `later`: those that must wait, until `due`. `next_at`: the rates then."""

    starts: dict[str, float]
    later: list[str]
    due: float | None
    next_at: dict[str, float]


def plan(
    mails: Iterable[tuple[str, str]], now: float, limits: Limits, next_at: Mapping[str, float], left_today: int | None
) -> Plan:
    """When each of `mails` (id, domain) may leave. `left_today`: mails of this day; None is no limit."""
    rates, moved = dict(limits.per_domain), dict(next_at)
    if limits.per_second:
        rates[ALL] = limits.per_second
    starts: dict[str, float] = {}
    later: list[str] = []
    dues: list[float] = []
    for id, domain in mails:
        keys = [key for key in (ALL, domain) if key in rates]
        at = max([now, *(moved.get(key, 0.0) for key in keys)])
        if left_today is not None and len(starts) >= left_today:
            later.append(id)
            dues.append(next_day(now))
        elif at - now > HORIZON:
            later.append(id)
            dues.append(at - HORIZON / 2)
        else:
            starts[id] = at
            for key in keys:
                # A slow domain takes its turn among all when it is due, but does not hold up the others until then.
                moved[key] = (max(now, moved.get(key, 0.0)) if key == ALL else at) + 1 / rates[key]
    return Plan(starts, later, min(dues, default=None), moved)


def next_day(now: float) -> float:
    """Midnight UTC after `now`."""
    return (now // DAY + 1) * DAY


def parse_domains(text: str) -> dict[str, float]:
    """ "gmail.com=50, yahoo.com=20" as numbers per second. Raises ValueError."""
    rates = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        domain, _, rate = item.partition("=")
        if not domain or not float(rate) > 0:
            raise ValueError(f"{item!r} is not domain=mails per second")
        rates[domain.strip().lower()] = float(rate)
    return rates


def parse_warm_up(text: str) -> tuple[tuple[int, float], ...]:
    """ "0=500, 1=1000, 21=0" as (day, mails per hour), by day. Raises ValueError."""
    steps = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        day, _, mails = item.partition("=")
        if not day.isdecimal() or not float(mails) >= 0:
            raise ValueError(f"{item!r} is not day=mails per hour")
        steps[int(day)] = float(mails)
    if steps and 0 not in steps:
        raise ValueError("it does not say what counts from day 0 on")
    return tuple(sorted(steps.items()))

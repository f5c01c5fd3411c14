"""How long a campaign takes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from wsis_notifications.campaigns.rules.rates import Limits

DAY = 86400


def seconds(recipients: int, domains: Mapping[str, int], limits: Limits, assumed: float) -> float:
    """Seconds for so many mails: at the rate of all, of the slowest domain, and over midnights where the day has a
    limit. `assumed`: mails per second where there is no limit."""
    rate = limits.per_second or assumed
    slowest = max((domains.get(name, 0) / rate for name, rate in dict(limits.per_domain).items()), default=0.0)
    longest = max(recipients / rate, slowest)
    if limits.per_day and recipients > limits.per_day:
        whole = math.ceil(recipients / limits.per_day) - 1
        longest = max(longest, whole * DAY + (recipients - whole * limits.per_day) / rate)
    return longest


def sentence(recipients: int, seconds: float, rate: float) -> str:
    """ "200,000 at 800/s = 4 min 10 s", in figures and units of the SI."""
    return f"{recipients:,} at {rate:,.0f}/s = {duration(seconds)}"


def duration(seconds: float) -> str:
    """The two largest units: "4 min 10 s"."""
    left = math.ceil(seconds)
    parts: list[str] = []
    for unit, size in (("d", DAY), ("h", 3600), ("min", 60), ("s", 1)):
        number, left = divmod(left, size)
        if number or (unit == "s" and not parts):
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2])

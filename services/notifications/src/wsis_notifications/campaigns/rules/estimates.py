"""How long a campaign takes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from wsis_notifications.campaigns.rules.rates import Limits

DAY = 86400


def seconds(
    recipients: int, domains: Mapping[str, int], limits: Limits, assumed: float, days: float = math.inf
) -> float:
    """Seconds for so many mails: at the rate of all, of the slowest domain, and over midnights where the day has a
    limit. `assumed`: mails per second where there is no limit; `days`: since the first campaign of the sender."""
    rate = limits.per_second or assumed
    slowest = max((domains.get(name, 0) / rate for name, rate in dict(limits.per_domain).items()), default=0.0)
    longest = max(_of_all(recipients, limits, assumed, days), slowest)
    if limits.per_day and recipients > limits.per_day:
        whole = math.ceil(recipients / limits.per_day) - 1
        longest = max(longest, whole * DAY + (recipients - whole * limits.per_day) / rate)
    return longest


def _of_all(recipients: int, limits: Limits, assumed: float, days: float) -> float:
    """Seconds at the rate of all, which grows with the days of a sender."""
    seconds, left = 0.0, float(recipients)
    for step in [*(day for day, _ in limits.warm_up if day > days), math.inf]:
        rate, length = limits.after(days).per_second or assumed, (step - days) * DAY if step < math.inf else math.inf
        if left <= rate * length:
            break
        seconds, left, days = seconds + length, left - rate * length, step
    return seconds + left / rate


def sentence(recipients: int, seconds: float, rate: float) -> str:
    """ "200,000 at 800/s = 4 min 10 s", in figures and units of the SI. `rate` is the highest; where domains, days or
    the first weeks of a sender hold the mails up, the rate is what comes of it."""
    rate = min(rate, recipients / seconds) if seconds else rate
    speed = f"{rate:,.0f}/s" if rate >= 1 else f"{rate * 3600:,.0f}/h"
    return f"{recipients:,} at {speed} = {duration(seconds)}"


def duration(seconds: float) -> str:
    """The two largest units: "4 min 10 s"."""
    left = math.ceil(seconds)
    parts: list[str] = []
    for unit, size in (("d", DAY), ("h", 3600), ("min", 60), ("s", 1)):
        number, left = divmod(left, size)
        if number or (unit == "s" and not parts):
            parts.append(f"{number} {unit}")
    return " ".join(parts[:2])

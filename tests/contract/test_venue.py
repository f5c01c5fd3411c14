"""Limits by figures: a conference hall, or what is behind the NAT of a carrier, is one address to us."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path

import pytest
from wsis_shared.context import ANONYMOUS
from wsis_shared.rates import CORE

from wsis_accounts.plugin import plugin as accounts
from wsis_gateway import limits
from wsis_gateway.settings import Settings

PEOPLE, SECONDS, NETWORK = 2000, 600, "198.51.100.0/24"
# What each of them asks for: (class, how often). Pages and a challenge; the form, sent again with the proof of work;
# the code, mistyped once; a token, and one more.
VISIT = (("read", 4), ("register", 2), ("sign_in", 2), ("sign_in", 2))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000_000.0]
    for name in ("time", "monotonic"):
        monkeypatch.setattr(f"wsis_gateway.limits.time.{name}", lambda: now[0])
    return now


@pytest.mark.parametrize("stranger", [0, 1, 25], ids=["nobody else", "a stranger", "a stranger with a script"])
def test_two_thousand_people_at_one_address_register_in_ten_minutes(clock: list[float], stranger: int) -> None:
    """Whatever a stranger among them asks for (so many times a second): nobody is refused, and nobody has to use the
    link of the mail who would rather type the code, unless there is a stranger with a script."""
    counted = limits.Limits(Settings.load({}), [*CORE, *accounts.rate_classes], env={})
    start, over, registered = clock[0], Counter[str](), 0
    for second in range(SECONDS):
        clock[0] = start + second
        for _ in range(stranger):
            counted.hit("register", ANONYMOUS, NETWORK)
            counted.hit("sign_in", ANONYMOUS, NETWORK)
        while registered < PEOPLE * (second + 1) / SECONDS:
            registered += 1
            for name, times in VISIT:
                for _ in range(times):
                    counted.hit(name, ANONYMOUS, NETWORK)
                over[name] += counted.over_rate(name, ANONYMOUS, NETWORK)
    assert registered == PEOPLE
    assert over["register"] > PEOPLE / 2, "most do some seconds of work"
    assert (over["sign_in"] > 0) == (stranger == 25)


def test_the_proxy_lets_the_same_hall_in() -> None:
    text = (Path(__file__).parents[2] / "deploy/nginx/nginx.conf").read_text("utf-8")
    rate = re.search(r"zone=strangers:\w+ rate=(\d+)r/s", text)
    assert rate
    assert math.ceil(PEOPLE * sum(times for _, times in VISIT) / SECONDS) < int(rate[1]) / 2

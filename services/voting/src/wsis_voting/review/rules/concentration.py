"""How much alike the ballots of a cluster are, without saying for whom: bands in place of shares, and labels in place
of categories.

Whoever owns all other ballots of a cluster knows what they say, and could place them so that the one that is left
decides the band. Therefore a share is measured with an error that a key draws: as large as some ballots, it hides any
one of them and hardly changes what is said of hundreds.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median_low
from typing import TypedDict

K_ANONYMITY = 30  # nothing is said about fewer ballots, in the whole cluster or in one category
ERROR = (
    3.0  # ballots: the scale of the error (Laplace); what is seen is at most 1.4 times as likely with one vote moved
)
BANDS = {"over_90": 0.9, "75_to_90": 0.75, "below_75": -math.inf}  # name -> the shares above this


class LabelledCategory(TypedDict):
    """The band of a category, which stands under a label."""

    category: str
    band: str


class Concentration(TypedDict):
    """The bands of the category where the share is largest, of the one in the middle, and of each."""

    most: str
    median: str
    categories: list[LabelledCategory]


class Sizes(TypedDict):
    """Ballots of a cluster, and those that are complete."""

    size: int
    complete: int


def concentration(ballots: Iterable[Iterable[tuple[str, str]]], key: bytes) -> Concentration | None:
    """The bands of the shares of the project chosen most in each category of these ballots (lists of (category,
    project)); None for few ballots.

    `key` is another one for each cluster. Categories stand in an order that it draws. The same ballots have the same
    bands, so that to ask again tells nothing more.
    """
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    count = 0
    for ballot in ballots:
        count += 1
        for category, project in ballot:
            votes[category][project] += 1
    shares = {
        category: (max(chosen.values()) + _error(key, f"{category}|{count}")) / chosen.total()
        for category, chosen in votes.items()
        if chosen.total() >= K_ANONYMITY
    }
    if count < K_ANONYMITY or not shares:
        return None
    drawn = sorted(shares, key=lambda category: _digest(key, category))
    return {
        "most": _band(max(shares.values())),
        "median": _band(median_low(shares.values())),
        "categories": [{"category": f"category {n}", "band": _band(shares[name])} for n, name in enumerate(drawn, 1)],
    }


def still_holds(before: Sizes, now: Sizes) -> bool:
    """Is what was said of a cluster with the figures `before` still to be said of it? It is not said anew for a ballot
    more or two: each time would tell a little about them."""
    changes = before["size"] - now["size"], before["complete"] - now["complete"]
    return all(abs(change) < K_ANONYMITY for change in changes)


def _band(share: float) -> str:
    return next(name for name, above in BANDS.items() if share > above)


def _error(key: bytes, name: str) -> float:
    """Of the Laplace distribution, in ballots."""
    drawn = (int.from_bytes(_digest(key, f"error|{name}")[:8]) + 0.5) / 2**64 - 0.5
    return -ERROR * math.copysign(math.log(1 - 2 * abs(drawn)), drawn)


def _digest(key: bytes, name: str) -> bytes:
    return hmac.digest(key, name.encode(), hashlib.sha256)

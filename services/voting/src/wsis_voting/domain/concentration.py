"""How much alike the ballots of a cluster are, without saying for whom: labels in place of categories and projects."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median
from string import ascii_uppercase
from typing import Any

FEW = 10  # with fewer ballots the figures would tell how somebody voted
SHOWN = 3  # projects of a category


def concentration(ballots: Iterable[Iterable[tuple[str, str]]], key: bytes) -> dict[str, Any] | None:
    """Shares of the projects that these ballots (lists of (category, project)) chose most; None for few ballots.

    Labels are an order that `key` draws, another for each cluster: "project A" of one is not that of another. The
    categories come with the most alike first, so that their places tell nothing either.
    """
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    count = 0
    for ballot in ballots:
        count += 1
        for category, project in ballot:
            votes[category][project] += 1
    if count < FEW:
        return None
    names = {category: f"category {number}" for number, category in enumerate(_drawn(votes, key), 1)}
    rows = [_row(names[category], chosen, key) for category, chosen in votes.items() if chosen.total() >= FEW]
    rows.sort(key=lambda row: -row["projects"][0]["share"])
    leading = [row["projects"][0]["share"] for row in rows]
    return {
        "ballots": count, "most": max(leading, default=0.0), "median": median(leading) if leading else 0.0,
        "categories": rows,
    }  # fmt: skip


def _row(name: str, chosen: Counter[str], key: bytes) -> dict[str, Any]:
    labels = {project: f"project {_letters(place)}" for place, project in enumerate(_drawn(chosen, key))}
    total = chosen.total()
    leading = [{"label": labels[project], "share": round(n / total, 3)} for project, n in chosen.most_common(SHOWN)]
    return {"category": name, "votes": total, "projects": leading}


def _drawn(names: Iterable[str], key: bytes) -> list[str]:
    return sorted(names, key=lambda name: hmac.digest(key, name.encode(), hashlib.sha256))


def _letters(place: int) -> str:
    high, low = divmod(place, 26)
    return (_letters(high - 1) if high else "") + ascii_uppercase[low]

"""Shares in whole percents."""

from __future__ import annotations

from collections.abc import Sequence


def shares(counts: Sequence[int]) -> list[int]:
    """Whole percents that add up to 100 (largest remainder, ties in order).

    [78, 60, 55, 40, 17] -> [31, 24, 22, 16, 7]
    """
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    exact = [100 * count / total for count in counts]
    percents = [int(share) for share in exact]
    order = sorted(range(len(counts)), key=lambda place: (percents[place] - exact[place], place))
    for place in order[: 100 - sum(percents)]:
        percents[place] += 1
    return percents

"""Figures of stocktaking, each counted from the API."""

from __future__ import annotations

from wsis_demo.play import Play

from . import state


def report(play: Play) -> str:
    """All figures; the lines are shown at the end of the play."""
    told = state.of(play)
    counts = play.suite.visitor.get("/v1/entries", limit=1, facets="region,stakeholder_type")["facets"]
    for facet, rows in counts.items():
        told.say(f"entries by {facet}: " + ", ".join(f"{row['code']} {row['count']}" for row in rows))
    play.lines += [f"{state.NAME:<{state.WIDTH}} {line}" for line in told.lines]
    return f"{len(told.lines)} lines of figures"

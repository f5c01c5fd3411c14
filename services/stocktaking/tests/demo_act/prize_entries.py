"""Each nominated project is an entry without anybody typing it again, and is marked when an announcement says so."""

from __future__ import annotations

from collections import Counter
from typing import Any

from wsis_demo.play import Play, wait

from . import state

SECONDS = 60.0  # until the entries have followed an event


def see_no_champions(play: Play) -> str:
    """Before the announcement of the champions."""
    nominees = _nominees(play)
    _wait(play, len(nominees), "the entries of the nominees")
    statuses = Counter(row["prize"]["status"] for row in _entries(play))
    if set(statuses) - {"nominated"}:
        state.of(play).differs(f"before the announcement entries say {dict(statuses)}")
    return f"{len(nominees)} nominated projects are entries; none says champion or winner"


def see_no_winners(play: Play) -> str:
    """Between the champions and the ceremony."""
    champions = {row["project"] for row in play.suite.visitor.each(f"{play.path}/champions")}
    _wait(play, len(champions), "the champions among the entries", champion=True)
    statuses = Counter(row["prize"]["status"] for row in _entries(play))
    if statuses["winner"]:
        state.of(play).differs(f"before the ceremony entries say {dict(statuses)}")
    return f"{statuses['champion']} champions are marked; none says winner"


def see_champions_and_winners(play: Play) -> str:
    """After the ceremony."""
    told, visitor = state.of(play), play.suite.visitor
    winners = {row["project"] for row in visitor.each(f"{play.path}/winners")}
    finalists = {row["project"] for row in visitor.each(f"{play.path}/champions")}
    wait(lambda: len(_of_status(play, "winner")) >= len(winners), SECONDS, "the winners among the entries")
    marked = {status: _of_status(play, status) for status in ("nominated", "champion", "winner")}
    if len(marked["winner"]) != len(winners):
        told.differs(f"{len(winners)} winners, {len(marked['winner'])} entries that say so")
    if len(marked["champion"]) != len(finalists - winners):
        told.differs(f"{len(finalists - winners)} champions, {len(marked['champion'])} entries that say so")
    numbers = ", ".join(f"{status} {len(rows)}" for status, rows in marked.items())
    told.say(f"entries of prize projects: {numbers}")
    return numbers


def _nominees(play: Play) -> list[dict[str, Any]]:
    return list(play.suite.visitor.each(f"{play.path}/nominees"))


def _entries(play: Play) -> list[dict[str, Any]]:
    """The entries of projects of the play's edition."""
    rows = play.suite.visitor.each("/v1/entries", sort="newest", prize="nominated,champion,winner")
    return [row for row in rows if row["prize"]["edition"] == play.edition]


def _of_status(play: Play, status: str) -> list[dict[str, Any]]:
    return [row for row in _entries(play) if row["prize"]["status"] == status]


def _wait(play: Play, count: int, what: str, *, champion: bool = False) -> None:
    wait(lambda: len(_of_status(play, "champion") if champion else _entries(play)) >= count, SECONDS, what)

"""D1 to D11 in one figure: the certified tally holds every acknowledged vote, once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.load.figures import Figure


def test_the_tally_holds_each_acknowledged_vote_once(suite: Any, ledgers: Any, report: Any) -> None:
    """Last of all: votes of all crowds, by project, as their ledgers say and as the officers read."""
    suite.stack.wait_ready()
    promised: Counter[str] = sum((ledger.by_project() for ledger in ledgers), Counter())
    tally = suite.contest.close(seconds=120)
    cast = Counter({row["project"]: row["cast"] for row in tally["projects"]})
    recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
    assert recount["places"] == 0
    report(
        Figure("acknowledged", promised.total(), "votes"),
        Figure("recovered", (promised & cast).total(), "votes"),
        Figure("lost", (promised - cast).total(), "votes", at_most=0),
        Figure("doubled", (cast - promised).total(), "votes", at_most=0),
    )

"""What is counted at the end: votes by the certified tally, mails by those who got them."""

from __future__ import annotations

import sqlite3
from collections import Counter

from tests.faults.kit.ledger import Ledger
from tests.faults.kit.suite import Suite
from tests.load.figures import Figure
from wsis_local.stack import Stack

MAILS_TWICE = (
    "SELECT COUNT(*) FROM (SELECT 1 FROM messages JOIN recipients ON message = id"
    " GROUP BY message_id, address HAVING COUNT(*) > 1)"
)


def tally(suite: Suite, ledger: Ledger) -> list[Figure]:
    """The certified tally against the ledger. Votes of ballots that are not complete are cast too."""
    promised = ledger.by_project()
    tally = suite.contest.close(seconds=600)
    cast = Counter({row["project"]: row["cast"] for row in tally["projects"]})
    recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
    return [
        Figure("votes acknowledged", promised.total(), "votes"),
        Figure("votes counted", cast.total(), "votes"),
        Figure("votes lost", (promised - cast).total(), "votes", at_most=0),
        Figure("votes doubled", (cast - promised).total(), "votes", at_most=0),
        Figure("places where counters and stored votes differ", recount["places"], "places", at_most=0),
    ]


def mails_twice(stack: Stack) -> int:
    """Mails that one recipient has got again."""
    database = sqlite3.connect(stack.run_dir / "mail/mails.sqlite")
    try:
        found: int = database.execute(MAILS_TWICE).fetchone()[0]
    finally:
        database.close()
    return found

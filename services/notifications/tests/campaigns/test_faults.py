"""Kills amid a campaign: nobody gets two, nobody is missed, and who has left gets none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wsis_testkit.proxy import behind, proxied
from wsis_testkit.sizes import size

from .. import newsletter_faults as faults
from ..sink import Sink

READERS, KILLS, LEAVERS = size((1000, 4, 20), (3000, 4, 60))


def test_a_campaign_amid_kills_cuts_and_departures(database: Any, environment: dict[str, str], tmp_path: Path) -> None:
    db = database("notifications")
    readers = faults.add_readers(db, READERS)
    with Sink(keep=False) as sink, proxied(environment["WSIS_MONGO_URI"]) as proxy:
        uri = behind(environment["WSIS_MONGO_URI"], proxy)
        senders = faults.Senders(
            {
                "WSIS_SMTP_URI": sink.uri,
                "WSIS_SMTP_TIMEOUT": "1",
                "WSIS_MONGO_URI": uri,
                "WSIS_NICE": "0",
                "WSIS_NEWSLETTER_CONNECTIONS": str(faults.CONNECTIONS),
                "WSIS_NEWSLETTER_PER_SECOND": "0",
            },
            tmp_path / "sender.log",
        )
        outcome = faults.play(db, sink, senders, readers, kills=KILLS, leavers=LEAVERS, faults=[proxy.cut])
    assert (outcome.twice, outcome.missed, outcome.after_leaving) == (0, 0, 0), outcome
    assert outcome.unknown <= KILLS * faults.CONNECTIONS, outcome
    assert outcome.left == LEAVERS

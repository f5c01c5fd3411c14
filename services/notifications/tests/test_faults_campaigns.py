"""Kills amid a campaign: nobody gets two, nobody is missed, and who has left gets none."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wsis_testkit.proxy import Proxy

from . import newsletter_faults as faults
from .sink import Sink

READERS, KILLS, LEAVERS = 3000, 4, 60


def test_a_campaign_amid_kills_cuts_and_departures(database: Any, environment: dict[str, str], tmp_path: Path) -> None:
    db = database("notifications")
    readers = faults.add_readers(db, READERS)
    store = urlsplit(environment["WSIS_MONGO_URI"])
    with Sink(keep=False) as sink, Proxy(store.hostname or "", store.port or 0) as proxy:
        uri = store._replace(netloc=f"{store.netloc.rpartition('@')[0]}127.0.0.1:{proxy.port}").geturl()
        senders = faults.Senders(
            {"WSIS_SMTP_URI": sink.uri, "WSIS_SMTP_TIMEOUT": "1", "WSIS_MONGO_URI": uri, "WSIS_NICE": "0",
             "WSIS_NEWSLETTER_CONNECTIONS": str(faults.CONNECTIONS), "WSIS_NEWSLETTER_PER_SECOND": "0"},
            tmp_path / "sender.log",
        )  # fmt: skip
        outcome = faults.play(db, sink, senders, readers, kills=KILLS, leavers=LEAVERS, faults=[proxy.cut])
    assert (outcome.twice, outcome.missed, outcome.after_leaving) == (0, 0, 0), outcome
    assert outcome.unknown <= KILLS * faults.CONNECTIONS, outcome
    assert outcome.left == LEAVERS

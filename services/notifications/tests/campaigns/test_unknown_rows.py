"""Rows of unknown outcome are settled by what the log of the relay says of their mails."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import clock

from wsis_notifications.mails.rules.deliveries import SEARCHES

from ..relay_lines import OTHER, lines, message_key, settling, write
from ..sink import Sink
from .campaign_kit import add, begin, ended


def test_without_a_log_an_unknown_mail_stays_so_and_with_one_is_searched_for_a_few_times(
    db: Any, relay_log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [reader] = add(db, 1)
    campaign = begin(db, state="finished", open=False)
    row = f"{campaign}|{reader['_id']}"
    drafted = clock.now() - timedelta(days=12)  # it began today
    db["campaigns"].update_one({"_id": campaign}, {"$set": {"created_at": drafted}})
    db["newsletter_deliveries"].insert_one({"_id": row, "state": "unknown"})
    db["campaign_batches"].insert_one(
        {"_id": "1", "campaign": row.partition("|")[0], "ids": [row], "figures": [["unknown", "", "en", "", 1]]}
    )
    write(relay_log_file, *lines(OTHER, "sent"))
    monkeypatch.setenv("WSIS_RELAY_LOG", "")
    assert settling(db).settle_unknown_mails() == 0
    assert db["newsletter_deliveries"].find_one() == {"_id": row, "state": "unknown"}
    monkeypatch.setenv("WSIS_RELAY_LOG", str(relay_log_file))
    for _ in range(SEARCHES + 1):
        assert settling(db).settle_unknown_mails() == 0
    assert db["newsletter_deliveries"].find_one() == {"_id": row, "state": "unknown", "searches": SEARCHES}


def test_rows_of_a_campaign_are_settled_with_its_figures(db: Any, sink: Sink, relay_log_file: Path, start: Any) -> None:
    first, second = add(db, 2)
    sink.mute, campaign = True, begin(db)
    start(smtp_timeout=1.0)
    ended(db, campaign, seconds=60)
    rows = db["newsletter_deliveries"]
    assert {row["state"] for row in rows.find()} == {"unknown"}
    write(
        relay_log_file,
        *lines(message_key(sink, first["email"]), "sent"),
        *lines(message_key(sink, second["email"]), "nobody"),
    )
    assert settling(db).settle_unknown_mails() == 2
    assert settling(db).settle_unknown_mails() == 0
    states = {row["_id"].partition("|")[2]: (row["state"], row["reason"]) for row in rows.find()}
    assert states == {first["_id"]: ("sent", None), second["_id"]: ("bounced", "hard 5.1.1")}
    figures = [item[:2] for batch in db["campaign_batches"].find() for item in batch["figures"]]
    assert sorted(figures) == [["bounced", "hard 5.1.1"], ["sent", ""]]
    assert db["campaigns"].find_one({"_id": campaign})["totals"] == {"sent": 2, "hard": 1, "complaints": 0}
    assert db["subscribers"].find_one({"_id": second["_id"]})["state"] == "bounced"

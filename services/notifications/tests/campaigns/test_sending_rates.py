"""Rates of mails: in a second, of a domain, in a day, and of a domain of ours that begins."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_testkit import wait_for

from wsis_notifications.campaigns.use_cases.limits import Sender

from ..sink import Sink
from .campaign_kit import add, begin, ended, states


def test_rates_of_all_and_of_a_domain_hold(db: Any, sink: Sink, start: Any) -> None:
    add(db, 40)  # a quarter in each of four domains
    campaign = begin(db)
    start(newsletter_per_second=40.0, newsletter_per_domain="mail.example=5")
    ended(db, campaign)
    slow = [at for recipient, at in sink.taken if recipient.endswith("@mail.example")]
    for key, rate, times in (("", 40, [at for _, at in sink.taken]), ("mail.example", 5, slow)):
        free = db["send_rates"].find_one({"_id": key})["next_at"]  # after the last one; none left before its turn
        turns = [free - number / rate for number in range(len(times), 0, -1)]
        assert all(at > turn - 0.001 for at, turn in zip(sorted(times), turns, strict=True))
    assert len(sink.taken) == 40


def test_the_rest_of_a_day_waits_for_the_next(db: Any, sink: Sink, start: Any) -> None:
    add(db, 30)
    campaign = begin(db)
    start(newsletter_per_day=12)
    wait_for(lambda: len(sink.taken) == 12, 15)
    batch = wait_for(lambda: db["campaign_batches"].find_one({"claim": None}), 15, "the batch to be given back")
    assert batch["due"] > clock.now()
    assert states(db) == {"sent": 12, "queued": 18}
    assert db["campaigns"].find_one({"_id": campaign})["state"] == "sending"


def test_mails_that_wait_for_the_relay_are_no_mails_of_the_day(
    db: Any, sink: Sink, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsis_notifications.campaigns.sender.source.RELAY_PAUSE", 0.1)
    add(db, 30)
    begin(db)
    sink.away = True
    start(newsletter_per_day=12)
    wait_for(lambda: sink.refused > 12, 15, "the relay to be asked again")
    sink.away = False
    wait_for(lambda: len(sink.taken) == 12, 15, "the mails of the day")
    batch = wait_for(lambda: db["campaign_batches"].find_one({"claim": None, "figures": {"$ne": []}}), 15)
    assert batch["due"] > clock.now()
    assert states(db) == {"sent": 12, "queued": 18}


@pytest.fixture(params=[300, -300], ids=["slow", "fast"])
def wrong_clock(request: Any) -> Iterator[None]:
    """That of this machine, by five minutes: the store says so."""
    clock.follow(datetime.now(UTC) + timedelta(seconds=request.param), time.monotonic())
    yield
    clock.follow(datetime.now(UTC), time.monotonic())


def test_a_rate_goes_by_the_clock_of_the_store(
    wrong_clock: None, db: Any, sink: Sink, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsis_notifications.campaigns.sender.source.RELAY_PAUSE", 0.1)
    add(db, 20)
    campaign = begin(db)
    sink.away = True
    start(newsletter_per_second=100.0)
    wait_for(lambda: sink.refused > 4, 15, "the relay to be asked")
    sink.away = False
    ended(db, campaign)
    assert len(sink.taken) == 20


def test_a_domain_that_never_sent_begins_slowly(db: Any, sink: Sink, start: Any) -> None:
    add(db, 16)
    campaign = begin(db)
    start(newsletter_per_second=1000.0, newsletter_warm_up="0=36000,1=0", mail_from="WSIS <a@wsis.example>")
    ended(db, campaign)
    free = db["send_rates"].find_one({"_id": ""})["next_at"]
    turns = [free - number / 10 for number in range(16, 0, -1)]
    assert all(at > turn - 0.001 for (_, at), turn in zip(sink.taken, turns, strict=True))
    began = db["send_rates"].find_one({"_id": "first wsis.example"})["next_at"]
    assert sink.taken[0][1] - 60 < began <= sink.taken[0][1]


def test_a_domain_that_sent_before_this_was_counted_goes_on(db: Any) -> None:
    now = clock.now().timestamp()
    db["campaigns"].insert_one({"_id": "former", "state": "finished", "kind": "full", "version": 1})
    assert Sender(db, "wsis.example").begin(now) > 10_000
    assert Sender(db, "wsis.example").days(now) > 10_000
    assert Sender(db, "news.wsis.example").begin(now) == 0, "another domain, which nobody knows"
    assert Sender(db, "news.wsis.example").days(now + 86_400) == pytest.approx(1)

"""Accounts are counted once each, in whatever order and how often their events come."""

from __future__ import annotations

import uuid
from itertools import permutations
from typing import Any

import pytest
from wsis_testkit import publish, wait_for

HOUR, NEXT_HOUR = "2017-03-20T12:02:10Z", "2017-03-20T13:05:00Z"


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any) -> Any:
    return serve("voting", WSIS_EVENT_WORKERS="1")  # in order: see all_seen


@pytest.fixture
def counted(database: Any) -> Any:
    """`counted()`: how many more accounts than when the test began, by what they are counted under."""
    registered, base = database("voting")["registered"], {}

    def now() -> dict[str, int]:
        rows = {row["_id"].removesuffix(":00:00+00:00"): row["accounts"] for row in registered.find()}
        return {id: rows.get(id, 0) - base.get(id, 0) for id in rows | base if rows.get(id, 0) != base.get(id, 0)}

    base = now()
    return now


class Account:
    """What accounts tells of one account."""

    def __init__(self, amqp_client: Any) -> None:
        self.amqp_client, self.id = amqp_client, uuid.uuid4().hex
        self.domain = f"{self.id}.example"

    def signals(self, sequence: int, confirmed_at: str = HOUR, **more: Any) -> None:
        told = {
            "account": self.id,
            "domain": self.domain,
            "throwaway": False,
            "registered_at": HOUR,
            "confirmed_at": confirmed_at,
            "alias": None,
            "sequence": None,
            "network": None,
        }
        publish(self.amqp_client, "accounts", "voter_signals", told, subject=self.id, sequence=sequence, **more)

    def confirmed(self, sequence: int, country: str = "FJ", **more: Any) -> None:
        told = {"account": self.id, "country": country}
        publish(self.amqp_client, "accounts", "account_confirmed", told, subject=self.id, sequence=sequence, **more)

    def erased(self, sequence: int) -> None:
        publish(
            self.amqp_client, "accounts", "account_erased", {"account": self.id}, subject=self.id, sequence=sequence
        )


@pytest.fixture
def account(amqp_client: Any) -> Any:
    return lambda: Account(amqp_client)


@pytest.fixture
def all_seen(service: Any, account: Any, database: Any) -> Any:
    """`all_seen()`: whatever was published before has been handled."""

    def wait() -> None:
        last, known = account(), database("voting")
        last.signals(1)
        last.confirmed(1)
        wait_for(lambda: known["voter_signals"].find_one({"_id": last.id}), what="signals")
        wait_for(lambda: known["voters"].find_one({"_id": last.id}), what="the country")
        last.erased(2)
        wait_for(lambda: known["voters"].find_one({"_id": last.id}) is None, what="the end")

    return wait


def test_event_that_comes_again_counts_once(account: Any, counted: Any, all_seen: Any) -> None:
    ada = account()
    for _ in range(2):
        ada.signals(1, id=f"s{ada.id}")
        ada.confirmed(1, id=f"c{ada.id}")
        all_seen()
    assert counted() == {"hour|2017-03-20 12": 1, f"domain|{ada.domain}": 1, "country|FJ": 1}


def test_whoever_comes_back_is_counted_where_they_are_now(account: Any, counted: Any, all_seen: Any) -> None:
    ada = account()
    ada.signals(1)
    ada.confirmed(1)
    all_seen()
    ada.erased(2)
    all_seen()
    assert counted() == {}
    ada.signals(3, NEXT_HOUR)
    ada.confirmed(3, "TO")
    all_seen()
    assert counted() == {"hour|2017-03-20 13": 1, f"domain|{ada.domain}": 1, "country|TO": 1}


@pytest.mark.parametrize("order", list(permutations(("signals", "confirmed", "erased"))), ids="-".join)
def test_erased_account_is_not_counted_in_whatever_order_it_is_told_of(
    account: Any, counted: Any, all_seen: Any, database: Any, order: tuple[str, ...]
) -> None:
    ada = account()
    for event in order:
        getattr(ada, event)(2 if event == "erased" else 1)
        all_seen()
    assert counted() == {}
    assert database("voting")["voters"].find_one({"_id": ada.id}) is None
    assert database("voting")["voter_signals"].find_one({"_id": ada.id, "forget_at": None}) is None

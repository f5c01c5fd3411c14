from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError
from wsis_shared.erasure import Erasure
from wsis_testkit import actor, make_context

from wsis_partnerships.rules import ledger, pledges
from wsis_partnerships.store import Store
from wsis_partnerships.use_cases.funds import FundCases

NOW = datetime(2017, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(database: Any) -> Store:
    return Store(database("partnerships"))


def _pledge(id: str, fund: dict[str, Any], make_body: Any, **more: Any) -> dict[str, Any]:
    return {**pledges.made(id, fund, make_body(), "account", f"2017/account/{id}", NOW), **more}


def test_one_slot_has_one_holder(store: Store, fund: dict[str, Any], make_body: Any) -> None:
    slot = {"slot_key": "2017/platinum/1", "state": "confirmed", "package": "platinum", "edition": "2017"}
    store.save("pledges", _pledge("s1", fund, make_body, **slot))
    with pytest.raises(DuplicateKeyError):
        store.save("pledges", _pledge("s2", fund, make_body, **slot))
    assert store.taken_slots("2017", "platinum") == {"2017/platinum/1"}


def test_partners_are_in_the_order_of_packages_and_then_of_confirmation(
    store: Store, fund: dict[str, Any], make_body: Any
) -> None:
    for id, place, hours, state in (
        ("late_gold", 1, 2, "confirmed"),
        ("pledged_gold", 1, 0, "pledged"),
        ("platinum", 0, 3, "received"),
        ("gold", 1, 1, "received"),
        ("gone", 0, 0, "withdrawn"),
    ):
        confirmed = NOW + timedelta(hours=hours)
        doc = _pledge(id, fund, make_body, edition="2018", package_order=place, state=state, confirmed_at=confirmed)
        store.save("pledges", doc)
    assert [row["_id"] for row in store.partners("2018")] == ["platinum", "gold", "late_gold"]


def test_number_of_store_commands_does_not_grow_with_the_pledges(
    database: Any, fund: dict[str, Any], make_body: Any, count_commands: Any
) -> None:
    cases = FundCases(Store(database("partnerships")))
    store, ctx = cases._store, make_context(actor("officer"))
    store.save("funds", {**fund, "_id": "2030"})
    reads = (
        lambda: cases.list_partners(ctx, "2030"),
        lambda: cases.list_packages(ctx, "2030"),
        lambda: cases.read_report("2030"),
        lambda: cases.list_report_lines(ctx, "2030", 100, None),
    )
    counts = []
    for number in range(1, 101):
        more = {"edition": "2030", "state": "confirmed", "confirmed_at": NOW}
        pledge = _pledge(f"c{number}", fund, make_body, **more)
        store.save("pledges", pledge)
        store.append(ledger.entry(pledge))
        if number in (1, 10, 100):
            counts.append([len(count_commands(read)) for read in reads])
    assert counts == [[2, 2, 2, 2]] * 3
    assert len(cases.list_partners(ctx, "2030")["items"]) == 100


def test_a_late_erasure_spares_a_pledge_made_since(store: Store, fund: dict[str, Any], make_body: Any) -> None:
    store.save("pledges", _pledge("e2", fund, make_body, account="back", edition="2019"))
    before = store.pledge("2019", "e2")["pledged_at"] - timedelta(minutes=1)
    store.forget(Erasure(before, "back"))
    assert store.pledge("2019", "e2")["account"] == "back"

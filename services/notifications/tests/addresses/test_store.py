"""Suppressed addresses and declined kinds, over a real store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.erasure import Erasure

from wsis_notifications.addresses.rules import suppression
from wsis_notifications.addresses.store import COLLECTIONS, Suppressions
from wsis_notifications.mails.store.preferences import MailPreferences

NOW = clock.parse("2017-05-01T12:00:00Z")


@pytest.fixture
def db(database: Any) -> Any:
    made = database("notifications")
    for spec in COLLECTIONS:
        made[spec.name].delete_many({})
    return made


def test_the_first_reason_stays_unless_it_was_a_wish(db: Any) -> None:
    store = Suppressions(db)
    store.add("k1", "hard_bounce", NOW, "dsn")
    store.add("k1", "complaint", NOW, "arf")
    store.add("k2", "unsubscribed", NOW, "link")
    store.add("k2", "complaint", NOW, "arf")
    store.add("k2", "unsubscribed", NOW, "link")
    assert store.among(["k1", "k2", "k3"]) == {"k1": "hard_bounce", "k2": "complaint"}
    assert (store.find("k2") or {})["source"] == "arf"


def test_what_is_removed_counts_from_zero(db: Any) -> None:
    store = Suppressions(db)
    assert store.count_soft_bounce("k", NOW) == 1
    store.add("k", "officer", NOW, "officer")
    store.remove("k", NOW)
    assert store.find("k") is None
    assert store.count_soft_bounce("k", NOW) == 1
    store.add("k", "unsubscribed", NOW, "link")
    assert store.among(["k"]) == {"k": "unsubscribed"}


def test_soft_bounces_count_by_day(db: Any) -> None:
    store = Suppressions(db)
    assert [store.count_soft_bounce("k", NOW + timedelta(hours=hours)) for hours in (0, 1, 24, 25, 48)] == [
        1,
        1,
        2,
        2,
        3,
    ]
    assert store.count_soft_bounce("k", NOW + timedelta(days=suppression.SOFT_DAYS + 3)) == 1


def test_the_list_is_paged(db: Any) -> None:
    store = Suppressions(db)
    for number in range(5):
        store.add(f"k{number}", "officer", NOW + timedelta(seconds=number), "officer")
    first = store.page(3, None)
    rest = store.page(3, first["next"])
    assert [row["id"] for row in first["items"] + rest["items"]] == ["k4", "k3", "k2", "k1", "k0"]
    assert rest["next"] is None


def test_preferences_of_accounts(db: Any) -> None:
    store = MailPreferences(db)
    store.replace("a", ["reminders", "news"], NOW)
    store.decline("a", "digests", NOW)
    store.decline("b", "news", NOW)
    store.decline("b", "news", NOW)
    assert sorted(store.declined("a")) == ["digests", "news", "reminders"]
    assert store.among(["a", "b", "c"]) == {"a": {"reminders", "news", "digests"}, "b": {"news"}}
    store.replace("a", [], NOW)
    store.forget(Erasure(NOW, "b"))
    assert store.among(["a", "b"]) == {"a": set()}

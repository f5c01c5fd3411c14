"""The ledger over a real store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from wsis_notifications.domain import rules
from wsis_notifications.store import Journal, Store
from wsis_shared import clock
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.mongo import in_transaction


@pytest.fixture
def store(database: Any) -> Store:
    made = Store(database("notifications"))
    for name in ("deliveries", "notices"):
        made.db[name].delete_many({})
    return made


def notice(event: str = "e1", lane: str = "bulk", *, repeatable: bool = False) -> dict[str, Any]:
    return {"_id": f"{event}|herald/news", "event": event, "template": "herald/news", "lane": lane,
            "repeatable": repeatable, "data": {}}  # fmt: skip


def queue(store: Store, *accounts: str, **more: Any) -> list[dict[str, Any]]:
    return in_transaction(lambda: store.queue(notice(**more), list(accounts)))


def state(store: Store, row: dict[str, Any]) -> str:
    return str(store.read(row["_id"])["state"])


def begin(store: Store, rows: list[dict[str, Any]], lease: float = 60) -> set[str]:
    return store.write_progress({row["_id"]: row["claim"] for row in rows}, lease, [], [row["_id"] for row in rows])


def test_a_person_is_put_on_the_ledger_once(store: Store) -> None:
    assert len(queue(store, "a", "b")) == 2
    assert [row["account"] for row in queue(store, "b", "c")] == ["c"]
    assert store.deliveries.count_documents({}) == 3


def test_two_that_put_the_same_page_at_once_make_one_delivery_each(store: Store) -> None:
    accounts = [f"a{number}" for number in range(150)]
    start = threading.Barrier(3)
    new: list[int] = []

    def put() -> None:
        start.wait()
        new.append(len(queue(store, *accounts)))

    threads = [threading.Thread(target=put) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [0, 0, 150]
    assert store.deliveries.count_documents({}) == 150


def test_claimed_deliveries_are_nobody_elses_until_the_lease_ends(store: Store) -> None:
    queue(store, *"abcdef")
    first, second = store.claim("bulk", 4, 60), store.claim("bulk", 4, 60)
    assert (len(first), len(second)) == (4, 2)
    assert {row["_id"] for row in first}.isdisjoint(row["_id"] for row in second)
    assert store.claim("bulk", 4, 60) == []
    assert store.claim("fast", 4, 60) == []


def test_concurrent_claims_share_out_the_work(store: Store) -> None:
    queue(store, *[f"a{number}" for number in range(200)])
    taken: list[str] = []

    def take() -> None:
        while rows := store.claim("bulk", 20, 60):
            taken.extend(row["_id"] for row in rows)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 200


def test_an_expired_claim_can_be_taken_and_its_former_holder_may_not_begin(store: Store) -> None:
    queue(store, "a")
    late, other = store.claim("bulk", 1, -1), store.claim("bulk", 1, 60)
    assert late[0]["_id"] == other[0]["_id"]
    assert begin(store, late) == set()
    assert begin(store, other) == {other[0]["_id"]}
    assert store.read(other[0]["_id"])["attempts"] == 1


def test_sent_is_written_for_what_was_begun(store: Store) -> None:
    queue(store, "a", "b")
    rows = store.claim("bulk", 2, 60)
    begin(store, rows)
    claims = {row["_id"]: row["claim"] for row in rows}
    store.write_progress(claims, 60, [(rows[0]["_id"], clock.now())], [])
    assert [state(store, row) for row in rows] == ["sent", "sending"]
    assert store.read(rows[0]["_id"])["sent_at"] is not None


def test_what_a_dead_sender_left_is_found_and_a_late_sent_still_wins(store: Store) -> None:
    queue(store, "a", "b")
    rows = store.claim("bulk", 2, 60)
    begin(store, rows, lease=-1)
    gone = store.abandoned()
    assert {row["_id"] for row in gone} == {row["_id"] for row in rows}
    for row in gone:
        store.settle(row, rules.Settlement("unknown", "the sender ended"))
    assert store.abandoned() == []
    claims = {row["_id"]: row["claim"] for row in rows}
    store.write_progress(claims, 60, [(rows[0]["_id"], clock.now())], [])
    assert [state(store, row) for row in rows] == ["sent", "unknown"]


def test_settling_does_not_overwrite_what_changed_meanwhile(store: Store) -> None:
    queue(store, "a")
    rows = store.claim("bulk", 1, 60)
    begin(store, rows, lease=-1)
    [stale] = store.abandoned()
    store.write_progress({stale["_id"]: stale["claim"]}, 60, [(stale["_id"], clock.now())], [])
    store.settle(stale, rules.Settlement("unknown", "the sender ended"))
    assert state(store, stale) == "sent"


def test_a_delivery_to_be_tried_again_waits_for_its_time(store: Store) -> None:
    queue(store, "a", "b")
    now, later = store.claim("bulk", 2, 60)
    store.settle(now, rules.Settlement("queued", "rcpt 450", 0))
    store.settle(later, rules.Settlement("queued", "rcpt 450", 3600))
    assert [row["_id"] for row in store.claim("bulk", 2, 60)] == [now["_id"]]
    assert store.read(later["_id"])["due"] > clock.now() + timedelta(minutes=50)


def test_given_back_deliveries_come_again(store: Store) -> None:
    queue(store, "a", "b")
    rows = store.claim("bulk", 2, 60)
    store.postpone(rows, 0)
    assert len(store.claim("bulk", 2, 60)) == 2


def test_an_erased_account_gets_nothing_more(store: Store) -> None:
    queue(store, "a", "b")
    store.forget("a")
    assert [row["account"] for row in store.claim("bulk", 5, 60)] == ["b"]


def test_pages_go_from_new_to_old_without_a_gap(store: Store, environment: Any) -> None:
    for number in range(7):
        queue(store, f"a{number}", event=f"e{number % 2}")
    seen, after = [], None
    while True:
        page = store.page(3, after)
        seen += [row["account"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == [f"a{number}" for number in range(7)]
    assert len(store.page(10, None, event="e1")["items"]) == 3
    assert [row["account"] for row in store.page(10, None, account="a4")["items"]] == ["a4"]
    assert store.page(10, None, state="sent")["items"] == []
    with pytest.raises(Invalid):
        store.page(3, "forged")


def test_figures_count_by_lane_and_template(store: Store) -> None:
    queue(store, "a", "b", "c")
    queue(store, "a", event="e2", lane="fast")
    row = store.claim("bulk", 1, 60)[0]
    store.settle(row, rules.Settlement("failed", "rcpt 550"))
    figures = store.figures()
    fast, bulk = figures["lanes"]
    assert (fast["lane"], fast["queued"], bulk["queued"], bulk["failed"]) == ("fast", 1, 2, 1)
    assert bulk["oldest_queued_seconds"] >= 0
    assert {"template": "herald/news", "state": "queued", "count": 3} in figures["templates"]


def test_unknown_ids_are_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.read("nothing")


# -- announcements -----------------------------------------------------------------------------------------------


def test_a_page_and_its_cursor_are_saved_together(store: Store) -> None:
    store.notices.add({**notice(), "state": "expanding"})
    taken = store.notices.take(60)
    assert taken is not None
    assert store.notices.take(60) is None

    def page(fails: bool) -> None:
        store.queue(taken, ["a", "b"])
        store.notices.advance(taken, "b", 2)
        if fails:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(lambda: page(True))
    assert store.deliveries.count_documents({}) == 0
    in_transaction(lambda: page(False))
    again = store.notices.take(60)
    assert again is not None
    assert (again["cursor"], again["recipients"]) == ("b", 2)


def test_announcements_take_turns(store: Store) -> None:
    for event in ("e1", "e2"):
        store.notices.add({**notice(event), "state": "expanding"})
    order = []
    for _ in range(4):
        taken = store.notices.take(60)
        assert taken is not None
        order.append(taken["event"])
        store.notices.advance(taken, "next", 0)
    assert order in (["e1", "e2", "e1", "e2"], ["e2", "e1", "e2", "e1"])


def test_an_announcement_that_ended_is_done(store: Store) -> None:
    store.notices.add({**notice(), "state": "expanding"})
    assert not store.notices.add({**notice(), "state": "expanding"})
    taken = store.notices.take(60)
    assert taken is not None
    assert [item["event"] for item in store.notices.unfinished()] == ["e1"]
    store.notices.advance(taken, None, 2)
    assert store.notices.take(60) is None
    assert store.notices.unfinished() == []


# -- journal -----------------------------------------------------------------------------------------------------


def test_one_write_serves_all_who_wait() -> None:
    writes: list[int] = []
    entered, go_on = threading.Event(), threading.Event()

    def write(sent: list[Any], begun: list[str]) -> set[str]:
        writes.append(len(begun))
        entered.set()
        go_on.wait(10)
        return set(begun) - {"d3"}

    journal = Journal(write)
    answers: dict[str, bool] = {}

    def ask(name: str) -> Callable[[], None]:
        return lambda: answers.update({name: journal.begin(name)})

    threads = [threading.Thread(target=ask(f"d{number}")) for number in range(6)]
    threads[0].start()
    assert entered.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(journal._begun) < 5:
        pass
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert writes == [1, 5]
    assert answers == {"d0": True, "d1": True, "d2": True, "d3": False, "d4": True, "d5": True}


def test_what_was_sent_is_written_again_when_a_write_fails() -> None:
    written: list[str] = []
    broken = [True]

    def write(sent: list[Any], begun: list[str]) -> set[str]:
        if broken.pop() if broken else False:
            raise OSError("the store is away")
        written.extend(id_ for id_, _ in sent)
        return set(begun)

    journal = Journal(write)
    journal.sent("d1", clock.now())
    with pytest.raises(OSError, match="away"):
        journal.begin("d2")
    assert journal.begin("d3")
    assert written == ["d1"]

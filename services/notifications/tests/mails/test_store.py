"""Deliveries over a real store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import audit, clock
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused

from wsis_notifications.mails.delivery_source import DueDeliveries
from wsis_notifications.mails.rules import deliveries as rules
from wsis_notifications.mails.store.deliveries import DeliveryRepository


@pytest.fixture
def store(database: Any) -> DeliveryRepository:
    made = DeliveryRepository(database("notifications"))
    for name in ("deliveries", "notices", "delivery_batches"):
        made.db[name].delete_many({})
    return made


def notice(event: str = "e1", priority: str = "low", *, repeatable: bool = False) -> dict[str, Any]:
    return {
        "_id": f"{event}|herald/news",
        "event": event,
        "template": "herald/news",
        "priority": priority,
        "repeatable": repeatable,
        "data": {},
    }


def queue(store: DeliveryRepository, *accounts: str, **more: Any) -> list[dict[str, Any]]:
    return in_transaction(lambda: store.queue([(notice(**more), account) for account in accounts]))


def test_nobody_finds_the_account_of_an_undated_mail_by_trying(store: DeliveryRepository) -> None:
    """Officers see id and event of the mail of a complete ballot, and may list all accounts."""
    undated = {**notice(), "undated": True}
    [row] = in_transaction(lambda: store.queue([(undated, "voter")]))
    shown = store.page(10, None).rows[0]
    tried = {rules.delivery_id(shown["event"], shown["template"], account) for account in ("voter", "other")}
    assert shown["_id"] == row["_id"]
    assert shown["_id"] not in tried
    assert in_transaction(lambda: store.queue([(undated, "voter")])) == [], "and it is one mail still"


def state(store: DeliveryRepository, row: dict[str, Any]) -> str:
    return str(store.read(row["_id"])["state"])


def take(store: DeliveryRepository, claim: str, lease: float = 60) -> tuple[list[str], list[dict[str, Any]]]:
    """DeliveryBatches and what of them is to be sent."""
    batches = store.batches.take("low", claim, lease)
    return batches, store.open(batches)[0]


def begin(store: DeliveryRepository, claim: str, rows: list[dict[str, Any]]) -> set[str]:
    return {row for _, row in store.write_progress([], [(claim, row["_id"]) for row in rows])}


def sent(store: DeliveryRepository, claim: str, row: dict[str, Any]) -> None:
    store.write_progress([((claim, row["_id"]), clock.now())], [])


def test_batches_of_a_process_that_stops_are_given_back(store: DeliveryRepository) -> None:
    queue(store, "a")
    first = DueDeliveries("low", store, 600, lambda mail: mail, contacts_of, lambda mails: [None] * len(mails))
    [taken] = first.claim()
    assert [task.mail.row["account"] for task in taken.tasks] == ["a"]
    assert take(store, "second")[0] == []
    first.close(taken.id, pause=0)
    assert len(take(store, "second")[0]) == 1


def test_what_a_process_holds_it_does_not_take_again(store: DeliveryRepository) -> None:
    queue(store, "a")
    first = DueDeliveries("low", store, 0, lambda mail: mail, contacts_of, lambda mails: [None] * len(mails))
    assert len(list(first.claim())) == 1
    assert list(first.claim()) == []  # although the lease has ended


def contacts_of(ids: list[str]) -> list[dict[str, Any]]:
    return [{"account": id_, "email": f"{id_}@people.example"} for id_ in ids]


def test_a_person_gets_one_delivery(store: DeliveryRepository) -> None:
    assert len(queue(store, "a", "b")) == 2
    assert [row["account"] for row in queue(store, "b", "c")] == ["c"]
    assert store.deliveries.count_documents({}) == 3


def test_two_that_put_the_same_page_at_once_make_one_delivery_each(store: DeliveryRepository) -> None:
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


def test_what_is_taken_is_nobody_elses_until_the_lease_ends(store: DeliveryRepository) -> None:
    queue(store, *[f"a{number}" for number in range(250)])
    first, second, third = (take(store, claim)[1] for claim in ("c1", "c2", "c3"))
    assert [len(first), len(second), len(third)] == [100, 100, 50]
    assert len({row["_id"] for row in [*first, *second, *third]}) == 250
    assert take(store, "c4") == ([], [])
    assert store.batches.take("high", "c5", 60) == []


def test_single_mails_are_taken_many_at_a_time(store: DeliveryRepository) -> None:
    for number in range(30):
        queue(store, "a", event=f"e{number}")
    batches, rows = take(store, "c1")
    assert len(batches) == len(rows) == 30


def test_concurrent_turns_share_out_the_work(store: DeliveryRepository) -> None:
    for number in range(60):
        queue(store, "a", "b", "c", event=f"e{number}")
    begun: list[str] = []

    def work(claim: str) -> None:
        while True:
            batches, rows = take(store, claim)
            if not batches:
                return
            begun.extend(begin(store, claim, rows))

    threads = [threading.Thread(target=work, args=(f"c{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == len(set(begun)) == 180


def test_two_with_the_same_parcel_begin_each_mail_once(store: DeliveryRepository) -> None:
    queue(store, "a", "b")
    _, late = take(store, "late", lease=-1)
    _, other = take(store, "other")
    assert [row["_id"] for row in late] == [row["_id"] for row in other]
    assert begin(store, "late", late[:1]) == {late[0]["_id"]}
    assert begin(store, "other", other) == {other[1]["_id"]}
    assert [store.read(row["_id"])["attempts"] for row in other] == [1, 1]


def test_a_mail_that_one_process_claims_twice_begins_once(store: DeliveryRepository) -> None:
    [row] = queue(store, "a")
    keys = {(claim, row["_id"]) for claim in ("first", "again")}
    assert len(store.write_progress([], list(keys))) == 1
    assert len(keys & store.write_progress([], list(keys))) == 1, "whoever asks again gets the same answer"
    assert store.read(row["_id"])["attempts"] == 1


def test_a_renewed_parcel_is_not_taken_away(store: DeliveryRepository) -> None:
    queue(store, "a")
    batches, _ = take(store, "c1", lease=-1)
    store.batches.renew(["c1"], batches, 60)
    assert take(store, "c2") == ([], [])


def test_sent_is_written_for_what_was_begun(store: DeliveryRepository) -> None:
    queue(store, "a", "b")
    batches, rows = take(store, "c1")
    begin(store, "c1", rows)
    sent(store, "c1", rows[0])
    assert [state(store, row) for row in rows] == ["sent", "sending"]
    assert store.read(rows[0]["_id"])["sent_at"] is not None


def test_what_a_dead_sender_left_is_found_and_a_late_sent_still_wins(store: DeliveryRepository) -> None:
    queue(store, "a", "b", "c")
    _, rows = take(store, "dead", lease=-1)
    begin(store, "dead", rows[:2])
    batches = store.batches.take("low", "next", 60)
    ready, abandoned = store.open(batches)
    assert [row["_id"] for row in ready] == [rows[2]["_id"]]
    assert {row["_id"] for row in abandoned} == {row["_id"] for row in rows[:2]}
    for row in abandoned:
        store.record_outcome(row, rules.Settlement("unknown", "the sender ended"))
    sent(store, "dead", rows[0])
    assert [state(store, row) for row in rows] == ["sent", "unknown", "queued"]


def test_settling_does_not_overwrite_what_changed_meanwhile(store: DeliveryRepository) -> None:
    queue(store, "a")
    _, rows = take(store, "dead", lease=-1)
    begin(store, "dead", rows)
    [stale] = store.open(store.batches.take("low", "next", 60))[1]
    sent(store, "dead", rows[0])
    store.record_outcome(stale, rules.Settlement("unknown", "the sender ended"))
    assert state(store, stale) == "sent"


def test_a_parcel_comes_back_for_what_is_left_of_it(store: DeliveryRepository) -> None:
    queue(store, "done", "now", "later")
    batches, rows = take(store, "c1")
    done, now, later = sorted(rows, key=lambda row: ["done", "now", "later"].index(row["account"]))
    begin(store, "c1", [done])
    sent(store, "c1", done)
    store.record_outcome(now, rules.Settlement("queued", "rcpt 450", 0))
    store.record_outcome(later, rules.Settlement("queued", "rcpt 450", 3600))
    store.close("c1", batches, pause=0, lease=60)
    again, rows = take(store, "c2")
    assert [row["_id"] for row in rows] == [now["_id"]]
    begin(store, "c2", rows)
    sent(store, "c2", rows[0])
    store.close("c2", again, pause=0, lease=60)
    [batch] = store.batches.all.find()
    assert batch["due"] > clock.now() + timedelta(minutes=50)


def test_a_parcel_without_anything_left_is_deleted(store: DeliveryRepository) -> None:
    queue(store, "a")
    batches, rows = take(store, "c1")
    begin(store, "c1", rows)
    sent(store, "c1", rows[0])
    store.close("c1", batches, pause=0, lease=60)
    assert store.batches.all.count_documents({}) == 0


def test_a_pause_holds_the_parcel_back(store: DeliveryRepository) -> None:
    queue(store, "a")
    batches, _ = take(store, "c1")
    store.close("c1", batches, pause=30, lease=60)
    assert take(store, "c2") == ([], [])
    assert store.batches.waiting("low") == 0


def test_an_erased_account_gets_nothing_more(store: DeliveryRepository) -> None:
    queue(store, "a", "b")
    store.skip_queued("a", "no contact")
    assert [row["account"] for row in take(store, "c1")[1]] == ["b"]


def test_pages_go_from_new_to_old_without_a_gap(store: DeliveryRepository, environment: Any) -> None:
    for number in range(7):
        queue(store, f"a{number}", event=f"e{number % 2}")
    seen, after = [], None
    while True:
        page = store.page(3, after)
        seen += [row["account"] for row in page.rows]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == [f"a{number}" for number in range(7)]
    assert len(store.page(10, None, event="e1").rows) == 3
    assert [row["account"] for row in store.page(10, None, account="a4").rows] == ["a4"]
    assert store.page(10, None, state="sent").rows == []
    with refused("suite.cursor_invalid"):
        store.page(3, "forged")


def test_those_in_trouble_are_found_until_they_are_queued_again(store: DeliveryRepository) -> None:
    queue(store, *"abc")
    _, rows = take(store, "c1")
    store.record_outcome(rows[0], rules.Settlement("failed", "rcpt 550"))
    begin(store, "c1", rows[1:2])
    store.record_outcome({**store.read(rows[1]["_id"])}, rules.Settlement("unknown", "the sender ended"))
    assert [row["_id"] for row in store.page(10, None, state="failed").rows] == [rows[0]["_id"]]
    sent(store, "c1", rows[1])
    assert store.page(10, None, state="unknown").rows == []
    assert [row["_id"] for row in store.page(10, None, state="sent").rows] == [rows[1]["_id"]]
    taken = audit.entry("notifications.delivery_retried", "delivery/x")
    in_transaction(lambda: store.requeue(store.read(rows[0]["_id"]), taken, lambda: None))
    assert store.page(10, None, state="failed").rows == []
    assert [row["_id"] for row in take(store, "c2")[1]] == [rows[0]["_id"]]


def test_an_outcome_without_events_is_one_command(
    store: DeliveryRepository, count_commands: Callable[[Callable[[], Any]], list[str]]
) -> None:
    queue(store, "a")
    row = take(store, "c1")[1][0]
    assert count_commands(lambda: store.record_outcome(row, rules.Settlement("failed", "rcpt 550"))) == ["update"]
    assert state(store, row) == "failed"


def test_figures_count_by_lane_and_template(store: DeliveryRepository) -> None:
    queue(store, "a", "b", "c")
    queue(store, "a", event="e2", priority="high")
    row = take(store, "c1")[1][0]
    store.record_outcome(row, rules.Settlement("failed", "rcpt 550"))
    figures = store.figures()
    fast, bulk = figures["priorities"]
    assert (fast["priority"], fast["queued"], bulk["queued"], bulk["failed"]) == ("high", 1, 2, 1)
    assert bulk["oldest_queued_seconds"] >= 0
    assert {"template": "herald/news", "state": "queued", "count": 3} in figures["templates"]


def test_unknown_ids_are_not_found(store: DeliveryRepository) -> None:
    with refused("notifications.delivery_unknown"):
        store.read("nothing")


# -- announcements -----------------------------------------------------------------------------------------------


def test_a_page_and_its_cursor_are_saved_together(store: DeliveryRepository) -> None:
    store.notices.add([{**notice(), "state": "expanding"}])
    taken = store.notices.take(60)
    assert taken is not None
    assert store.notices.take(60) is None

    def page(fails: bool) -> None:
        store.queue([(taken, "a"), (taken, "b")])
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


def test_announcements_take_turns(store: DeliveryRepository) -> None:
    for event in ("e1", "e2"):
        store.notices.add([{**notice(event), "state": "expanding"}])
    order = []
    for _ in range(4):
        taken = store.notices.take(60)
        assert taken is not None
        order.append(taken["event"])
        store.notices.advance(taken, "next", 0)
    assert order in (["e1", "e2", "e1", "e2"], ["e2", "e1", "e2", "e1"])


def test_an_announcement_that_ended_is_done(store: DeliveryRepository) -> None:
    store.notices.add([{**notice(), "state": "expanding"}])
    assert not in_transaction(lambda: store.notices.add([{**notice(), "state": "expanding"}]))
    taken = store.notices.take(60)
    assert taken is not None
    assert [item["event"] for item in store.notices.unfinished()] == ["e1"]
    store.notices.advance(taken, None, 2)
    assert store.notices.take(60) is None
    assert store.notices.unfinished() == []

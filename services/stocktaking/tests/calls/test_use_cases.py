"""A call from its draft to the answers."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess, check_done_once

from wsis_stocktaking.calls.schemas import CallBody
from wsis_stocktaking.calls.use_cases.answering import Answering
from wsis_stocktaking.calls.use_cases.calling import Calling

from ..world_kit import ADA, BEA, OFFICER, RegisterWorld

NOW = clock.now()
OLD, LATER = NOW - timedelta(days=1000), NOW + timedelta(days=1)
WORDS = {
    "text": {"en": "Please look at your entries before the Forum.", "fr": "Merci de relire vos entrées."},
    "deadline": (NOW + timedelta(days=30)).date().isoformat(),
    "remind_days": 7,
}


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    others: Any = defaultdict(dict)  # no other service is called
    return InProcess("stocktaking", database("stocktaking"), others)


class World(RegisterWorld):
    """Calls in an empty register."""

    asking, now, dated = OFFICER, NOW, OLD

    def draft(self, **changes: Any) -> str:
        return str(self.request("write_call_draft", body=CallBody().load({**WORDS, **changes}))()["id"])

    def start(self, call: str, dry_run: bool = False) -> Any:
        body = {"dry_run": dry_run, "reason": None if dry_run else "Before the Forum"}
        job = self.request("start_call", call=call, body=body)()
        self.service.run("send_call")
        return self.service.bus.jobs.get(job["id"])["result"]

    def sent(self, **changes: Any) -> str:
        call = self.draft(**changes)
        self.start(call)
        return call

    def counts(self, call: str) -> dict[str, int]:
        read = self.request("read_call", call=call)()
        return {name: read[name] for name in ("invited", "opened", "updated", "confirmed", "answered") if read[name]}

    def mailed(self, event: str) -> list[str]:
        return sorted(row["data"]["account"] for row in self.service.outbox(event))


@pytest.fixture
def world(service: InProcess, make_content: Any) -> World:
    return World(service, make_content)


def test_a_call_is_counted_before_it_is_sent_and_mails_each_owner_once(world: World) -> None:
    world.publish("a1", "ada")
    world.publish("a2", "ada")
    world.publish("b1", "bea", countries=["PS"])
    world.publish("young", "chi", NOW - timedelta(days=10))
    world.publish("ownerless", None)
    call = world.draft()
    counted = world.start(call, dry_run=True)
    assert (counted["entries"], counted["owners"], counted["without_owner"]) == (4, 2, 1)
    assert (world.mailed("owner_called"), world.counts(call)) == ([], {})
    assert world.start(call)["owners"] == 2
    assert (world.mailed("owner_called"), world.counts(call)) == (["ada", "bea"], {"invited": 2})
    [event, _] = world.service.outbox("owner_called")
    mail = world.service.call("write_call", at=NOW, data=event["data"], account=event["data"]["account"])
    assert (mail["words"], mail["deadline"][:10], mail["count"]) == (WORDS["text"], WORDS["deadline"], 2)
    for method, arguments in (
        ("start_call", {"body": {"dry_run": False, "reason": "Again"}}),
        ("change_call_draft", {"body": CallBody().load(WORDS)}),
    ):
        with refused("stocktaking.call_sent"):
            world.request(method, call=call, **arguments)()
    assert world.start(world.draft(), dry_run=True)["invited_before"] == 2
    listed = world.request("list_calls", limit=20)()
    assert (listed["total"], [row["state"] for row in listed["items"]].count("sent")) == (2, 1)


def test_a_deadline_that_is_over_is_refused_at_its_field(world: World) -> None:
    with refused("stocktaking.call_deadline_over") as refusal:
        world.draft(deadline=(NOW - timedelta(days=1)).date().isoformat())
    assert list(refusal.value.fields) == ["deadline"]


def test_one_press_confirms_all_that_is_ticked(world: World) -> None:
    for entry in ("a1", "a2", "a3"):
        world.publish(entry, "ada")
    world.publish("b1", "bea")
    call = world.sent()
    opened = world.request("read_own_call", ADA, LATER, call=call)()
    assert [row["current"] for row in opened["entries"]] == [False, False, False]
    assert world.counts(call) == {"invited": 2, "opened": 1}
    body = {"entries": ["a1", "a2"]}
    left = world.request("confirm_called_entries", ADA, LATER, call=call, body=body)()
    assert [(row["id"], row["current"]) for row in left["entries"]] == [("a1", True), ("a2", True), ("a3", False)]
    world.request("confirm_called_entries", ADA, LATER, call=call, body=body)()
    shown = world.request("read_entry", actor(), LATER, entry="a1")()
    assert (shown["revision"], shown["title"]) == (2, {"en": "Digital farmers"})
    assert world.counts(call) == {"invited": 2, "opened": 1, "confirmed": 1, "answered": 1}
    with refused("stocktaking.entry_unknown"):
        world.request("confirm_called_entries", ADA, LATER, call=call, body={"entries": ["b1"]})()
    with refused("stocktaking.call_unknown"):
        world.request("read_own_call", actor(id="chi"), LATER, call=call)()
    silent = world.request("list_called_owners", call=call, answered=False, limit=20)()
    assert [(row["account"], row["organization"]) for row in silent["items"]] == [("bea", "Ministry of Agriculture")]


def test_updates_and_confirmations_elsewhere_count_too(world: World) -> None:
    world.publish("a1", "ada")
    world.publish("b1", "bea")
    call = world.sent()
    answering = world.service.use_case(Answering)
    # Ada's update is that of somebody who edits for her.
    for account, entry, count in (
        ("editor", "a1", answering.count_update),
        ("bea", "b1", answering.count_confirmation),
    ):
        for _ in range(2):
            count({"data": {"account": account, "entry": entry}, "time": clock.iso(LATER)})
    answering.count_update({"data": {"account": "stranger", "entry": "another"}, "time": clock.iso(LATER)})
    assert world.counts(call) == {"invited": 2, "updated": 1, "confirmed": 1, "answered": 2}


def test_who_has_not_answered_is_reminded_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for owner in ("ada", "bea", "chi"):
        world.publish(f"of-{owner}", owner)
    call = world.sent()
    world.request("confirm_called_entries", BEA, LATER, call=call, body={"entries": ["of-bea"]})()
    calling = world.service.use_case(Calling)
    calling.remind_owners()
    assert world.mailed("owner_reminded") == []
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=24))
    for _ in range(2):
        calling.remind_owners()
    assert world.mailed("owner_reminded") == ["ada", "chi"]
    assert world.request("read_call", call=call)()["reminded"] == 2


def test_a_closed_call_counts_and_reminds_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.publish("a1", "ada")
    with refused("stocktaking.call_not_open"):
        world.request("close_call", call=world.draft(), body={"reason": "Enough"})()
    call = world.sent()
    world.request("close_call", call=call, body={"reason": "Enough"})()
    assert [row["data"]["reason"] for row in world.service.outbox("action_taken")] == ["Before the Forum", "Enough"]
    world.request("confirm_called_entries", ADA, LATER, call=call, body={"entries": ["a1"]})()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=24))
    world.service.use_case(Calling).remind_owners()
    assert (world.counts(call), world.mailed("owner_reminded")) == ({"invited": 1}, [])


def test_a_call_mails_once_whenever_the_process_ends(world: World) -> None:
    world.publish("a1", "ada")
    world.publish("b1", "bea")
    call = world.draft()
    body = {"dry_run": False, "reason": "Before the Forum"}
    start = world.request("start_call", call=call, body=body)

    def act() -> None:
        start()
        world.service.run("send_call")

    check_done_once(world.service, act, overlapped=False)
    assert world.mailed("owner_called") == ["ada", "bea"]


def test_an_erased_owner_is_in_no_list(world: World) -> None:
    world.publish("a1", "ada")
    call = world.sent()
    world.service.use_case(Answering).forget(Erasure(LATER, "ada"))
    assert world.request("list_called_owners", call=call, answered=False, limit=20)()["items"] == []
    assert world.counts(call) == {"invited": 1}

"""Each write is interrupted at each place, and the confirmation of the one Platinum partner meets another one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.errors import Conflict
from wsis_shared.schemas import LOCALES
from wsis_testkit import actor
from wsis_testkit.interruptions import InProcess, check_done_once, overlap_at, overlaps_of

from wsis_partnerships.plugin import plugin

AT = datetime(2017, 1, 10, 12, tzinfo=UTC)
OFFICER, SPONSOR = actor("officer"), actor()
REASON = "Agreed by letter"
# Each entry point that writes: who calls it, of which pledge, and with what. The fund of 2017 is open, with a pledge
# and a partner whose new logo waits.
ACTS: dict[str, tuple[Any, str | None, dict[str, Any]]] = {
    "open_fund": (OFFICER, None, {"edition": "2018", "body": {"reason": REASON}}),
    "change_package": (OFFICER, None, {"package": "gold", "body": {"amount_centimes": 200_000, "reason": REASON}}),
    "add_activity": (OFFICER, None, {"body": {"title": dict.fromkeys(LOCALES, "Night")}}),
    "set_activity": (OFFICER, None, {"activity": "hackathon", "body": {"title": dict.fromkeys(LOCALES, "Night")}}),
    "set_call": (
        OFFICER,
        None,
        {"body": {"text": dict.fromkeys(LOCALES, "Give"), "deadline": AT + timedelta(days=30), "reason": REASON}},
    ),
    "correct_pledge": (OFFICER, "partner", {"body": {"centimes": 200_000, "organization": "B", "reason": REASON}}),
    "make_pledge": (SPONSOR, None, {}),
    "change_pledge": (OFFICER, "pledge", {"body": {"state": "confirmed", "reason": REASON}}),
    "withdraw_pledge": (SPONSOR, "pledge", {"body": {"reason": REASON}}),
    "set_logo": (SPONSOR, "pledge", {}),
    "decide_logo": (OFFICER, "partner", {"body": {"accepted": True, "reason": REASON}}),
    "set_benefit": (OFFICER, "partner", {"benefit": "high_level_visibility", "body": {"done": True}}),
}


@pytest.fixture
def service(database: Any) -> InProcess:
    """The service in this process, with nothing stored."""
    made = InProcess("partnerships", database("partnerships"), {})
    made.restore({})
    return made


@pytest.mark.parametrize("method", ACTS)
def test_each_write_is_done_once_whatever_interrupts_it(
    service: InProcess, make_body: Any, make_png: Any, put_blob: Any, method: str
) -> None:
    def request(method: str, who: Any, key: str, **more: Any) -> Any:
        return service.call(method, who, at=AT, key=key, **{"edition": "2017", **more})

    request("open_fund", OFFICER, "open", body={"reason": REASON})
    made = {
        name: request("make_pledge", SPONSOR, name, body=make_body(organization=name))["_id"]
        for name in ("pledge", "partner")
    }
    new, *logos = (put_blob(make_png(side, side), f"{side}.png") for side in (8, 9, 10))
    request("set_logo", SPONSOR, "first logo", pledge=made["partner"], upload=logos[0])
    body = {"state": "confirmed", "reason": REASON}
    request("change_pledge", OFFICER, "confirm", pledge=made["partner"], body=body)
    request("set_logo", SPONSOR, "another logo", pledge=made["partner"], upload=logos[1])

    who, pledge, arguments = ACTS[method]
    arguments = {**arguments, **({"pledge": made[pledge]} if pledge else {})}
    arguments |= {"make_pledge": {"body": make_body()}, "set_logo": {"upload": new}}.get(method, {})

    def act() -> None:
        request(method, who, "act", **arguments)

    def repeat() -> None:
        stored = service.content()
        act()
        assert service.content() == stored, "a repeat under the same key does nothing"

    check_done_once(service, act, repeat, overlapped=False)


def test_each_entry_point_that_writes_is_interrupted() -> None:
    kinds = {name: getattr(method, "wsis_kind", "") for name, method in vars(plugin.load("service")).items()}
    assert set(ACTS) == {name for name, kind in kinds.items() if kind == "write"}


def test_platinum_is_confirmed_once_whatever_interrupts_it(service: InProcess, make_body: Any) -> None:
    def request(method: str, key: str, who: Any = OFFICER, **more: Any) -> Callable[[], Any]:
        return lambda: service.call(method, who, at=AT, key=key, edition="2017", **more)

    def confirming(key: str) -> Callable[[], Any]:
        pledge = request("make_pledge", f"made {key}", actor(), body=make_body(package="platinum"))()["_id"]
        return request("change_pledge", key, pledge=pledge, body={"state": "confirmed", "reason": REASON})

    request("open_fund", "open", body={"reason": REASON})()
    confirm, rival = confirming("first"), confirming("second")
    prepared = service.documents()

    def check() -> None:
        assert len(service.outbox("partner_confirmed")) == 1

    check_done_once(service, confirm, check, overlapped=False)
    entries = service.db["ledger"].count_documents({})
    service.restore(prepared)
    overlaps = overlaps_of(confirm)

    def lose(work: Callable[[], Any]) -> Callable[[], None]:
        def tried() -> None:
            with suppress(Conflict):
                work()

        return tried

    for place in overlaps:
        service.restore(prepared)
        assert overlap_at(place, lose(confirm), lose(rival))
        assert len(service.outbox("partner_confirmed")) == 1, f"overlapped at place {place}"
        assert service.db["pledges"].count_documents({"state": "confirmed"}) == 1
        assert service.db["ledger"].count_documents({}) == entries

"""The confirmation of the one Platinum partner is interrupted at each write, or another one comes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from wsis_shared.errors import Conflict
from wsis_testkit import actor
from wsis_testkit.interruptions import InProcess, check_done_once, overlap_at, overlaps_of

AT = datetime(2017, 1, 10, 12, tzinfo=UTC)
OFFICER = actor("officer")
REASON = "Agreed by letter"


def test_platinum_is_confirmed_once_whatever_interrupts_it(database: Any, make_body: Any) -> None:
    service = InProcess("partnerships", database("partnerships"), {})

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

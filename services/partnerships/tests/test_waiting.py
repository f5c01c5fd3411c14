"""What waits for officers of the fund."""

from __future__ import annotations

from typing import Any

from wsis_shared.waiting.repository import WaitingDocuments
from wsis_testkit import actor

from wsis_partnerships.waiting import WAITING


def test_pledges_benefits_and_logos_wait_until_an_officer_has_acted(
    partnerships: Any, database: Any, make_png: Any, put_blob: Any
) -> None:
    fund, sponsor, db = partnerships(), actor(), database("partnerships")

    def counts() -> list[int]:
        return [WaitingDocuments(db, ()).counted(kind)["count"] for kind in WAITING]

    made = fund.pledge(sponsor)
    assert counts() == [1, 0, 0]
    partner = fund.change(made, "confirmed")
    fund.call("set_logo", sponsor, pledge=made["id"], upload=put_blob(make_png(8, 8), "8.png"))
    waiting = {row["code"]: row for row in fund.call("list_waiting", fund.officer)["items"]}
    assert [waiting[kind.code]["count"] for kind in WAITING] == counts() == [0, 1, 1]
    page = f"/desk/partners/{fund.edition}/{made['id']}"
    assert [waiting[code]["page"] for code in ("benefits", "logos")] == [page, page]
    assert waiting["benefits"]["oldest_at"]
    assert waiting["logos"]["oldest_at"]
    assert fund.call("list_waiting", sponsor)["items"] == []

    fund.call("decide_logo", fund.officer, pledge=made["id"], body={"accepted": True, "reason": "Looked at"})
    *others, last = [row["code"] for row in partner["benefits"]]
    for code in others:
        fund.call("set_benefit", fund.officer, pledge=made["id"], benefit=code, body={"done": True})
    assert counts() == [0, 1, 0], "one is owed still"
    fund.call("set_benefit", fund.officer, pledge=made["id"], benefit=last, body={"done": True})
    assert counts() == [0, 0, 0]

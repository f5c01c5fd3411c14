"""Logos of partners: an officer looks at each before it is public."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import actor, refused


def test_logo_of_a_partner_changes_when_an_officer_agrees(partnerships: Any, make_png: Any, put_blob: Any) -> None:
    fund, sponsor = partnerships(), actor()
    made = fund.pledge(sponsor)
    known, better, worse = (put_blob(make_png(side, side), f"{side}.png") for side in (8, 9, 10))
    fund.call("set_logo", sponsor, pledge=made["id"], upload=known)
    fund.change(made, "confirmed")
    with refused("partnerships.logo_unknown"):
        fund.call("read_proposed_logo", fund.officer, pledge=made["id"])

    def decided(accepted: bool, **seen: str) -> Any:
        body = {"accepted": accepted, "reason": "Looked at", **seen}
        return fund.call("decide_logo", fund.officer, pledge=made["id"], body=body)

    for upload, accepted, public in ((better, True, better), (worse, False, better)):
        before = fund.call("read_logo", actor(), pledge=made["id"])
        assert fund.call("set_logo", sponsor, pledge=made["id"], upload=upload)["logo_waits"] is True
        assert fund.call("read_logo", actor(), pledge=made["id"]) == before
        assert fund.call("read_proposed_logo", fund.officer, pledge=made["id"]) == {"blob": upload["id"]}
        assert decided(accepted, proposed_logo=upload["id"])["logo_waits"] is False
        assert fund.call("read_logo", actor(), pledge=made["id"]) == {"blob": public["id"]}
    with refused("partnerships.logo_unknown"):
        decided(True)


def test_a_logo_that_was_swapped_after_it_was_looked_at_is_not_published(
    partnerships: Any, make_png: Any, put_blob: Any
) -> None:
    fund, sponsor = partnerships(), actor()
    made = fund.pledge(sponsor)
    fund.change(made, "confirmed")
    decent, hostile = (put_blob(make_png(side, side), f"{side}.png") for side in (8, 9))
    fund.call("set_logo", sponsor, pledge=made["id"], upload=decent)
    shown = fund.call("read_pledge", fund.officer, pledge=made["id"])["proposed_logo"]
    fund.call("set_logo", sponsor, pledge=made["id"], upload=hostile)
    body = {"accepted": True, "reason": "Looked at", "proposed_logo": shown}
    with refused("partnerships.logo_changed"):
        fund.call("decide_logo", fund.officer, pledge=made["id"], body=body)
    with refused("partnerships.logo_unknown"):
        fund.call("read_logo", actor(), pledge=made["id"])
    again = fund.call("read_pledge", fund.officer, pledge=made["id"])["proposed_logo"]
    fund.call("decide_logo", fund.officer, pledge=made["id"], body={**body, "proposed_logo": again})
    assert fund.call("read_logo", actor(), pledge=made["id"]) == {"blob": hostile["id"]}


@pytest.mark.parametrize("had_one", [True, False])
def test_a_confirmation_publishes_no_logo_that_nobody_looked_at(
    partnerships: Any, make_png: Any, put_blob: Any, had_one: bool
) -> None:
    fund, sponsor = partnerships(), actor()
    made = fund.pledge(sponsor)
    decent, hostile = (put_blob(make_png(side, side), f"{side}.png") for side in (8, 9))
    if had_one:
        fund.call("set_logo", sponsor, pledge=made["id"], upload=decent)
    shown = fund.call("read_pledge", fund.officer, pledge=made["id"])["proposed_logo"]
    assert shown == (decent["id"] if had_one else None)
    fund.call("set_logo", sponsor, pledge=made["id"], upload=hostile)
    body = {"state": "confirmed", "reason": "As agreed", "proposed_logo": shown or "none"}
    with refused("partnerships.logo_changed"):
        fund.call("change_pledge", fund.officer, pledge=made["id"], body=body)
    with refused("partnerships.logo_unknown"):
        fund.call("read_logo", actor(), pledge=made["id"])
    again = fund.call("read_pledge", fund.officer, pledge=made["id"])["proposed_logo"]
    fund.call("change_pledge", fund.officer, pledge=made["id"], body={**body, "proposed_logo": again})
    assert fund.call("read_logo", actor(), pledge=made["id"]) == {"blob": hostile["id"]}


def test_logo_is_public_once_the_pledge_is_confirmed(partnerships: Any, make_png: Any, put_blob: Any) -> None:
    fund, sponsor = partnerships(), actor()
    made = fund.pledge(sponsor)
    first, second = (put_blob(make_png(side, side), f"{side}.png") for side in (8, 9))
    for upload in (first, second):
        fund.call("set_logo", sponsor, pledge=made["id"], upload=upload)
    with refused("partnerships.logo_unknown"):
        fund.call("read_logo", actor(), pledge=made["id"])
    looked_at = fund.call("read_proposed_logo", fund.officer, pledge=made["id"])
    assert looked_at == {"blob": second["id"]}, "an officer sees what the confirmation publishes"
    fund.change(made, "confirmed")
    assert fund.call("read_logo", actor(), pledge=made["id"]) == {"blob": second["id"]}
    with refused("partnerships.pledge_unknown"):
        fund.call("set_logo", actor(), pledge=made["id"], upload=put_blob(make_png(8, 8), "8.png"))
    with refused("partnerships.logo_too_large"):
        fund.call("set_logo", sponsor, pledge=made["id"], upload=put_blob(make_png(5000, 1), "5000.png"))

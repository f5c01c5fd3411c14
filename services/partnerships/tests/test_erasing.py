"""An erasure takes a person from all that the service stores, but for what security.yaml keeps."""

from __future__ import annotations

from typing import Any

from wsis_testkit import actor, canaries

LEAVER = "leaver-account"


def test_a_person_is_in_no_collection_any_more(partnerships: Any, amqp_client: Any) -> None:
    fund = partnerships()
    fund.change(fund.pledge(actor(id=LEAVER)), "confirmed")
    assert canaries.to_go("partnerships") - canaries.found("partnerships", [LEAVER]).keys() == set()
    canaries.erase(amqp_client, "partnerships", account=LEAVER)
    assert canaries.found("partnerships", [LEAVER]).keys() - canaries.may_stay("partnerships") == set()

"""Processes whose clocks are wrong by five minutes, as machines are: what remains of a call is a duration, and what two
of them must agree on is by the store's clock."""

import uuid

import pytest
from wsis_testkit import actor, skewed

MINUTES = [300, -300]


@pytest.mark.parametrize("skew", MINUTES, ids=["fast", "slow"])
def test_a_service_whose_clock_is_wrong_answers_short_calls_and_its_own(serve, database, skew):
    service, who, note = serve("madeup", **skewed(skew)), actor("officer"), uuid.uuid4().hex
    assert service.call("echo", timeout=2, value=1) == {"value": 1}
    assert service.call("relay", who, timeout=2, call="whoami", arguments={})["actor"] == who.id
    assert service.call("slow", timeout=3, seconds=0.5, note=note) == {"slept": 0.5}
    assert database("madeup")["notes"].count_documents({"what": note}) == 1
    assert service.stop() == 0

"""Processes whose clocks are wrong by five minutes, as machines are: what remains of a call is a duration, and what two
of them must agree on is by the store's clock."""

import uuid
from datetime import timedelta

import pytest
from wsis_shared import clock
from wsis_testkit import actor, skewed, wait_for

MINUTES = [300, -300]


@pytest.mark.parametrize("skew", MINUTES, ids=["fast", "slow"])
def test_a_service_whose_clock_is_wrong_answers_short_calls_and_its_own(serve, database, skew):
    service, who, note = serve("madeup", **skewed(skew)), actor("officer"), uuid.uuid4().hex
    assert service.call("echo", timeout=2, value=1) == {"value": 1}
    assert service.call("relay", who, timeout=2, call="whoami", arguments={})["actor"] == who.id
    assert service.call("slow", timeout=3, seconds=0.5, note=note) == {"slept": 0.5}
    assert database("madeup")["notes"].count_documents({"what": note}) == 1
    assert service.stop() == 0


@pytest.mark.parametrize("skew", MINUTES, ids=["fast", "slow"])
def test_what_a_process_dates_is_by_the_clock_of_the_store(serve, database, skew):
    """What is due is read by other processes too."""
    service, things = serve("madeup", **skewed(skew)), database("madeup")["things"]

    def difference():
        made = service.call("make", n=1)["id"]
        return abs(things.find_one({"_id": made})["updated_at"] - clock.now())

    wait_for(lambda: difference() < timedelta(seconds=5))
    assert "clock differs from the store's" in service.log.read_text("utf-8")
    service.stop()


@pytest.mark.parametrize("skew", MINUTES, ids=["fast", "slow"])
def test_a_lease_is_not_taken_twice(serve, database, skew):
    ticks, leases = database("madeup")["ticks"], database("madeup")["leases"]
    ticks.delete_many({})
    wrong, right = serve("madeup", **skewed(skew)), serve("madeup")
    wait_for(ticks.find_one)  # before, the lease may be what the process of an earlier test has left
    held = leases.find_one({"_id": "tick"})
    wait_for(lambda: ticks.count_documents({}) >= 5)
    wait_for(lambda: leases.find_one({"_id": "tick"})["until"] > held["until"], 20, "a renewal")
    assert len({tick["by"] for tick in ticks.find()}) == 1
    assert leases.find_one({"_id": "tick"})["token"] == held["token"]
    wrong.stop()
    right.stop()

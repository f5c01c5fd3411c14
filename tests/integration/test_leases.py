"""Leases: work of one process passes to another as soon as that one is gone, however it went."""

import signal

import pytest
from wsis_testkit import wait_for


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_a_timer_moves_on_when_its_process_ends(how, serve, database):
    ticks = database("madeup")["ticks"]
    ticks.delete_many({})
    processes = {served.process.pid: served for served in (serve("madeup"), serve("madeup"))}
    holder = wait_for(ticks.find_one, 15)["by"]
    processes.pop(holder).stop(how)
    # The lease has 30 seconds to go.
    wait_for(lambda: ticks.find_one({"by": {"$ne": holder}}), 15, "ticks of the other process")
    for other in processes.values():
        other.stop()


def test_a_run_of_a_timer_that_takes_longer_than_its_lease_keeps_it(serve, database):
    """Else another process would begin beside it: two reminders."""
    ticks, leases = database("madeup")["ticks"], database("madeup")["leases"]
    database("madeup")["notes"].insert_one({"what": "ticks take long"})
    ticks.delete_many({})
    one, two = serve("madeup"), serve("madeup")
    [long] = wait_for(lambda: list(ticks.find()))
    first = leases.find_one({"_id": "tick"})
    wait_for(lambda: leases.find_one({"_id": "tick"})["until"] > first["until"], 15, "a renewal, after a third")
    assert leases.find_one({"_id": "tick"})["token"] == first["token"]
    assert [tick["by"] for tick in ticks.find()] == [long["by"]]
    database("madeup")["notes"].delete_many({"what": "ticks take long"})
    one.stop()
    two.stop()

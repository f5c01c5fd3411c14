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

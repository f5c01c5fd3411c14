"""The scheduling priority of a service process is a setting."""

import os


def test_a_process_lowers_its_priority_by_the_setting(serve):
    served = serve("madeup", WSIS_NICE="3")
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, served.process.pid) == min(own + 3, 19)

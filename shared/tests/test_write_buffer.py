"""Frames of many threads: each is sent, whole, and those of one thread in their order."""

import sys
import threading

import pytest
from wsis_shared.amqp.write_buffer import WriteBuffer
from wsis_testkit import wait_for

THREADS, EACH = 8, 4000


class Transport:
    """Remembers what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def _write(self, data: bytes) -> None:
        self.written.append(data)


@pytest.fixture
def restless():
    """Threads that change places as often as the interpreter lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_no_frame_of_many_threads_is_lost(restless: None) -> None:
    transport, failed = Transport(), threading.Event()
    gathered = WriteBuffer(transport, failed.set, "test")

    def write(thread: int) -> None:
        for number in range(EACH):
            transport._write(b"%d.%d " % (thread, number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    frames = THREADS * EACH
    wait_for(lambda: sum(data.count(b" ") for data in transport.written) >= frames, 10, "all frames")
    gathered.close()
    sent = b"".join(transport.written).split()
    for thread in range(THREADS):
        own = [frame for frame in sent if frame.startswith(b"%d." % thread)]
        assert own == [b"%d.%d" % (thread, number) for number in range(EACH)]
    assert not failed.is_set()

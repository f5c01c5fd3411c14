"""Sockets of TLS that do not wait where they may not: a timeout of 0 is `setblocking(False)` in Python's `socket`.

eventlet's wait for 0 seconds and say that it timed out (https://github.com/eventlet/eventlet/issues/505). pymongo looks
once more without waiting when the time of a monitor is over, and repeats what timed out: it would look for
ever, and never give up a member of the store that hangs.
"""

from __future__ import annotations

from eventlet.green.ssl import GreenSSLSocket


def as_in_python() -> None:
    """From now on; call it after `eventlet.monkey_patch`."""
    GreenSSLSocket.settimeout = _settimeout


def _settimeout(self: GreenSSLSocket, timeout: float | None) -> None:
    self.act_non_blocking = timeout == 0
    self._timeout = timeout

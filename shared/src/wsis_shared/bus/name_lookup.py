"""Names of other machines, as the system finds them: each time anew, and beside the greenlets of a service.

eventlet's own resolver keeps an address for as long as the name server allows, which is ten minutes in Docker, and for
five minutes that there was none. A broker or a member of the store that was replaced has another address, and was not
there for a moment: a service that asked then did not find it, and could store nothing where that one took the writes.
"""

from __future__ import annotations

import atexit
import socket
import threading
from functools import partial

from eventlet import tpool
from eventlet.green import socket as green_socket
from eventlet.patcher import original
from wsis_shared.bus.native_threads import in_native_thread

# A half of the native threads: where no name server answers, files are written by the others.
_places = threading.Semaphore(10)
_getaddrinfo = original("socket").getaddrinfo


def of_system() -> None:
    """From now on; call it after `eventlet.monkey_patch`, which brings eventlet's own."""
    for module in (socket, green_socket):  # the latter for `create_connection`
        vars(module)["getaddrinfo"] = getaddrinfo
    atexit.unregister(tpool.killall)  # who ends waits for no name server


def getaddrinfo(
    host: bytes | str | None,
    port: bytes | str | int | None,
    family: int = 0,
    type: int = 0,
    proto: int = 0,
    flags: int = 0,
) -> object:
    """As of `socket`. A name server may take seconds, and the system has no other way to wait for it than to wait."""
    try:
        return _getaddrinfo(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
    except socket.gaierror:  # a name
        pass
    with _places:
        return in_native_thread(partial(_getaddrinfo, host, port, family, type, proto, flags))

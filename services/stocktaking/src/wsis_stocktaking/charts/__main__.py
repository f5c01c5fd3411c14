"""The child process: `python -m ... FD` draws what comes through a socket until its other end is gone."""

from __future__ import annotations

import json
import os
import socket
import sys

from wsis_stocktaking.charts.process import limit_memory, receive, send


def main(descriptor: int) -> None:
    """Draw until the parent is gone."""
    os.nice(5)  # requests come first
    limit_memory()
    from wsis_stocktaking.charts import drawing  # noqa: PLC0415 -- under the limit

    with socket.socket(fileno=descriptor) as connection:
        connection.setblocking(True)  # the parent's eventlet made both ends non-blocking
        while True:
            try:
                request = json.loads(receive(connection))
            except ConnectionResetError:
                return
            try:
                files = drawing.render(request["chart"], request["formats"])
            except (ValueError, KeyError, TypeError, IndexError) as error:
                send(connection, json.dumps({"formats": [], "error": f"{type(error).__name__}: {error}"}).encode())
                continue
            send(connection, json.dumps({"formats": list(files)}).encode())
            for content in files.values():
                send(connection, content)


if __name__ == "__main__":
    main(int(sys.argv[1]))

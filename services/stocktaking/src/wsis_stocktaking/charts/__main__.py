"""The child process: `python -m ... FD` draws what comes through a socket until its other end is gone."""

from __future__ import annotations

import json
import sys

from wsis_shared.child_process import parent, receive, send

from wsis_stocktaking.charts.process import MEGABYTES


def main(descriptor: int) -> None:
    """Draw until the parent is gone."""
    with parent(descriptor, MEGABYTES) as connection:
        from wsis_stocktaking.charts import drawing  # noqa: PLC0415 -- under the limit

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

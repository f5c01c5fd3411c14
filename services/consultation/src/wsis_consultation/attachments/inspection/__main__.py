"""`python -m wsis_consultation.attachments.inspection PATH MEDIA_TYPE` prints "accepted" or the reason of a refusal.

Its limits hold from before the first byte of the file is read; whoever started it bounds its wall time.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from wsis_consultation.attachments.inspection import Rejection, inspect

MEMORY_BYTES, CPU_SECONDS, OPEN_FILES = 512 * 1024 * 1024, 5, 64


def main(path: str, media_type: str) -> str:
    """ "accepted" or a reason."""
    # At the first limit SIGXCPU ends it; at the second SIGKILL would, as a machine without memory does.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),  # it writes no file
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))
    try:
        inspect(Path(path), media_type)
    except Rejection as refused:
        return str(refused)
    except (MemoryError, RecursionError):
        return "expands"
    except Exception:  # noqa: BLE001 -- whatever a parser says of a file that a stranger made
        return "damaged"
    return "accepted"


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:3]))

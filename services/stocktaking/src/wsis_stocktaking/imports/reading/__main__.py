"""`python -m wsis_stocktaking.imports.reading PATH ENCODING AFTER SOURCE` prints JSON lines: what is known of the file,
an outcome for each row behind the row AFTER, and the number of rows; or {"refused": message} where it stops.

Its limits hold from before the first byte of the file is read.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from wsis_shared.json_types import JsonObject

from wsis_stocktaking.imports.reading import FileRefused
from wsis_stocktaking.imports.reading.validation import File
from wsis_stocktaking.imports.rules import Outcome

MEMORY_BYTES, CPU_SECONDS, OPEN_FILES = 1024 * 1024 * 1024, 900, 64
_GRACE = 5  # seconds of CPU: at the soft limit a signal says which limit it was, at the hard one SIGKILL says nothing


def lines(path: str, encoding: str, after: int, source: str = "") -> Iterator[JsonObject | Outcome]:
    """What is printed."""
    try:
        file = File(Path(path), encoding or None, source or None)
        yield {"about": file.about}
        yield from file.outcomes(after)
        yield {"end": file.about}
    except FileRefused as refused:
        yield {"refused": str(refused), "reason": refused.reason}
    except (MemoryError, RecursionError):
        yield {"refused": str(FileRefused("expands")), "reason": "expands"}


def main(path: str, encoding: str, after: str, source: str) -> None:
    """Print all lines."""
    for what, limit, hard in (
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + _GRACE),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0, 0),  # it writes no file
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (limit, hard))
    os.nice(5)  # requests come first
    gc.freeze()
    gc.set_threshold(100_000)  # rows have no cycles
    with os.fdopen(1, "w", encoding="utf-8", buffering=1 << 16) as out:
        for line in lines(path, encoding, int(after), source):
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:5])

"""How fast the event log takes a bulk history, and that no number is missing.

One writer, as in the service: writers conflict on the counter, so two of them are slower than one.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

from tests.load.figures import Figure

from wsis_agencies.event_log.rules.log import row_of
from wsis_agencies.event_log.store import EventLog

BATCHES, BATCH = 100, 200
LEAST_APPENDS = 5_000  # a second


def measure(db: Any) -> Iterator[Figure]:
    """Append to the log in the database `db` of agencies."""
    log = EventLog(db)
    start = log.last()
    history = [_rows(BATCH) for _ in range(BATCHES)]
    began = time.monotonic()
    for rows in history:
        log.append(rows)
    seconds = time.monotonic() - began
    count = BATCHES * BATCH
    yield Figure(f"event log, {count:,} appends in batches of {BATCH}", count / seconds, "/s", at_least=LEAST_APPENDS)
    began = time.monotonic()
    numbers = [row["seq"] for after in range(start, start + count, 100) for row in log.page(after, 100)]
    yield Figure("event log, pages of 100", 1000 * (time.monotonic() - began) / (count / 100), "ms")
    yield Figure("event log, numbers missing", count - len(set(numbers)), "of them", at_most=0)


def _rows(count: int) -> list[dict[str, Any]]:
    data = {
        "entry": "9b1d",
        "revision": 1,
        "sequence": 1,
        "title": "Digital farmers",
        "language": "en",
        "kind": "project",
        "action_lines": ["C7.e-agriculture"],
        "sdgs": [2],
        "countries": ["KE"],
        "regions": ["africa"],
        "source": "import",
    }
    paths = {"action_lines": "action_lines", "sdgs": "sdgs", "regions": "regions", "languages": "language"}
    event = {
        "source": "/wsis/stocktaking",
        "type": "wsis.stocktaking.entry_published.v1",
        "time": "2017-02-01T10:00:00Z",
        "subject": "9b1d",
        "data": data,
    }
    return [row_of({**event, "id": uuid.uuid4().hex}, paths) for _ in range(count)]

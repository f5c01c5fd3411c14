"""What leaves the suite of an event: CloudEvents 1.0 without private fields, numbered by the log.

https://github.com/cloudevents/spec; the extension `sequence` by cloudevents/extensions/sequence.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypedDict

from wsis_shared import clock
from wsis_shared.facets import facets_of
from wsis_shared.json_types import Input, JsonObject

PRIVATE = ("account", "accounts")  # the recipients of mails
EXAMPLE_ID = "0c6f1c3f0c5d9a4a5e8d0b7e7d6a1f2c"
KEPT_DAYS = 400  # an edition from its first call to its report
TAKEDOWN_TYPE = "wsis.notifications.event_taken_down.v1"


class Content(TypedDict):
    """What of a row a takedown withdraws."""

    data: Input | None
    facets: dict[str, list[object]]


class NewRow(Content):
    """An event as it goes into the log, which numbers it."""

    _id: str
    source: str
    type: str
    time: str
    subject: str


class LogRow(NewRow):
    """An event of the log. `at` is when it was appended."""

    seq: int
    at: datetime


TAKEN_DOWN: Content = {"data": None, "facets": {}}  # of a row whose content was withdrawn: its number stays


def row_of(event: Input, paths: Mapping[str, str]) -> NewRow:
    """The row of an event of the suite, without `seq` and `at`, which the log adds. `paths` are `EventType.facets`."""
    data = _public(event["data"])
    return {
        "_id": event["id"],
        "source": event["source"],
        "type": event["type"],
        "time": event["time"],
        "subject": event["subject"],
        "data": data,
        "facets": facets_of(data, paths),
    }


def sequences_taken_down(rows: Iterable[LogRow]) -> set[int]:
    """The numbers whose content events of the log say is withdrawn."""
    return {row["data"]["sequence"] for row in rows if row["type"] == TAKEDOWN_TYPE and row["data"] is not None}


def public_envelope(row: LogRow) -> dict[str, object]:
    """The CloudEvent (JSON format) that readers get. `data` is null after a takedown."""
    return {
        "specversion": "1.0",
        "id": row["_id"],
        "source": row["source"],
        "type": row["type"],
        "time": row["time"],
        "subject": row["subject"],
        "sequence": f"{row['seq']:020d}",
        "datacontenttype": "application/json",
        "data": row["data"],
    }


def numbered(row: LogRow, previous: int | None) -> dict[str, object]:
    """The event of a row; `previous` is the number of the one before it that the subscription gets."""
    envelope = public_envelope(row)
    return envelope if previous is None else {**envelope, "previous": f"{previous:020d}"}


def public_example(source: str, type: str, data: Mapping[str, object], at: datetime) -> dict[str, object]:
    """The envelope of the example `data` of an event, for documents and test deliveries."""
    example = {"id": EXAMPLE_ID, "source": f"/wsis/{source}", "type": type, "time": clock.iso(at), "subject": "2017"}
    return public_envelope({**row_of({**example, "data": data}, {}), "seq": 1, "at": at})


def is_expired(row: LogRow, now: datetime) -> bool:
    """Whether the log keeps the row no longer."""
    return bool((now - row["at"]).total_seconds() > KEPT_DAYS * clock.DAY)


def _public(data: JsonObject) -> JsonObject:
    """Without private fields, at any depth."""
    return {name: _shown(value) for name, value in data.items() if name not in PRIVATE}


def _shown(value: object) -> object:
    if isinstance(value, Mapping):
        return _public(value)
    return [_shown(item) for item in value] if isinstance(value, list) else value

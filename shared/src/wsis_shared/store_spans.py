"""Spans of the commands that a process sends to the store, under the request that needs them."""

from __future__ import annotations

from pymongo import monitoring
from wsis_shared import context, spans, tracing


class StoreSpans(monitoring.CommandListener):
    """A listener of pymongo: names of commands and collections, never a document or a filter."""

    def __init__(self) -> None:
        self._under_way: dict[int, tuple[str, str]] = {}  # by request id: the traceparent and the collection

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """A command is sent."""
        parent = context.traceparent()
        if spans.is_recorded(parent):
            of = event.command.get("collection" if event.command_name == "getMore" else event.command_name)
            self._under_way[event.request_id] = parent, of if isinstance(of, str) else ""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """It was answered."""
        self._ended(event, "")

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """It was refused, or not answered. The text may have values: the code has none."""
        self._ended(event, str(event.failure.get("codeName") or event.failure.get("code") or "NetworkError"))

    def _ended(self, event: monitoring.CommandSucceededEvent | monitoring.CommandFailedEvent, error: str) -> None:
        if event.request_id not in self._under_way:
            return
        parent, collection = self._under_way.pop(event.request_id)
        spans.record(
            f"{event.command_name} {collection}".rstrip(),
            "CLIENT",
            tracing.child(parent),
            parent,
            event.duration_micros / 1e6,
            error,
            attributes={
                "db.system.name": "mongodb",
                "db.collection.name": collection,
                "db.operation.name": event.command_name,
            },
        )

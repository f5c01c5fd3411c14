"""What other systems read: changes since a sequence, entries and the catalogue as linked data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from wsis_shared import clock
from wsis_shared.operations import rpc

from wsis_stocktaking.exchange import errors
from wsis_stocktaking.exchange.linked_data import catalogue_document, entry_document
from wsis_stocktaking.exchange.store import Exchange, Row
from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules.cards import card
from wsis_stocktaking.register.store.register import PUBLIC, Entry, Register

# A publication takes its moment when its request begins, and its sequence when it commits: of two at the same time the
# moments may stand in the other order. So a reader who begins at a moment begins a little before.
MARGIN = timedelta(minutes=1)


class ReadingCases:
    """What everybody may read. `public_url` is the address of the suite."""

    def __init__(self, register: Register, exchange: Exchange, public_url: str) -> None:
        self._register, self._exchange, self._public_url = register, exchange, public_url

    @rpc
    def list_entry_changes(
        self,
        after: int | None = None,
        since: datetime | None = None,
        action_line: Sequence[str] | None = None,
        limit: int = 50,
    ) -> dict[str, Any]:
        """At most `limit` changes. Raises Invalid with the field `since`."""
        if after is not None and since is not None:
            raise errors.after_and_since()
        start = after if after is not None else self._sequence_before(since) if since else 0
        head, lines = self._register.head(), action_line or []
        found = self._exchange.changes(start, head, lines, limit + 1)
        items = [_change(entry, lines) for entry in found[:limit]]
        position = items[-1]["sequence"] if items else None
        more = len(found) > limit
        return {
            "items": items,
            "next": position if more else None,
            "position": position,
            "reached": position if more else max(head, start),
        }

    def _sequence_before(self, since: datetime) -> int:
        try:
            return self._register.sequence_at(since - MARGIN)
        except OverflowError:  # the first minute of the year 1
            return 0

    @rpc
    def read_entry_linked_data(self, entry: str) -> dict[str, Any]:
        """An entry that is public; the id of one that was merged leads to the survivor. Raises NotFound."""
        found = self._register.find_public(entry)
        return {"text": entry_document(card(found), self._public_url), "filename": f"{found['_id']}.jsonld"}

    @rpc
    def read_entry_catalogue(self) -> dict[str, Any]:
        """The register without its entries."""
        newest = self._exchange.snapshots()[:1]
        files = [
            {**file, "id": snapshot["_id"], "format": name, "taken_at": clock.iso(snapshot["taken_at"])}
            for snapshot in newest
            for name, file in snapshot["files"].items()
        ]
        text = catalogue_document(self._public_url, clock.iso(clock.now()), files)
        return {"text": text, "filename": "entry-catalogue.jsonld"}


def _change(entry: Entry, lines: Sequence[str]) -> Row:
    public = entry["visibility"] == PUBLIC
    outside = public and bool(lines) and not set(lines) & set(contents.lines_of(entry["content"]))
    return {
        "sequence": entry["sequence"],
        "entry": entry["_id"],
        "change": "published" if public else entry["visibility"],
        "at": entry["revised_at"] if public else None,
        "outside": outside,
        "merged_into": entry.get("merged_into"),
        "card": card(entry) if public and not outside else None,
    }

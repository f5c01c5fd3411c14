"""Files with all entries: JSON Lines, CSV and JSON-LD, compressed by gzip, page by page. The same pages give the same
bytes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from wsis_shared import clock

from wsis_stocktaking.exchange.linked_data import LinkedData
from wsis_stocktaking.exchange.snapshots import table
from wsis_stocktaking.register.rules.cards import Card

MEDIA_TYPE = "application/gzip"
_GZIP = 16 + zlib.MAX_WBITS  # a gzip header without name and moment
_LEVEL = 6


def write(name: str, pages: Iterable[list[Card]], base: str, taken_at: str) -> Iterator[bytes]:
    """Chunks of the file in a format. `base` is the address of the suite, `taken_at` a moment of UTC as text."""
    return _compressed({"jsonl": _json_lines, "csv": table.write, "jsonld": _linked_data}[name](pages, base, taken_at))


def _json_lines(pages: Iterable[list[Card]], base: str, taken_at: str) -> Iterator[bytes]:
    for page in pages:
        yield "".join(f"{_json(card)}\n" for card in page).encode()


def _linked_data(pages: Iterable[list[Card]], base: str, taken_at: str) -> Iterator[bytes]:
    writer = LinkedData()
    yield writer.start(base, taken_at)
    for page in pages:
        yield writer.write(page)
    yield writer.finish()


def _compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=clock.iso)

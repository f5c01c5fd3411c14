"""Files with all entries, page by page: JSON Lines, CSV and JSON-LD, compressed by gzip, and a workbook. The same pages
give the same bytes."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial

from wsis_shared import clock
from wsis_shared.bus import in_native_thread
from wsis_shared.exports import Cell, ExportSource, inert
from wsis_shared.json_types import JsonObject
from wsis_shared.schemas import LOCALES
from wsis_shared.sentences import DEFAULT_LOCALE
from wsis_shared.workbook import MEDIA_TYPE as WORKBOOK
from wsis_shared.workbook import TableWorkbook

from wsis_stocktaking.exchange.files import LABELS, terms
from wsis_stocktaking.exchange.linked_data import LinkedData
from wsis_stocktaking.exchange.linked_data.conditions import licence
from wsis_stocktaking.exchange.rules import is_packed
from wsis_stocktaking.register.rules.cards import Card

PLAIN = ("entry", "revision", "sequence", "original_language", "kind", "coverage", "status", "start_date", "end_date")
LISTS = ("countries", "regions", "sdgs", "targets", "partners", "keywords")

# Title of a column -> where its value stands in a card.
COLUMNS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in PLAIN},
    **{f"title.{each}": ("title", each) for each in LOCALES},
    **{f"description.{each}": ("description", each) for each in LOCALES},
    **{f"organization.{each}": ("organization", each) for each in ("name", "type", "country", "website")},
    "action_lines": ("action_lines",),
    "sub_themes": ("sub_themes",),
    **{name: (name,) for name in LISTS},
    "links": ("links",),
    "prize": ("prize", "status"),
    "published_at": ("published_at",),
    "revised_at": ("revised_at",),
}
# Column -> the name by which the titles of its codes are known, where that is another.
_LABELLED = {
    name: column
    for name in COLUMNS
    if (column := {"sub_themes": "action_lines.sub_themes", "prize": "prize.status"}.get(name, name)) in LABELS.columns
}
_HEAD = [title for name in COLUMNS for title in (name, f"{name}.label")[: 1 + (name in _LABELLED)]]


def _csv(pages: Iterable[list[Card]], base: str, taken_at: str) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, with the byte order mark by which spreadsheets know it. Titles in English stand behind codes,
    and the licence ends each row."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)  # with CRLF
    buffer.write("\ufeff")
    rows.writerow([*_HEAD, "licence"])
    for page in pages:
        rows.writerows([*map(inert, _cells(card)), licence()] for card in page)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def _workbook(pages: Iterable[list[Card]], base: str, taken_at: str) -> Iterator[bytes]:
    """The columns of the CSV, and a sheet with the terms of use. Others read while its rows are written and packed."""
    made_at = clock.parse(taken_at)
    workbook = TableWorkbook(_HEAD, made_at=made_at)
    try:
        for page in pages:
            in_native_thread(partial(workbook.write, [list(_cells(card)) for card in page]))
        about = terms(ExportSource(base, f"{base}/v1/entry-snapshots", made_at, DEFAULT_LOCALE))
        rest = workbook.finish(about)
        while chunk := in_native_thread(partial(next, rest, b"")):
            yield chunk
    finally:
        workbook.close()


def _cells(card: Card) -> Iterator[Cell]:
    flat, titles = _flat(card), LABELS.titles(card, DEFAULT_LOCALE)
    for name, path in COLUMNS.items():
        yield _cell(flat, path)
        if name in _LABELLED:
            yield "; ".join(titles.get(_LABELLED[name], ()))


def _flat(card: Card) -> JsonObject:
    """The card with lists of text in place of lists of objects."""
    lines = card["action_lines"]
    return {
        **card,
        "action_lines": [named["line"] for named in lines],
        "sub_themes": [f"{named['line']}.{code}" for named in lines for code in named["sub_themes"]],
        "links": [link["url"] for link in card["links"]],
    }


def _cell(card: JsonObject, path: tuple[str, ...]) -> Cell:
    value: object = card
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return value if value is None or isinstance(value, int | float) else str(value)


_GZIP = 16 + zlib.MAX_WBITS  # a gzip header without name and moment
_LEVEL = 6


def write(name: str, pages: Iterable[list[Card]], base: str, taken_at: str) -> Iterator[bytes]:
    """Chunks of the file in a format. `base` is the address of the suite, `taken_at` a moment of UTC as text."""
    made = {"jsonl": _json_lines, "csv": _csv, "jsonld": _linked_data, "xlsx": _workbook}[name](pages, base, taken_at)
    return _compressed(made) if is_packed(name) else made


def media_type(name: str) -> str:
    """Of the file in a format."""
    return "application/gzip" if is_packed(name) else WORKBOOK


def _json_lines(pages: Iterable[list[Card]], base: str, taken_at: str) -> Iterator[bytes]:
    """A card a line, with the titles of its codes in English."""
    for page in pages:
        yield "".join(f"{_json({**card, 'labels': LABELS.titles(card, DEFAULT_LOCALE)})}\n" for card in page).encode()


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


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=clock.iso)

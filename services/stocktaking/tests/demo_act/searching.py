"""Readers search the register and take the results with them."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Mapping
from typing import Any

import openpyxl

from wsis_demo.play import Mismatch, Play

from . import state
from .importing import FILTERS, expected
from .state import Stocktaking

FACETS = ("action_line", "sdg", "region", "kind", "status", "coverage", "stakeholder_type", "language", "prize")
CHECKED = 3  # codes of a facet
BOM = b"\xef\xbb\xbf"


def search(play: Play) -> str:
    """Counts equal lists: of the search of scenario 14, and of the most frequent codes of each facet."""
    told = state.of(play)
    began = time.monotonic()
    page = play.suite.visitor.get("/v1/entries", limit=100, facets=",".join(FACETS), **FILTERS)
    seconds = time.monotonic() - began
    rows = list(play.suite.visitor.each("/v1/entries", sort="newest", **FILTERS))
    found = {row["entry"] for row in rows}
    wanted = told.totals_before["scenario"] + expected(told)
    if not page["total"] == len(rows) == len(found) == wanted:
        told.differs(f"{wanted} entries fit {FILTERS}, {page['total']} counted, {len(rows)} listed")
    for row in rows:
        lines = {named["line"] for named in row["content"]["action_lines"]} if "content" in row else None
        if lines is not None and FILTERS["action_line"] not in lines:
            told.differs(f"{row['entry']} does not fit {FILTERS}")
    counts = play.suite.visitor.get("/v1/entries", limit=1, facets=",".join(FACETS))
    for facet in FACETS:
        _compare(told, facet, counts["facets"][facet])
    for facet in ("kind", "status", "coverage"):  # an entry has one
        if sum(row["count"] for row in counts["facets"][facet]) != counts["total"]:
            told.differs(f"the counts of {facet} are not {counts['total']} together")
    told.say(
        f"{counts['total']} entries; {FILTERS['action_line']} + SDG {FILTERS['sdg']} + {FILTERS['region']}: "
        f"{page['total']} counted, {len(rows)} listed, {seconds * 1000:.0f} ms"
    )
    return f"{page['total']} of {counts['total']} entries with {len(FACETS)} facets in {seconds * 1000:.0f} ms"


def export(play: Play) -> str:
    """All entries as CSV and XLSX: each once, accents intact, a byte order mark for spreadsheets."""
    told = state.of(play)
    visitor = play.suite.visitor
    total = told.total()
    began = time.monotonic()
    content = visitor.get("/v1/entries", format="csv")
    seconds = time.monotonic() - began
    if not content.startswith(BOM):
        told.differs("the CSV has no byte order mark")
    table = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/v1/entries", format="xlsx")), read_only=True)
    cells = list(book.active.iter_rows(values_only=True))
    for name, count in (("CSV", len(table)), ("XLSX", len(cells) - 1), ("CSV", len({row["entry"] for row in table}))):
        if count != total:
            told.differs(f"{total} entries, {count} in the {name}")
    _titles(told, table)
    (told.folder / "entries.csv").write_bytes(content)
    told.say(f"{len(table)} entries as CSV in {seconds:.1f} s, {len(content) / 1e6:.1f} MB")
    return f"{len(table)} entries as CSV and XLSX, {len(cells[0])} columns"


def _compare(told: Stocktaking, facet: str, rows: list[Mapping[str, Any]]) -> None:
    for row in rows[:CHECKED]:
        total = told.total(**{facet: row["code"]})
        if total != row["count"]:
            told.differs(f"{facet} {row['code']}: {row['count']} counted, {total} listed")


def _titles(told: Stocktaking, table: list[dict[str, str]]) -> None:
    """The titles of the file that was imported, letter by letter."""
    columns = [name for name in table[0] if name.startswith("title.") or name.endswith(".title.fr")]
    if not columns:
        raise Mismatch(f"the CSV has no titles: {list(table[0])}")
    shown = {row[name] for row in table for name in columns}
    sent = {title for content in told.contents.values() for title in content["title"].values()}
    if missing := sent - shown:
        told.differs(f"{len(missing)} titles are not in the CSV as they were sent: {sorted(missing)[:2]}")
    if not any(char in title for title in sent for char in "éèêçñãáíóúüо中ا"):
        told.differs("no title has an accent")

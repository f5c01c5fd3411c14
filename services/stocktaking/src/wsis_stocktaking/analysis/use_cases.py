"""Use cases of cross-tabulations and their charts."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from wsis_shared import clock, paging
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts
from wsis_shared.places import Places

from wsis_stocktaking import charts
from wsis_stocktaking.analysis import crosstabs, errors
from wsis_stocktaking.analysis.rules import HEAT_MAP, MAX_CELLS, Counting, Crosstab, table
from wsis_stocktaking.exchange.store import Exchange, pages_at
from wsis_stocktaking.register.rules.cards import FACETS, card
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.register.store.submissions import submitted
from wsis_stocktaking.search.index import RegisterIndex, of_process
from wsis_stocktaking.search.index.results import LruCache
from wsis_stocktaking.search.rules import Counts, SearchQuery

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

_log = logging.getLogger(__name__)

Query = Input
PAST = ("as_of", "sequence", "submitted_from", "submitted_to")  # what only revisions answer, not the words of today
PAGE = 200  # sequences: some 10 ms of work between two chances for other greenlets
BLOB_LIFETIME = timedelta(hours=1)
OWN_CHARTS = 3  # of an account or a network that may wait for the child, which draws the heat maps of all too
_places = Places(charts.MAX_WAITING, own=OWN_CHARTS, busy=errors.chart_unavailable)


class AnalysisCases:
    """What can be done. A `query` is {"rows", "columns", "q", "as_of", "sequence", "submitted_from", "submitted_to",
    facet: codes}."""

    def __init__(self, index: RegisterIndex, register: Register, exchange: Exchange) -> None:
        self._index, self._register, self._exchange = index, register, exchange
        self._past: LruCache[Counts] = LruCache(64)  # the past never changes
        self._files: LruCache[str] = LruCache(200)

    @rpc
    def read_crosstab(self, ctx: Context, **query: Any) -> Crosstab:
        """The table. Raises Invalid with fields, Unavailable until the index is filled."""
        rows, columns = query["rows"], query["columns"]
        if rows == columns:
            raise errors.one_facet_twice()
        filters = {name: tuple(query[name]) for name in FACETS if query.get(name)}
        asked = [name for name in PAST if query.get(name) is not None]
        if asked and query.get("q"):
            raise errors.text_of_the_past(asked[0])
        if asked:
            position, as_of = self._moment(ctx, query)
            counts = self._counts_at(query, position, filters)
        else:
            as_of = self._index.as_of()
            counts, position = self._counts(query, filters)
        cells = len(counts.rows) * len(counts.columns)
        if cells > MAX_CELLS:
            raise errors.too_large(cells)
        return {
            "row_facet": rows,
            "column_facet": columns,
            "as_of": as_of,
            "position": position,
            **table(counts, rows, columns, filters, ctx.locale),
        }

    @rpc
    def list_crosstab_cells(self, ctx: Context, limit: int = 20, after: str | None = None, **query: Any) -> JsonObject:
        """A page of cells, row by row. Raises as `read_crosstab`."""
        found, start = self.read_crosstab(ctx, **query), (paging.decode(after) or [0])[0]
        cells = [
            {
                "row": row["code"],
                "row_label": row["label"],
                "column": column["code"],
                "column_label": column["label"],
                "entries": value,
            }
            for row, values in zip(found["rows"], found["values"], strict=True)
            for column, value in zip(found["columns"], values, strict=True)
            if value
        ]
        end = start + limit
        return {"items": cells[start:end], "next": paging.encode([end]) if end < len(cells) else None}

    @rpc
    def read_crosstab_table(self, ctx: Context, **query: Any) -> JsonObject:
        """The table as CSV. Raises as `read_crosstab`."""
        text = crosstabs.csv_text(self.read_crosstab(ctx, **query), crosstabs.SAY("total", ctx.locale))
        return {"text": text, "filename": f"{_name(query)}.csv"}

    @rpc
    def draw_crosstab(self, ctx: Context, form: str = HEAT_MAP, **query: Any) -> JsonObject:
        """The chart. Raises as `read_crosstab`, Invalid for a table without entries, Unavailable."""
        return {
            "text": self._drawn(ctx, self.read_crosstab(ctx, **query), query, form, "svg").decode(),
            "filename": f"{_name(query)}.svg",
        }

    @rpc
    def draw_crosstab_file(self, ctx: Context, blobs: BlobStore, form: str = HEAT_MAP, **query: Any) -> JsonObject:
        """The chart as a file that expires. Raises as `draw_crosstab`."""
        found = self.read_crosstab(ctx, **query)
        key = json.dumps([query, form, ctx.locale, found["position"]], sort_keys=True, default=str)
        if (known := self._files.get(key)) is not None:
            try:
                return {"blob": blobs.stat(known).id}
            except NotFound:
                pass  # it has expired
        blob = blobs.put(
            [self._drawn(ctx, found, query, form, "png")],
            owner="crosstab",
            filename=f"{_name(query)}.png",
            media_type="image/png",
            expires_at=clock.now() + BLOB_LIFETIME,
        )
        self._files.put(key, blob.id)
        return {"blob": blob.id}

    # -- counts -------------------------------------------------------------------------------------------------------

    def _counts(self, query: Query, filters: Mapping[str, tuple[str, ...]]) -> tuple[Counts, int]:
        return self._index.tabulate(SearchQuery(query.get("q") or "", filters), query["rows"], query["columns"])

    def _moment(self, ctx: Context, query: Query) -> tuple[int, datetime]:
        """The sequence at which the register is counted, and when it had that."""
        if query.get("sequence") is not None:
            sequence = int(query["sequence"])
            if sequence > self._register.head():
                raise errors.sequence_later()
            return sequence, self._register.moment_of(sequence) or ctx.received_at
        as_of = query.get("as_of") or ctx.received_at
        if as_of > ctx.received_at:
            raise errors.as_of_later()
        return self._register.sequence_at(as_of), as_of

    def _counts_at(self, query: Query, sequence: int, filters: Mapping[str, tuple[str, ...]]) -> Counts:
        rows, columns, days = query["rows"], query["columns"], (query.get("submitted_from"), query.get("submitted_to"))
        named = tuple(sorted((name, tuple(sorted(codes))) for name, codes in filters.items()))
        key = (sequence, rows, columns, days, named)
        counts = self._past.get(key)
        if counts is None:
            entries = self._submitted(*days, sequence)
            if entries is None:
                counts = self._counted(sequence, rows, columns, filters)
            else:
                counts = self._counted_of(entries, sequence, rows, columns, filters)
            self._past.put(key, counts)
        return counts

    def _submitted(self, first: str | None, last: str | None, sequence: int) -> set[str] | None:
        """The entries that were submitted or updated in these days; None for all."""
        if first is None and last is None:
            return None
        found: set[str] = set()
        start, end = (date.fromisoformat(day) if day else None for day in (first, last))
        for part in submitted(self._register, start, end, sequence):
            found |= part
            time.sleep(0)
        return found

    def _counted(self, sequence: int, rows: str, columns: str, filters: Mapping[str, tuple[str, ...]]) -> Counts:
        """Count what was public at a sequence: the entries that have not changed since, which the index counts, and the
        revisions that ended between the sequence and the position of the index."""
        self._index.wait_for(sequence)
        known, position = self._index.tabulate(SearchQuery("", filters), rows, columns, until=sequence)
        counting = Counting(rows, columns, filters, known, year=clock.now().year)
        for ended in self._exchange.ended_since(sequence, position):
            counting.add(card(entry) for entry in ended)
            time.sleep(0)
        return counting.counts()

    def _counted_of(
        self, entries: set[str], sequence: int, rows: str, columns: str, filters: Mapping[str, tuple[str, ...]]
    ) -> Counts:
        """Count these entries as they were public at a sequence, from their revisions."""
        counting = Counting(rows, columns, filters, year=clock.now().year)
        for page in pages_at(self._exchange, sequence, PAGE):
            counting.add(card(each) for each in page if each["_id"] in entries)
            time.sleep(0)
        return counting.counts()

    # -- charts -------------------------------------------------------------------------------------------------------

    def _drawn(self, ctx: Context, found: Crosstab, query: Query, form: str, format: str) -> bytes:
        if not found["rows"] or not found["columns"]:
            raise Invalid("stocktaking.chart_empty")
        try:
            with _places.take(ctx.actor, ctx.network):
                return charts.draw(crosstabs.chart(found, query, form, ctx.locale), (format,))[format]
        except charts.ChartFailed as error:
            _log.warning("a chart was not drawn", extra={"error": str(error)})
            raise errors.chart_unavailable() from error


def _name(query: Query) -> str:
    return f"entries-{query['rows']}-{query['columns']}"


def compose(parts: Parts) -> AnalysisCases:
    """The use cases with their collaborators; called once per process."""
    register = Register(parts.db)
    return AnalysisCases(of_process(register), register, Exchange(parts.db))

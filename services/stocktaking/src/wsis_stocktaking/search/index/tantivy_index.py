"""The search index on tantivy: one writer and one snapshot to read, in memory or in a folder that is locked."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tantivy import DocAddress, Document, Index, Occur, Order, Query, Searcher
from wsis_shared.json_types import Input

from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.index.corrections import Corrections, fields_of
from wsis_stocktaking.search.index.documents import (
    CARD,
    ENTRY,
    SEQUENCE,
    WEBSITE,
    WORDS,
    document,
    read,
    schema,
    website,
)
from wsis_stocktaking.search.index.documents import TITLE as TITLE_FIELD
from wsis_stocktaking.search.index.documents import UPDATED as UPDATED_FIELD
from wsis_stocktaking.search.index.filters import facet_groups, narrow, restrict, terms_aggregation
from wsis_stocktaking.search.index.highlights import Highlighter
from wsis_stocktaking.search.index.queries import TextQuery
from wsis_stocktaking.search.index.results import Hit, LruCache, Page
from wsis_stocktaking.search.index.words import analyzers, plain
from wsis_stocktaking.search.rules import NEWEST, RELEVANCE, TITLE, UPDATED, WORD, Counts, SearchQuery

WRITER_BYTES = 48_000_000  # of the writer's buffer: about 10,000 entries
MAX_RELEVANT = 1000  # rows that can be read in the order of relevance
CACHED_COUNTS = 2000
FIELDS = {UPDATED: (UPDATED_FIELD, Order.Desc), TITLE: (TITLE_FIELD, Order.Asc)}  # what they sort by
RAREST = 6  # words of a title that find candidates


@dataclass(frozen=True)
class Snapshot:
    """One state of the index: lists and counts of one answer come from the same."""

    searcher: Searcher
    position: int
    corrections: Corrections


class TantivyIndex:
    """Cards up to a position. `apply` is for one caller at a time; searches may run meanwhile."""

    def __init__(self, folder: Path | None = None, position: int = 0) -> None:
        self._index = Index(schema(), path=str(folder)) if folder else Index(schema())
        for name, analyzer in analyzers().items():
            self._index.register_tokenizer(name, analyzer)
        self._index.config_reader("manual")
        self._writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        self._totals: LruCache[int] = LruCache(CACHED_COUNTS)
        self._counts: LruCache[Mapping[str, int]] = LruCache(5 * CACHED_COUNTS)  # of one facet each
        self._publish(position)

    # -- writes -------------------------------------------------------------------------------------------------------

    def apply(self, cards: Iterable[Card], removed: Iterable[str], position: int) -> None:
        """Put these cards in, each in the place of the former one of its entry, take these entries out, and make it
        visible as the state at `position`."""
        self.write({**dict.fromkeys(removed), **{card["entry"]: document(card) for card in cards}})
        self.commit(position)

    def write(self, documents: Mapping[str, Document | None]) -> None:
        """Put the document of each entry in the place of the former one; None takes it out. Nothing is visible before
        `commit`."""
        for entry, made in documents.items():
            self._writer.delete_documents_by_term(ENTRY, entry)
            if made is not None:
                self._writer.add_document(made)

    def clear(self) -> None:
        """Take everything out; visible with the next commit."""
        self._writer.delete_all_documents()

    def commit(self, position: int) -> None:
        """Store what was written, and show it."""
        self._writer.commit()
        self._publish(position)

    def rollback(self) -> None:
        """Forget what was written since the last commit."""
        self._writer.rollback()

    def _publish(self, position: int) -> None:
        self._index.reload()
        searcher = self._index.searcher()
        self._snapshot = Snapshot(searcher, position, Corrections(searcher))
        self._totals.clear()
        self._counts.clear()

    # -- reads --------------------------------------------------------------------------------------------------------

    def position(self) -> int:
        """The sequence up to which all publications and withdrawals are in the index."""
        return self._snapshot.position

    def size(self) -> int:
        """Number of entries."""
        return int(self._snapshot.searcher.num_docs)

    def search(self, query: SearchQuery, *, limit: int, after: int | None = None, facets: Sequence[str] = ()) -> Page:
        """A page of entries, with the counts of these facets."""
        snapshot = self._snapshot
        text = TextQuery(query.text, snapshot.searcher, snapshot.corrections)
        scored = restrict(text.build(), query.spans, query.organization)
        by_relevance = query.sort == RELEVANCE and bool(text.wanted)
        key = (query.unfiltered, _freeze(query.filters), snapshot.position)
        known = self._totals.get(key)
        find = _most_relevant if by_relevance else _by_field if query.sort in FIELDS else _in_order
        # The first page is counted in the same pass; a later one lacks the rows before it.
        addresses, following, total = find(
            snapshot.searcher, query, scored, limit, after, known is None and after is None
        )
        if known is None:
            known = _total(snapshot.searcher, narrow(scored, query.filters)) if total is None else total
            self._totals.put(key, known)
        counts = self._facet_counts(snapshot, query, scored, facets)
        mark = Highlighter(text).of_card if text.wanted else None
        updated = snapshot.searcher.fast_field_values(UPDATED_FIELD, addresses)
        hits = [
            Hit(_stored(snapshot.searcher, address), None if at is None else int(at), mark)
            for address, at in zip(addresses, updated, strict=True)
        ]
        corrected = _corrected(query.text, text.corrected(), snapshot.searcher)
        return Page(hits, known, counts, following, snapshot.position, corrected)

    def _facet_counts(
        self, snapshot: Snapshot, query: SearchQuery, scored: Query, facets: Sequence[str]
    ) -> dict[str, Mapping[str, int]]:
        """Searches that differ in a filter have the counts of its own facet in common."""
        found: dict[str, Mapping[str, int]] = {}
        for filters, names in facet_groups(facets, query.filters):
            keys = {name: (query.unfiltered, _freeze(filters), name, snapshot.position) for name in names}
            found |= {name: counts for name, key in keys.items() if (counts := self._counts.get(key)) is not None}
            if missing := [name for name in names if name not in found]:
                made = _counts(snapshot.searcher, narrow(scored, filters), missing)
                for name, counts in made.items():
                    self._counts.put(keys[name], counts)
                found |= made
        return {name: found[name] for name in facets}

    def list_by_sequence(
        self, query: SearchQuery, *, after: int = 0, until: int | None = None, limit: int = 500
    ) -> list[Card]:
        """Entries that fit, in the order of their sequences, with `after` < sequence <= `until`: at most `limit`."""
        snapshot = self._snapshot
        searcher = snapshot.searcher
        text = TextQuery(query.text, searcher, snapshot.corrections)
        wanted = narrow(text.build(), query.filters, (after, until))
        found = searcher.search(wanted, limit=limit, count=False, order_by_field=SEQUENCE, order=Order.Asc)
        return [read(_stored(searcher, address)) for _, address in found.hits]

    def tabulate(self, query: SearchQuery, rows: str, columns: str, until: int | None = None) -> tuple[Counts, int]:
        """Entries with a sequence up to `until`, by the codes of two facets, and the position of the index."""
        snapshot = self._snapshot
        text = TextQuery(query.text, snapshot.searcher, snapshot.corrections).build()
        wanted = narrow(text, query.filters, (None, until))
        asked = {
            "rows": terms_aggregation(rows, {"columns": terms_aggregation(columns)}),
            "columns": terms_aggregation(columns),
        }
        found = snapshot.searcher.aggregate(wanted, asked)
        counts = Counts(
            _cells(found["rows"]["buckets"]),
            _most_frequent_first(found["rows"]["buckets"]),
            _most_frequent_first(found["columns"]["buckets"]),
            _total(snapshot.searcher, wanted),
        )
        return counts, snapshot.position

    def candidates(self, titles: Iterable[str], address: str | None, limit: int = 50) -> list[Card]:
        """Entries that may be the same as one of these titles: they share its rarest words, or the website."""
        searcher = self._snapshot.searcher
        parts = [(Occur.Should, Query.term_query(schema(), WORDS, word)) for word in self._rarest(searcher, titles)]
        if address:
            same = Query.term_query(schema(), WEBSITE, website(address))
            parts.append((Occur.Should, Query.boost_query(same, 10.0)))
        if not parts:
            return []
        found = searcher.search(Query.boolean_query(parts), limit=limit, count=False).hits
        return [read(_stored(searcher, address)) for _, address in found]

    @staticmethod
    def _rarest(searcher: Searcher, titles: Iterable[str]) -> list[str]:
        found = {plain(word) for title in titles for word in WORD.findall(title)} - {""}
        frequencies = {word: int(searcher.doc_freq(WORDS, word)) for word in found}
        known = [word for word, frequency in frequencies.items() if frequency]
        return sorted(known, key=lambda word: (frequencies[word], word))[:RAREST]


Found = tuple[list[DocAddress], int | None, int | None]  # entries, position after the last one, number of all


def _most_relevant(
    searcher: Searcher, query: SearchQuery, scored: Query, limit: int, after: int | None, count: bool
) -> Found:
    """By score. `after` is the number of rows before; only the first MAX_RELEVANT can be read."""
    offset = int(after or 0)
    rows = min(limit, MAX_RELEVANT - offset)
    if rows <= 0:
        return [], None, None
    found = searcher.search(narrow(scored, query.filters), limit=rows + 1, count=count, offset=offset)
    more = len(found.hits) > rows and offset + rows < MAX_RELEVANT
    addresses = [address for _, address in found.hits[:rows]]
    return addresses, offset + rows if more else None, _count_of(found)


def _by_field(
    searcher: Searcher, query: SearchQuery, scored: Query, limit: int, after: int | None, count: bool
) -> Found:
    """By last update or title. `after` is the number of rows before."""
    offset = int(after or 0)
    field, order = FIELDS[query.sort]
    wanted = narrow(scored, query.filters)
    found = searcher.search(wanted, limit=limit + 1, count=count, offset=offset, order_by_field=field, order=order)
    addresses = [address for _, address in found.hits[:limit]]
    return addresses, offset + limit if len(found.hits) > limit else None, _count_of(found)


def _in_order(
    searcher: Searcher, query: SearchQuery, scored: Query, limit: int, after: int | None, count: bool
) -> Found:
    """By sequence. `after` is that of the last row before."""
    oldest_first = query.sort not in (NEWEST, RELEVANCE)
    bounds = (None, None) if after is None else (after, None) if oldest_first else (None, int(after) - 1)
    order = Order.Asc if oldest_first else Order.Desc
    wanted = narrow(scored, query.filters, bounds)
    found = searcher.search(wanted, limit=limit + 1, count=count, order_by_field=SEQUENCE, order=order)
    addresses = [address for _, address in found.hits[:limit]]
    return addresses, int(found.hits[limit - 1][0]) if len(found.hits) > limit else None, _count_of(found)


def _corrected(text: str, corrected: Mapping[str, str], searcher: Searcher) -> str | None:
    """The text as it was probably meant, with words as entries write them; None where nothing was corrected."""
    for word, meant in corrected.items():
        text = text.replace(word, _written(meant, searcher))
    return text if corrected else None


def _written(meant: str, searcher: Searcher) -> str:
    """A plain word, or an Arabic stem, as an entry writes it: with its accents."""
    fields = [name for language in words.languages_of(meant) for name in fields_of(language)]
    for name in (WORDS, *fields):
        for _, address in searcher.search(Query.term_query(schema(), name, meant), limit=1, count=False).hits:
            card = read(_stored(searcher, address))
            for text in (*card["title"].values(), *card["description"].values(), *card["keywords"]):
                for word in WORD.findall(text):
                    if plain(word) == meant or (name != WORDS and words.stem(word, name[-2:]) == meant):
                        return str(word).lower()
    return meant


def _total(searcher: Searcher, wanted: Query) -> int:
    return _count_of(searcher.search(wanted, limit=1, count=True, order_by_field=SEQUENCE)) or 0


def _count_of(found: Any) -> int | None:
    counted: int | None = found.count
    return counted


def _counts(searcher: Searcher, wanted: Query, facets: Sequence[str]) -> dict[str, Mapping[str, int]]:
    found = searcher.aggregate(wanted, {facet: terms_aggregation(facet) for facet in facets})
    return {facet: _most_frequent_first(found[facet]["buckets"]) for facet in facets}


def _cells(buckets: Iterable[Input]) -> dict[tuple[str, str], int]:
    return {
        (str(row["key"]), str(cell["key"])): int(cell["doc_count"])
        for row in buckets
        for cell in row["columns"]["buckets"]
    }


def _most_frequent_first(buckets: Iterable[Input]) -> dict[str, int]:
    counts = sorted([(-int(bucket["doc_count"]), str(bucket["key"])) for bucket in buckets])
    return {code: -count for count, code in counts}


def _freeze(filters: Mapping[str, Sequence[str]]) -> Hashable:
    return tuple(sorted((name, tuple(sorted(codes))) for name, codes in filters.items()))


def _stored(searcher: Searcher, address: DocAddress) -> bytes:
    return cast(bytes, searcher.doc(address).get_first(CARD))

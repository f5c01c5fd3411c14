"""What a search is narrowed to: codes of facets, moments, an organization. None of it has a score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tantivy import FieldType, Occur, Query
from wsis_shared.json_types import JsonObject

from wsis_stocktaking.register.rules.cards import FACETS
from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.index.documents import ORGANIZATION, SEQUENCE, schema
from wsis_stocktaking.search.rules import NOT, Span

MAX_CODES = 1000  # of a facet
_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")

Filters = Mapping[str, Sequence[str]]


def restrict(query: Query, spans: Iterable[Sequence[Span]], organization: str) -> Query:
    """The query with moments and the organization, which have no scores."""
    parts = [(Occur.Must, query)]
    for group in spans:
        parts.append((Occur.Must, Query.boolean_query([(Occur.Should, _in_span(span)) for span in group])))
    if organization:
        parts.append((Occur.Must, Query.const_score_query(phrase(ORGANIZATION, words.tokens(organization)), 0.0)))
    return Query.boolean_query(parts) if len(parts) > 1 else query


def _in_span(span: Span) -> Query:
    if span.first is None and span.last is None:
        known = (Occur.MustNot, Query.exists_query(span.name))
        return Query.const_score_query(Query.boolean_query([(Occur.Must, Query.all_query()), known]), 0.0)
    between = Query.range_query(schema(), span.name, FieldType.Unsigned, span.first, span.last)
    return Query.const_score_query(between, 0.0)


def narrow(query: Query, filters: Filters, bounds: tuple[int | None, int | None] = (None, None)) -> Query:
    """The query with filters, which have no scores: any code of each facet, and `after` < sequence <= `until`."""
    parts = [(Occur.Must, query)]
    for facet, codes in filters.items():
        parts.append((Occur.Must, Query.const_score_query(any_of(facet, codes), 0.0)))
    after, until = bounds
    if after is not None or until is not None:
        first = None if after is None else after + 1
        between = Query.range_query(schema(), SEQUENCE, FieldType.Unsigned, first, until)
        parts.append((Occur.Must, Query.const_score_query(between, 0.0)))
    return Query.boolean_query(parts) if len(parts) > 1 else query


def facet_groups(facets: Iterable[str], filters: Filters) -> Iterator[tuple[Filters, list[str]]]:
    """(filters, the facets that are counted under them): each is counted under all filters but its own."""
    unfiltered: list[str] = []
    filtered: list[str] = []
    for facet in facets:
        (filtered if facet in filters else unfiltered).append(facet)
    if unfiltered:
        yield filters, unfiltered
    for facet in filtered:
        yield {name: codes for name, codes in filters.items() if name != facet}, [facet]


def terms_aggregation(facet: str, inner: JsonObject | None = None) -> JsonObject:
    """Number of entries by code of a facet."""
    _known(facet, ())
    counted = {"terms": {"field": facet, "size": MAX_CODES}}
    return {**counted, "aggs": inner} if inner else counted


def any_of(facet: str, codes: Sequence[str]) -> Query:
    """A set of terms would cost four times as much: the engine goes through all codes of the facet for it."""
    known = _known(facet, codes)
    terms = [Query.term_query(schema(), facet, code, "basic") for code in known if not code.startswith(NOT)]
    excluded = [
        Query.term_query(schema(), facet, code.removeprefix(NOT), "basic") for code in known if code.startswith(NOT)
    ]
    if not excluded:
        return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])
    wanted = Query.boolean_query([(Occur.Should, term) for term in terms]) if terms else Query.all_query()
    return Query.boolean_query([(Occur.Must, wanted), *((Occur.MustNot, term) for term in excluded)])


def phrase(name: str, tokens: Sequence[str]) -> Query:
    """Plain words side by side in a field."""
    if len(tokens) > 1:
        return Query.phrase_query(schema(), name, list(tokens))
    return Query.term_query(schema(), name, tokens[0]) if tokens else Query.empty_query()


def _known(facet: str, codes: Sequence[str]) -> list[str]:
    """These codes, which have the form of codes. Raises ValueError; the schema of the query checks them before."""
    if facet not in FACETS or not all(_CODE.fullmatch(code) for code in codes):
        raise ValueError("a facet or code that cannot be")
    return list(codes)

"""Use cases of the search of the register."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from wsis_shared import clock, paging
from wsis_shared.amqp.topology import MAX_MESSAGE_BYTES
from wsis_shared.json_text import JsonText
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc, worker
from wsis_shared.parts import Parts

from wsis_stocktaking.register.rules import cards as freshness
from wsis_stocktaking.register.rules.cards import FACETS
from wsis_stocktaking.register.rules.codes import title_of
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.search import rules
from wsis_stocktaking.search.index import Hit, Page, PageText, RegisterIndex, of_process
from wsis_stocktaking.search.rules import NEWEST, RELEVANCE, SearchQuery
from wsis_stocktaking.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from wsis_shared.bus.loop import Loop
    from wsis_shared.context import Context

PAGE = 100  # rows that a client can ask for; an export asks for more
MOST_BYTES = MAX_MESSAGE_BYTES * 15 // 16  # of a page: beside it the message says how it goes on


@dataclass(frozen=True)
class SearchCases:
    """What can be done."""

    index: RegisterIndex

    @rpc
    def search_entries(
        self,
        ctx: Context,
        q: str = "",
        sort: str | None = None,
        facets: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
        min_sequence: int = 0,
        limit: int = 20,
        after: str | None = None,
        **selection: Sequence[str] | str | None,
    ) -> JsonText:
        """An EntryPage, with counts. An export, which has no end at 1,000 rows, is never by relevance."""
        if min_sequence:
            self.index.wait_for(min_sequence)
        order = sort or (RELEVANCE if q.strip() else NEWEST)
        order = NEWEST if order == RELEVANCE and limit > PAGE else order
        query = _query(q, order, selection, ctx.received_at)
        as_of = self.index.as_of()
        shown = (limit, paging.decode(after), tuple(facets or ()), tuple(fields or ()))
        made = self._page(query, *shown, ctx.received_at)
        following = None if made.next is None else paging.encode(made.next)
        rest = {"next": following, "as_of": clock.iso(as_of)}
        return JsonText(made.json + b"," + _dump(rest)[1:])

    @rpc
    def count_entries(
        self,
        ctx: Context,
        group_by: str,
        q: str = "",
        limit: int = 20,
        after: str | None = None,
        **selection: Sequence[str] | str | None,
    ) -> JsonObject:
        """A page of Groups. Raises Invalid for the text, Unavailable until the index is filled."""
        query = _query(q, NEWEST, selection, ctx.received_at)
        page = self.index.search(query, limit=1, facets=(group_by,))
        chosen = query.filters.get(group_by, ())
        groups: list[JsonObject] = [
            {"code": code, "label": title_of(group_by, code, ctx.locale), "entries": count}
            for code, count in page.facets[group_by].items()
            if rules.admits(chosen, (code,))
        ]
        start: int = paging.decode(after) or 0
        end = start + limit
        following = paging.encode(end) if end < len(groups) else None
        return {"items": groups[start:end], "next": following, "total": page.total}

    def _page(
        self,
        query: SearchQuery,
        limit: int,
        after: int | None,
        facets: Sequence[str],
        fields: Sequence[str],
        now: datetime,
    ) -> PageText:
        """The page as JSON, with fewer rows where they are more than a message takes. A light of this hour is as good
        as one of this second."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        key = (
            query.unfiltered,
            tuple(sorted(query.filters.items())),
            query.sort,
            limit,
            repr(after),
            facets,
            fields,
            hour,
        )
        known = self.index.pages.get((self.index.position(), *key))
        if known is not None:
            return known
        page = self.index.search(query, limit=limit, after=after, facets=facets)
        rest = {
            "total": page.total,
            "highlights": {hit.fields["entry"]: hit.highlights for hit in page.hits if hit.highlights},
            "position": page.position,
            "corrected_to": page.corrected,
            "licence": Settings.current().stocktaking_licence,
        }
        items = b",".join([self._item(hit, fields, now) for hit in page.hits])
        text = b'{"items":[' + items + b'],"facets":{' + _counts(page) + b"}," + _dump(rest)[1:-1]
        made = PageText(text, page.next)
        if len(text) > MOST_BYTES and limit > 1:
            made = self._page(query, limit // 2, after, facets, fields, now)
        if limit <= PAGE:
            self.index.pages.put((page.position, *key), made)
        return made

    def _item(self, hit: Hit, fields: Sequence[str], now: datetime) -> bytes:
        """The light of its age is put behind the fields of the card."""
        light = freshness.light(hit.updated_at, now)
        if not fields:
            return hit.json[:-1] + b',"freshness":"' + light.encode() + b'"}'
        whole = {**hit.fields, "freshness": light}
        return _dump({name: whole[name] for name in ("entry", *fields)})

    @worker()
    def follow_register(self, loop: Loop) -> None:
        """Keep the search index of this process equal to the register."""
        self.index.follow(loop)


def _query(text: str, order: str, selection: Input, now: datetime) -> SearchQuery:
    """The query of a Selection."""
    given = selection.get
    spans = [
        *rules.fresh(given("freshness") or (), now),
        *(span for name in rules.SPANS for span in rules.days(name, given(f"{name}_after"), given(f"{name}_before"))),
    ]
    filters = {name: tuple(selection[name]) for name in FACETS if given(name)}
    return SearchQuery(text or "", filters, order, tuple(spans), given("organization") or "")


def _counts(page: Page) -> bytes:
    shown = {
        facet: ",".join([f'{{"code":{_quoted(code)},"count":{count}}}' for code, count in counts.items()])
        for facet, counts in page.facets.items()
    }
    return ",".join([f"{_quoted(facet)}:[{rows}]" for facet, rows in shown.items()]).encode()


@lru_cache(maxsize=2000)
def _quoted(code: str) -> str:
    return json.dumps(code)


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def compose(parts: Parts) -> SearchCases:
    """The use cases with their collaborators; called once per process."""
    index = of_process(Register(parts.db))
    parts.checks["search_index"] = index.problem
    return SearchCases(index)

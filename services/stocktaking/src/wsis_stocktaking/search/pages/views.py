"""What the page of the register makes of a search: its facets, what was chosen, and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict
from urllib.parse import urlencode

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.sentences import Sentences

from wsis_stocktaking.register.rules.cards import FACETS, LIGHTS
from wsis_stocktaking.register.rules.codes import title_of
from wsis_stocktaking.register.rules.readers import named, read_in
from wsis_stocktaking.search.pages import SHOWN
from wsis_stocktaking.search.rules import NEWEST, NOT, RELEVANCE, SORTS

FIRST = 8  # codes of a facet that stand there at once, the most frequent ones
BY_NUMBER = ("year",)  # the latest first
COUNTRIES = 3  # of an entry in the list
FORMATS = {"csv": "CSV", "xlsx": "Excel", "jsonl": "JSON Lines", "jsonld": "JSON-LD"}
TABLES = ("csv", "xlsx")  # formats of counts
RANGES = ("updated_after", "updated_before", "start_after", "start_before", "end_after", "end_before")
_OTHERS = ("organization", "freshness", *RANGES)
_KEPT = ("q", *FACETS, *_OTHERS, "sort")  # what makes a search; the rest says which part of it is shown
_SAY = Sentences("wsis_stocktaking", "analysis")
_PAGES = Sentences("wsis_stocktaking", "pages")


class Option(TypedDict):
    """A code of a facet."""

    code: str
    title: str
    count: int
    chosen: bool


def facet_title(name: str, locale: str) -> str:
    """What a facet is called."""
    return _SAY(f"facet_{name}", locale)


def chosen(query: Mapping[str, str]) -> dict[str, list[str]]:
    """Facet -> the codes that the address names."""
    return {name: query[name].split(",") for name in FACETS if query.get(name)}


def address(query: Mapping[str, str], **changed: str) -> str:
    """The search as a query: with its words, filters and order alone, and what is changed."""
    fields = {**{name: query[name] for name in _KEPT if query.get(name)}, **changed}
    return urlencode({name: text for name, text in fields.items() if text}, safe=",")


def chips(query: Mapping[str, str], locale: str, page: str = "register", **more: str) -> list[tuple[str, str]]:
    """(address of the page without it, title) of each code that was chosen; `more` stays in the address."""
    return [
        (
            f"/{locale}/{page}?{address(query, **{name: ','.join(each for each in codes if each != code)}, **more)}",
            _title(name, code, locale),
        )
        for name, codes in (chosen(query) | {name: [query[name]] for name in _OTHERS if query.get(name)}).items()
        for code in codes
    ]


def _title(name: str, code: str, locale: str) -> str:
    """A filter in words: "Kenya", "Not: Kenya", "Updated since: 2015-01-31"."""
    if name == "freshness":
        return ", ".join(_PAGES(f"freshness_{light}", locale) for light in code.split(","))
    if name in _OTHERS:
        return _PAGES(f"filter_{name}", locale, value=code)
    if code.startswith(NOT):
        return _PAGES("filter_not", locale, value=named(name, code.removeprefix(NOT), locale))
    return named(name, code, locale)


def register(values: Input, locale: str) -> JsonObject:
    """`facets`, `chips`, `others` (filters that have no facet here), `ranges` of days, `rows`, and the search as
    a query."""
    query, found = values["query"], values["found"] or {}
    filters = chosen(query)
    marked = found.get("highlights", {})
    sort = query.get("sort") or (RELEVANCE if query.get("q") else NEWEST)
    return {
        "facets": [
            facet(name, found.get("facets", {}).get(name, ()), filters.get(name, ()), locale, name == query.get("more"))
            for name in SHOWN
        ],
        "chips": chips(query, locale),
        "others": [
            *((name, ",".join(codes)) for name, codes in filters.items() if name not in SHOWN),
            *((name, codes) for name in SHOWN if (codes := ",".join(_excluded(filters.get(name, ()))))),
        ],
        "lights": [(light, light in query.get("freshness", "").split(",")) for light in LIGHTS],
        "ranges": [(name, query.get(name, "")) for name in RANGES],
        "search": address(query),
        "corrected": address(query, q=found.get("corrected_to") or ""),
        "files": [
            (f"/v1/entries?{address(query, format=code, lang=locale)}", title) for code, title in FORMATS.items()
        ],
        "sorts": [
            (each, address(query, sort=each), each == sort) for each in SORTS if query.get("q") or each != RELEVANCE
        ],
        "rows": [_row(card, marked.get(card["entry"], {}), locale) for card in found.get("items", ())],
    }


def _excluded(codes: Iterable[str]) -> list[str]:
    return [code for code in codes if code.startswith(NOT)]


def facet(name: str, counts: Iterable[Input], filters: Iterable[str], locale: str, whole: bool) -> JsonObject:
    """A facet: its first codes and those that were chosen; `leave_out` has those that can be left out, `rest` is how
    many more there are."""
    filters = list(filters)
    by_code = {row["code"]: row["count"] for row in counts}
    codes = sorted(by_code, reverse=True) if name in BY_NUMBER else list(by_code)
    shown = codes if whole else codes[:FIRST]
    shown += [code for code in filters if code not in shown and not code.startswith(NOT)]
    options = [
        Option(code=code, title=named(name, code, locale), count=by_code.get(code, 0), chosen=code in filters)
        for code in shown
    ]
    return {
        "name": name,
        "title": facet_title(name, locale),
        "options": options,
        "leave_out": {
            f"{NOT}{option['code']}": option["title"]
            for option in options
            if not option["chosen"] and f"{NOT}{option['code']}" not in filters
        },
        "chosen": len(filters),
        "rest": len(set(codes) - set(shown)),
        "open": whole,
    }


def counts(values: Input, locale: str) -> JsonObject:
    """The entries of a search by the codes of a facet: `properties` to choose from, `kept` of the search, `rows` that
    lead to their entries, `files`."""
    query = values["query"]
    picked = query.get("group_by") or FACETS[0]
    kept = {name: query[name] for name in _KEPT if query.get(name) and name != "sort"}
    asked = urlencode({**kept, "group_by": picked, "lang": locale}, safe=",")
    return {
        "picked": picked,
        "heading": facet_title(picked, locale),
        "properties": {name: facet_title(name, locale) for name in FACETS},
        "kept": list(kept.items()),
        "chips": chips(query, locale, "register/counts", group_by=picked),
        "search": address(query),
        "rows": [
            {**row, "title": named(picked, row["code"], locale), "search": address(query, **{picked: row["code"]})}
            for row in (values["counts"] or {}).get("items", ())
        ],
        "files": [
            (f"/v1/entry-counts?{asked}&format={code}", title) for code, title in FORMATS.items() if code in TABLES
        ],
    }


def _row(card: Input, marked: Mapping[str, str], locale: str) -> JsonObject:
    """A card in the reader's language or its own, with the part of a text in which the words were found."""
    language = read_in(card, locale)
    excerpts = [name for name in (f"description.{language}", *sorted(marked)) if name in marked]
    excerpt = next((name for name in excerpts if name.startswith("description.")), "")
    return {
        **card,
        "language": language,
        "heading": card["title"][language],
        "excerpt": marked.get(excerpt),
        "excerpt_language": excerpt.rpartition(".")[2],
        "text": card["description"].get(language, ""),
        "countries": [title_of("country", code, locale) for code in card["countries"][:COUNTRIES]],
        "more_countries": len(card["countries"]) - COUNTRIES,
    }

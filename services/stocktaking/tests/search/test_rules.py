from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wsis_shared import clock
from wsis_shared.errors import Invalid
from wsis_testkit import refused
from wsis_testkit.sizes import size

from wsis_stocktaking.register.rules.cards import FACETS, facet_values
from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import (
    NEWEST,
    OLDEST,
    RELEVANCE,
    TITLE,
    UPDATED,
    WORD,
    SearchQuery,
    Term,
    admits,
    days,
    fresh,
    parse,
    words_with,
)

from .. import generated
from ..index_kit import find, make_card

SIZE = 400
CARDS = [make_card(content, f"e{number}", number) for number, content in enumerate(generated.contents(SIZE), 1)]
VALUES = {card["entry"]: facet_values(card, clock.now().year) for card in CARDS}


@pytest.fixture(scope="module")
def index() -> TantivyIndex:
    made = TantivyIndex()
    made.apply(CARDS[: SIZE // 2], [], SIZE // 2)
    made.apply(CARDS[SIZE // 4 :], [], SIZE)  # several segments, with entries that were replaced
    return made


# -- the text of a search ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("  ", []),
        ("Digital farmers", [Term(("Digital",)), Term(("farmers",))]),
        ('"digital farmers" crops', [Term(("digital", "farmers"), exact=True), Term(("crops",))]),
        ("«цифровое село»", [Term(("цифровое", "село"), exact=True)]),
        ("crops -maize", [Term(("crops",)), Term(("maize",), excluded=True)]),
        ('-"maize flour"', [Term(("maize", "flour"), exact=True, excluded=True)]),
        ("-e-health", [Term(("e", "health"), excluded=True)]),
        ("e-health", [Term(("e", "health"))]),
        ('5" screen', [Term(("5",)), Term(("screen",))]),
        ("l’école d'été", [Term(("l",)), Term(("école",)), Term(("d",)), Term(("été",))]),
        ("农村digital", [Term(("农村",)), Term(("digital",))]),
        ("title:(a OR b)^2 c~1 d*", [Term((w,)) for w in ("title", "a", "OR", "b", "2", "c", "1", "d")]),
        ("snake_case", [Term(("snake",)), Term(("case",))]),
    ],
)
def test_only_quotes_and_a_leading_minus_mean_anything(text: str, terms: list[Term]) -> None:
    assert parse(text) == terms


@pytest.mark.parametrize("text", ["***", '""', "-", "…", "🙂", "a " * 31, "中" * 62, '"' + "a " * 31 + '"'])
def test_what_is_no_search_is_refused(text: str) -> None:
    with refused("stocktaking.query_invalid") as caught:
        parse(text)
    assert list(caught.value.fields) == ["q"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60) | st.text(alphabet='"-*:()ab 农нع\\', max_size=60))
def test_any_text_is_answered_or_refused(index: TantivyIndex, text: str) -> None:
    try:
        page = index.search(SearchQuery(text, sort=RELEVANCE), limit=5, facets=("sdg",))
    except Invalid:
        return
    assert len(page.hits) <= page.total <= SIZE


@given(text=st.text(st.sampled_from("eéEÉf_ 農村\u0301.-шДë\n9")), initial=st.sampled_from("efд9"))
def test_words_with_an_initial_are_the_words_that_fold_to_it(text: str, initial: str) -> None:
    spans = [word.span() for word in words_with(words.initials()[initial]).finditer(text)]
    assert spans == [word.span() for word in WORD.finditer(text) if words.plain(word[0][0])[:1] == initial]


def test_letters_of_an_initial_are_all_its_forms() -> None:
    assert set("eEéÈẽＥ") <= set(words.initials()["e"])
    assert "ё" in words.initials()["е"]


# -- counts, lists and order -------------------------------------------------------------------------------------------


@st.composite
def queries(draw: Any) -> SearchQuery:
    """A word or none, and filters with codes that entries have, or that none has."""
    text = draw(st.sampled_from(["", "", "digital", "training", "éducation", "农村", "школа", "التعليم", "-digital"]))
    facets = draw(st.lists(st.sampled_from(FACETS), max_size=3, unique=True))
    known = {facet: sorted({code for each in VALUES.values() for code in each[facet]}) for facet in facets}
    codes = {facet: st.sampled_from([*known[facet], "none"]) for facet in facets}
    return SearchQuery(text, {facet: tuple(draw(st.lists(codes[facet], min_size=1, max_size=3))) for facet in facets})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_counts_are_those_of_a_count_by_hand(index: TantivyIndex, query: SearchQuery) -> None:
    """For any filters: the total, and each facet under all filters but its own."""
    hits = [VALUES[entry] for entry in find(index, SearchQuery(query.text))]

    def fits(values: dict[str, list[str]], skipped: str = "") -> bool:
        return all(set(codes) & set(values[facet]) for facet, codes in query.filters.items() if facet != skipped)

    page = index.search(query, limit=1, facets=FACETS)
    assert page.total == sum(map(fits, hits))
    for facet in FACETS:
        assert page.facets[facet] == Counter(code for each in hits if fits(each, facet) for code in each[facet])
        assert list(page.facets[facet].values()) == sorted(page.facets[facet].values(), reverse=True)


@settings(max_examples=size(20, 200), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries())
def test_pages_sequence_and_cross_tabulation_agree(index: TantivyIndex, query: SearchQuery) -> None:
    newest = find(index, query)
    assert find(index, SearchQuery(query.text, query.filters, OLDEST)) == newest[::-1]
    assert set(find(index, SearchQuery(query.text, query.filters, RELEVANCE))) == set(newest)
    in_sequence = [card["entry"] for card in index.list_by_sequence(query, after=50, until=300)]
    assert in_sequence == [entry for entry in newest[::-1] if 50 < int(entry[1:]) <= 300]
    pairs = Counter((row, cell) for entry in newest for row in VALUES[entry]["sdg"] for cell in VALUES[entry]["region"])
    assert index.tabulate(query, "sdg", "region")[0].cells == pairs


# -- filters and orders of researchers ---------------------------------------------------------------------------------

SEEN = clock.now()


@pytest.fixture(scope="module")
def dated(make_content: Any) -> TantivyIndex:
    """Six entries: (title, language, country, days since the last update, start)."""
    rows = [
        ("Zebra", "en", "KE", 10, "2014-03-01"),
        ("Árbol", "es", "PE", 500, "2015-01-01"),
        ("Nube", "es", "PE", 500, None),
        ("Ñandú", "es", "MX", 900, "2016-12-31"),
        ("Ёлка", "ru", "KZ", None, "2010-05-05"),
        ("北京", "zh", "CN", 0, "2015-06-01"),
        ("安徽", "zh", "CN", 1, "2015-06-02"),
    ]
    cards = []
    for number, (title, language, country, age, start) in enumerate(rows, 1):
        content = make_content(
            title={language: title},
            description={language: title},
            original_language=language,
            countries=[country],
            start_date=start,
            organization={"name": f"Ministry of {title}", "type": "other", "country": None, "website": None},
        )
        updated = None if age is None else SEEN - timedelta(days=age)
        cards.append({**make_card(content, title, number), "last_updated_at": updated})
    made = TantivyIndex()
    made.apply(cards, [], len(cards))
    return made


def _days_ago(days: int) -> str:
    return str((SEEN - timedelta(days=days)).date())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (SearchQuery(sort=TITLE), "Árbol Nube Ñandú Zebra Ёлка 安徽 北京"),
        (SearchQuery("peru", sort=TITLE), "Árbol Nube"),
        (SearchQuery(filters={"country": ("-PE",)}, sort=TITLE), "Ñandú Zebra Ёлка 安徽 北京"),
        (SearchQuery(filters={"country": ("-PE", "-CN", "KE", "MX")}, sort=TITLE), "Ñandú Zebra"),
        (SearchQuery(spans=tuple(fresh(["green"], SEEN)), sort=TITLE), "Zebra 安徽 北京"),
        (SearchQuery(spans=tuple(fresh(["yellow", "red"], SEEN)), sort=TITLE), "Árbol Nube Ñandú"),
        (SearchQuery(spans=tuple(fresh(["unknown"], SEEN)), sort=TITLE), "Ёлка"),
        (SearchQuery(spans=tuple(days("updated", _days_ago(20), None)), sort=TITLE), "Zebra 安徽 北京"),
        (SearchQuery(spans=tuple(days("updated", None, _days_ago(20))), sort=TITLE), "Árbol Nube Ñandú"),
        (SearchQuery(spans=tuple(days("start", "2015-01-01", "2015-06-02")), sort=TITLE), "Árbol 北京"),
        (SearchQuery(spans=tuple(days("start", "2015-06-02", None)), sort=TITLE), "Ñandú 安徽"),
        (SearchQuery(organization="ministry of nandu"), "Ñandú"),
        (SearchQuery(organization="of ministry"), ""),
        (SearchQuery("mexico", organization="ministry", spans=tuple(fresh(["red"], SEEN))), "Ñandú"),
    ],
)
def test_filters_and_orders_of_researchers(dated: TantivyIndex, query: SearchQuery, expected: str) -> None:
    assert find(dated, query) == expected.split()
    shown = dated.search(query, limit=2, facets=("country",))
    assert sum(shown.facets["country"].values()) >= shown.total == len(expected.split())


def test_last_updated_come_first_and_those_without_a_date_last(dated: TantivyIndex) -> None:
    found = find(dated, SearchQuery(sort=UPDATED))
    assert (found[:3], set(found[3:5]), found[5:]) == (["北京", "安徽", "Zebra"], {"Árbol", "Nube"}, ["Ñandú", "Ёлка"])


@given(codes=st.lists(st.sampled_from(["a", "b", "-a", "-c"])), values=st.sets(st.sampled_from("abc")))
def test_what_is_admitted_is_what_a_filter_finds(codes: list[str], values: set[str]) -> None:
    wanted = [code for code in codes if code in "abc"]
    excluded = [code[1:] for code in codes if code.startswith("-")]
    assert admits(codes, values) is (not values & set(excluded) and (not wanted or bool(values & set(wanted))))


def test_later_page_counts_all_even_if_it_is_asked_for_first(index: TantivyIndex) -> None:
    other = TantivyIndex()
    other.apply(CARDS, [], SIZE)
    for sort in (NEWEST, OLDEST):
        after = index.search(SearchQuery(sort=sort), limit=150).next
        assert other.search(SearchQuery(sort=sort), limit=150, after=after).total == SIZE


def test_card_comes_back_as_it_went_in(index: TantivyIndex) -> None:
    assert index.list_by_sequence(SearchQuery(), limit=SIZE) == CARDS


def test_relevance_ends_and_says_so() -> None:
    made = TantivyIndex()
    card = CARDS[0]
    made.apply([{**card, "entry": f"x{number}", "sequence": number} for number in range(1, 1102)], [], 1101)
    word = next(iter(card["title"].values())).split()[0]
    query, seen, after = SearchQuery(word, sort=RELEVANCE), 0, None
    while seen < 2000:
        page = made.search(query, limit=100, after=after)
        seen, after = seen + len(page.hits), page.next
        if after is None:
            break
    assert (seen, page.total) == (1000, 1101)
    assert len(find(made, SearchQuery(word, sort=NEWEST))) == 1101

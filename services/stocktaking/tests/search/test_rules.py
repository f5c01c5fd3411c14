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
from ..index_kit import make_card

SIZE = 400
CARDS = [make_card(content, f"e{number}", number) for number, content in enumerate(generated.contents(SIZE), 1)]
VALUES = {card["entry"]: facet_values(card, clock.now().year) for card in CARDS}


@pytest.fixture(scope="module")
def index() -> TantivyIndex:
    made = TantivyIndex()
    made.apply(CARDS[: SIZE // 2], [], SIZE // 2)
    made.apply(CARDS[SIZE // 4 :], [], SIZE)  # several segments, with entries that were replaced
    return made


def find(index: TantivyIndex, query: SearchQuery) -> list[str]:
    """All entries that fit, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = index.search(query, limit=70, after=after)
        found += [hit.card["entry"] for hit in page.hits]
        after = page.next
        if after is None:
            assert len(found) == page.total
            return found


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


# -- words of seven languages ------------------------------------------------------------------------------------------

TEXTS = {
    "en": ("Telemedicine for rural clinics", "Training nurses and farmers in e-health by text message."),
    "fr": ("Éducation numérique à l’école", "Formation des enseignants aux technologies de l’information."),
    "es": ("Telecentros rurales", "Alfabetización informática de los niños y las mujeres indígenas."),
    "pt": ("Inclusão digital na Amazônia", "Formação de professores e conexões à internet."),
    "ru": ("Цифровые школы", "Обучение учителей в сельских библиотеках. Ещё зелёные технологии."),
    "zh": ("农村地区的数字教育", "为偏远学校的教师提供信息技术培训。"),
    "ar": ("التعليم الرقمي في المدارس", "تدريب المعلمين والمعلمات على تقنيات المعلومات"),
}


@pytest.fixture(scope="module")
def library(make_content: Any) -> TantivyIndex:
    made = TantivyIndex()
    made.apply(
        [
            make_card(
                make_content(
                    title={code: title},
                    description={code: text},
                    original_language=code,
                    partners=[],
                    keywords=[],
                    organization={
                        "name": "X",
                        "type": "academia",
                        "country": None,
                        "website": f"https://www.{code}.example/a/",
                    },
                ),
                code,
                number,
            )
            for number, (code, (title, text)) in enumerate(TEXTS.items(), 1)
        ],
        [],
        7,
    )
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nurse", "en"),
        ("TRAINED", "en"),
        ("farmer clinic", "en"),
        ("e-health", "en"),
        ('"text message"', "en"),
        ("telemedicne", "en"),
        ("tele medicine clinics", "en"),
        ("telemed", "en"),
        ("the nurses of the clinics", "en"),
        ("education", "fr"),
        ("ÉDUCATION", "fr"),
        ("enseignant", "fr"),
        ("ecole", "fr"),
        ("technologie information", "fr"),
        ("niño", "es"),
        ("ninos", "es"),
        ("mujer indigena", "es"),
        ("alfabetizacion", "es"),
        ("telecentro", "es"),
        ("inclusao", "pt"),
        ("professor", "pt"),
        ("conexão", "pt"),
        ("amazonia", "pt"),
        ("учитель", "ru"),
        ("школа", "ru"),
        ("зеленые", "ru"),
        ("ЗЕЛЁНЫЕ", "ru"),
        ("библиотека", "ru"),
        ("цифровй", "ru"),
        ("农村", "zh"),
        ("数字教育", "zh"),
        ("农村教育", "zh"),
        ("信息技术培训", "zh"),
        ('"农村教育"', ""),
        ("育教", ""),
        ("تعليم", "ar"),
        ("معلم", "ar"),
        ("المعلم", "ar"),
        ("ومعلمات", "ar"),
        ("الرقمى", "ar"),
        ("تَدْرِيب", "ar"),
        ("للمدارس", "ar"),
        ("المعلومات التعليم", "ar"),
        ('"message text"', ""),
        ("nurse -farmers", ""),
        ("xyzzyplugh", ""),
        ("nurse школа", ""),
    ],
)
def test_words_are_found_in_their_forms(library: TantivyIndex, text: str, expected: str) -> None:
    assert find(library, SearchQuery(text, sort=RELEVANCE)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("es", ("taller", "talleres")),
        ("es", ("mujer", "Mujeres")),
        ("es", ("celular", "celulares")),
        ("pt", ("mulher", "mulheres")),
        ("pt", ("conexão", "CONEXÕES")),
        ("pt", ("capitães", "capitão")),
        ("fr", ("réseau", "réseaux")),
        ("ru", ("библиотека", "библиотек")),
        ("en", ("farming", "farmed")),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str, forms: tuple[str, ...]) -> None:
    assert len({words.stem(form, language) for form in forms}) == 1


def test_title_counts_more_than_description(library: TantivyIndex, make_content: Any) -> None:
    made = TantivyIndex()
    made.apply(
        [
            make_card(make_content(title={"en": "Villages"}, description={"en": "Solar power."}), "text", 1),
            make_card(make_content(title={"en": "Solar power"}, description={"en": "Villages."}), "title", 2),
            make_card(make_content(title={"en": "Homes"}, description={"en": "Solar solar solar."}), "more", 3),
        ],
        [],
        3,
    )
    assert find(made, SearchQuery("solar", sort=RELEVANCE))[0] == "title"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("nurse", "Training <mark>nurses</mark> and farmers in e-health by text message."),
        ("ninos", "Alfabetización informática de los <mark>niños</mark> y las mujeres indígenas."),
        ("علم", None),
        ("معلم", "تدريب <mark>المعلمين</mark> <mark>والمعلمات</mark> على تقنيات المعلومات"),
        ("信息培训", "为偏远学校的教师提供<mark>信息</mark>技术<mark>培训</mark>。"),
        ("бибиотека", "Обучение учителей в сельских <mark>библиотеках</mark>. Ещё зелёные технологии."),
    ],
)
def test_words_are_marked_where_they_are(library: TantivyIndex, text: str, marked: str | None) -> None:
    hits = library.search(SearchQuery(text, sort=RELEVANCE), limit=1).hits
    found = {name: html for hit in hits for name, html in hit.highlights.items() if name.startswith("description")}
    assert list(found.values()) == ([marked] if marked else [])


def test_small_words_of_a_title_are_not_marked(library: TantivyIndex) -> None:
    assert [hit.highlights for hit in library.search(SearchQuery("aplicaciones de las TIC"), limit=9).hits] == [{}] * 7


def test_long_text_is_cut_around_the_word_and_escaped(make_content: Any) -> None:
    made = TantivyIndex()
    text = "<b>x</b> & " * 40 + "lighthouse <script>alert(1)</script> " + "y " * 300
    made.apply([make_card(make_content(description={"en": text}), "e", 1)], [], 1)
    marked = made.search(SearchQuery("lighthouse"), limit=1).hits[0].highlights["description.en"]
    assert "<mark>lighthouse</mark> &lt;script&gt;" in marked
    assert marked.startswith("…")
    assert marked.endswith("…")
    assert len(marked) < 400
    assert "<" not in marked.replace("<mark>", "").replace("</mark>", "")


def test_candidates_share_rare_words_or_the_website(library: TantivyIndex) -> None:
    def found(title: str, address: str | None) -> list[str]:
        return [card["entry"] for card in library.candidates([title], address, 3)]

    assert found("Telecentros para todos", None) == ["es"]
    assert found("Nothing alike", "http://PT.example/a") == ["pt"]
    assert found("Nothing alike", None) == []


@pytest.mark.parametrize(
    ("word", "languages"),
    [
        ("the", ("en",)),
        ("The", ("en",)),
        ("de", ("fr", "pt", "es")),
        ("un", ("fr", "es")),
        ("и", ("ru",)),
        ("من", ("ar",)),
        ("AND", ("en",)),
        ("it", ()),
        ("IT", ()),
        ("health", ()),
        ("школа", ()),
    ],
)
def test_articles_and_the_like_are_not_asked_for(word: str, languages: tuple[str, ...]) -> None:
    assert words.article_languages(word) == languages


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Ёлка", "елка"), ("ещё", "еще"), ("ÉCOLE", "ecole"), ("ｅ１", "e1"), ("مُعَلِّم", "معلم"), ("إلى", "الي")],
)
def test_variants_of_letters_are_one(word: str, folded: str) -> None:
    assert words.plain(word) == folded


def test_arabic_stems_are_light() -> None:
    forms = ["معلم", "المعلم", "والمعلم", "بالمعلم", "معلمون", "المعلمين", "معلمات", "للمعلمين", "معلمها"]
    assert {words.stem(form, "ar") for form in forms} == {"معلم"}
    assert words.stem("ولد", "ar") == "ولد"  # its first letter is no conjunction

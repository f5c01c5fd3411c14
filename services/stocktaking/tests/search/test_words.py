"""Words of seven languages: their forms, their stems, and where they are marked."""

from __future__ import annotations

from typing import Any

import pytest

from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import RELEVANCE, SearchQuery

from ..index_kit import find, make_bare_card, make_card

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


@pytest.mark.parametrize(
    ("language", "text", "typed"),
    [
        ("ar", "دروس في المخيمات، ومدارس القرى؟", "مخيم"),
        ("ar", "دروس في المخيمات، ومدارس القرى؟", "قرية"),
        ("ru", "Книги, школы!", "книга"),
    ],
)
def test_a_word_before_a_mark_is_found_in_its_forms(make_content: Any, language: str, text: str, typed: str) -> None:
    made = TantivyIndex()
    made.apply([make_bare_card(make_content, "e", 1, description={language: text})], [], 1)
    assert find(made, SearchQuery(typed)) == ["e"]


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

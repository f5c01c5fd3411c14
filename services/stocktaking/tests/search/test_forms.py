"""Whoever types one form of a word finds the entries with any other: `data/forms.yaml`."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml

from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import RELEVANCE, SearchQuery

from ..index_kit import make_bare_card

FORMS: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "forms.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("language", FORMS)
def test_each_form_of_a_word_finds_all(make_content: Any, language: str) -> None:
    made, words = _index(make_content, language)
    lacking = {form: missed for forms in words for form in forms if (missed := {*forms} - _find(made, form))}
    assert lacking == {}


@pytest.mark.parametrize("language", ["fr", "es"])
def test_forms_without_accents_find_all(make_content: Any, language: str) -> None:
    made, words = _index(make_content, language)
    lacking = {form: missed for forms in words for form in forms if (missed := {*forms} - _find(made, _plain(form)))}
    assert lacking == {}


@pytest.mark.parametrize(
    ("language", "typed", "other"),
    [
        ("en", "art", "article"),  # a short word that entries have stands for no longer one
        ("ar", "مكتبة", "مكتب"),
        ("ar", "أمراض", "مريض"),
        ("ar", "قرية", "الفقر"),
        ("ar", "محفظة", "محافظة"),
        ("ar", "جزيرة", "الجزائر"),
        ("ar", "معرض", "معارضة"),
        ("ru", "село", "сельское"),
        ("fr", "mois", "moi"),
        ("en", "authority", "author"),
        ("en", "important", "import"),
        ("en", "customs", "customers"),
        ("en", "mobile", "mobilization"),
        ("en", "publications", "public"),
        ("en", "programme", "programming"),
        ("en", "animals", "animation"),
        ("en", "information", "informal"),
        ("en", "accounts", "accountability"),
        ("fr", "mer", "mère"),
        ("fr", "commune", "communication"),
        ("fr", "donner", "données"),
        ("fr", "importation", "importante"),
        ("fr", "collecte", "collectivités"),
        ("fr", "programme", "programmation"),
        ("es", "autoridad", "autor"),
        ("es", "género", "generación"),
        ("es", "libros", "libres"),
        ("es", "comunidad", "comunicación"),
        ("es", "importación", "importante"),
        ("es", "publicaciones", "pública"),
        ("es", "emergentes", "emergencias"),
        ("es", "periodo", "periodistas"),
        ("es", "ganar", "ganado"),
        ("pt", "livros", "livres"),
        ("ru", "семья", "семя"),
        ("ar", "بلد", "بلدية"),
        ("ar", "أمهات", "أمية"),
        ("ar", "مدينة", "مدني"),
        ("ar", "دور", "دورات"),
        ("ar", "عمل", "عملة"),
        ("ar", "شروط", "شرطة"),
        ("ar", "أخبار", "خبرات"),
        ("ar", "أخلاق", "خلق"),
        ("ar", "كتب", "كتابة"),
        ("ar", "رياضة", "رياضيات"),
        ("ar", "دول", "دولي"),
        ("ar", "طالب", "طلب"),
    ],
)
def test_other_words_are_not_found(make_content: Any, language: str, typed: str, other: str) -> None:
    made, _ = _index(make_content, language, [f"{typed} {other}"])
    assert _find(made, typed) == {typed}


def _index(make_content: Any, language: str, lines: list[str] | None = None) -> tuple[TantivyIndex, list[list[str]]]:
    """An entry for each form, which is its title and its name."""
    words = [line.split() for line in (lines or FORMS[language])]
    titles = sorted({form for forms in words for form in forms})
    made = TantivyIndex()
    cards = [
        make_bare_card(make_content, title, number, title={language: title}, original_language=language)
        for number, title in enumerate(titles, 1)
    ]
    made.apply(cards, [], len(cards))
    return made, words


def _find(index: TantivyIndex, text: str) -> set[str]:
    return {hit.card["entry"] for hit in index.search(SearchQuery(text, sort=RELEVANCE), limit=300).hits}


def _plain(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))

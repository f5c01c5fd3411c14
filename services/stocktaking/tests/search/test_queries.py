"""What people type finds what they expect, in seven languages: `data/queries.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import RELEVANCE, SearchQuery

from ..index_kit import make_card

RECALL, PRECISION = 0.9, 0.95
LANGUAGES = {"e": "en", "f": "fr", "s": "es", "p": "pt", "r": "ru", "a": "ar", "c": "zh"}
DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "data" / "queries.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def index(make_content: Any) -> TantivyIndex:
    made = TantivyIndex()
    cards = [_card(make_content, number, *row) for number, row in enumerate(DATA["entries"].items(), 1)]
    made.apply(cards, [], len(cards))
    return made


def _card(make_content: Any, number: int, entry: str, row: list[Any]) -> Any:
    title, text, country, lines, goals, organization = row
    language = LANGUAGES[entry[0]]
    content = make_content(
        title={language: title},
        description={language: text},
        original_language=language,
        organization={"name": organization, "type": "civil_society", "country": None, "website": None},
        countries=[country],
        action_lines=[{"line": line, "sub_themes": []} for line in lines],
        sdgs=goals,
        targets=[],
        partners=[],
        keywords=[],
    )
    return make_card(content, entry, number)


@cache
def expected(line: str) -> frozenset[str]:
    """Entries, and groups of them, by name."""
    return frozenset(entry for name in line.split() for entry in DATA["groups"].get(name, name).split())


def find(index: TantivyIndex, text: str) -> set[str]:
    return {hit.card["entry"] for hit in index.search(SearchQuery(text, sort=RELEVANCE), limit=100).hits}


@pytest.mark.parametrize("language", LANGUAGES.values())
def test_people_find_what_they_look_for(index: TantivyIndex, language: str) -> None:
    """Recall and precision, each the mean over the queries of a language."""
    recalls, precisions, wrong = [], [], []
    for text, line in DATA["queries"][language].items():
        wanted, found = expected(line), find(index, text)
        recalls += [len(wanted & found) / len(wanted)] if wanted else []
        precisions += [len(wanted & found) / len(found)] if found else []
        if wanted != found:
            wrong.append(f"{text}: lacks {sorted(wanted - found)}, has {sorted(found - wanted)} besides")
    assert sum(recalls) / len(recalls) >= RECALL, "\n".join(wrong)
    assert sum(precisions) / len(precisions) >= PRECISION, "\n".join(wrong)


def test_queries_are_enough_of_each_language() -> None:
    assert sum(map(len, DATA["queries"].values())) >= 300


# -- what was corrected ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("famers market", "farmers market"),
        ("libary", "libraries"),
        ("biblioteque", "bibliothèque"),
        ("helath", "health"),
        ("поликлинника", "поликлиники"),
        ("farmers", None),
        ("cyber security", None),
        ("Gambia", None),
        ("xyzzyplugh", None),
        ("學校", None),
    ],
)
def test_what_was_probably_meant_is_said(index: TantivyIndex, text: str, meant: str | None) -> None:
    assert index.search(SearchQuery(text, sort=RELEVANCE), limit=1).corrected == meant


def test_words_of_a_withdrawn_entry_are_not_meant_any_more(make_content: Any) -> None:
    """An index keeps the words of what it removed until segments are merged, some ten changes later."""
    index = _register(make_content, ("en", "Digital farmers", 30), ("en", "Kabogozza", 1), ("en", "Market", 1))
    assert index.search(SearchQuery("kabogoza"), limit=1).corrected == "kabogozza"
    index.apply([], ["x31", "x32"], 34)
    assert index.search(SearchQuery("kabogoza"), limit=1).corrected is None
    assert index.search(SearchQuery("markets farmrs"), limit=1).corrected == "markets farmers"


def _register(make_content: Any, *texts: tuple[str, str, int]) -> TantivyIndex:
    """An index of entries: (language, title, how many)."""
    made = TantivyIndex()
    titles = [(language, title) for language, title, times in texts for _ in range(times)]
    changes = {"organization": {"name": "X", "type": "other", "country": None, "website": None}, "keywords": []}
    cards = [
        make_card(
            make_content(title={code: title}, description={code: "—"}, original_language=code, partners=[], **changes),
            f"x{number}",
            number,
        )
        for number, (code, title) in enumerate(titles, 1)
    ]
    made.apply(cards, [], len(cards))
    return made


@pytest.mark.parametrize(
    ("texts", "typed", "total", "meant"),
    [
        ([("en", "Local goverment", 1), ("en", "Local government", 3)], "goverment", 4, "government"),
        ([("en", "A school", 19), ("en", "A scool", 1)], "scool", 1, None),
        ([("en", "A school", 20), ("en", "A scool", 1)], "scool", 21, "school"),
        ([("en", "Education", 30), ("es", "Educación", 1)], "educacion", 1, None),
        ([("en", "Trains in Zambia", 40), ("en", "Trains in Gambia", 1)], "Gambia", 1, None),
        ([("en", "Training", 40), ("en", "Draining", 1)], "draining", 1, None),
    ],
)
def test_word_that_is_much_rarer_than_a_like_one_is_corrected(
    make_content: Any, texts: list[tuple[str, str, int]], typed: str, total: int, meant: str | None
) -> None:
    page = _register(make_content, *texts).search(SearchQuery(typed, {}, RELEVANCE), limit=1)
    assert (page.total, page.corrected) == (total, meant)


@pytest.mark.parametrize(
    ("typed", "first", "total"),
    [
        ("it training", "IT training for mayors", 1),
        ("training it works", "Training for mayors: it", 2),  # of three words "it" says little in English
        ("un women", "UN Women for girls", 1),
        ("the women", "The women of the sea", 2),
        ("un village", "Un village pour les femmes", 1),
        ("ai for health", "AI for health", 1),
        ("the", "The women of the sea", 1),
    ],
)
def test_stop_words_that_are_names_are_looked_for(make_content: Any, typed: str, first: str, total: int) -> None:
    made = _register(
        make_content,
        ("en", "IT training for mayors and how it works", 1),
        ("en", "Training for mayors: it works", 1),
        ("en", "UN Women for girls", 1),
        ("en", "The women of the sea", 1),
        ("en", "AI for health", 1),
        ("en", "For health", 1),
        ("fr", "Un village pour les femmes", 1),
    )
    page = made.search(SearchQuery(typed, {}, RELEVANCE), limit=5)
    titles = [title for hit in page.hits for title in hit.card["title"].values()]
    assert (titles[0].startswith(first), page.total) == (True, total), titles

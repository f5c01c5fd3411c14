from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.resources import read_yaml
from wsis_shared.sentences import Sentences
from wsis_shared.translations import by_key, by_language

TEXTS = {
    "en": """
said:
  left: {one: "{count} review is left", other: "{count} reviews are left"}
  closed: Voting is closed
  braces: A { is not a value
""",
    "fr": "said: {closed: Le vote est clos}",
    "ru": """
said:
  left: {one: "остался {count} отзыв", few: "осталось {count} отзыва", many: "осталось {count} отзывов", other: "x"}
""",
}


@pytest.fixture
def say(tmp_path: Path, monkeypatch: Any) -> Any:
    package = tmp_path / "texts_of_a_test"
    (package / "texts").mkdir(parents=True)
    (package / "__init__.py").touch()
    for language, text in TEXTS.items():
        (package / f"texts/{language}.yaml").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield Sentences("texts_of_a_test", "said")
    for cached in (read_yaml, by_key, by_language):
        cached.cache_clear()
    sys.modules.pop("texts_of_a_test", None)


@pytest.mark.parametrize(
    ("locale", "count", "said"),
    [
        ("en", 1, "1 review is left"),
        ("en", 2, "2 reviews are left"),
        ("ru", 1, "остался 1 отзыв"),
        ("ru", 3, "осталось 3 отзыва"),
        ("ru", 11, "осталось 11 отзывов"),
        ("ar", 2, "2 reviews are left"),  # no Arabic here: English, by English plural rules
    ],
)
def test_plural_forms_follow_the_language(say: Any, locale: str, count: int, said: str) -> None:
    assert say("left", locale, count=count) == said


def test_a_language_without_the_sentence_gets_english(say: Any) -> None:
    assert (say("closed", "fr"), say("closed", "zh")) == ("Le vote est clos", "Voting is closed")


def test_braces_mean_nothing_in_a_sentence_without_values(say: Any) -> None:
    assert say("braces", "en") == "A { is not a value"


def test_an_unknown_key_is_an_error(say: Any) -> None:
    with pytest.raises(KeyError):
        say("nowhere", "en")


def test_a_missing_file_is_an_error(say: Any) -> None:
    with pytest.raises(FileNotFoundError):
        read_yaml("texts_of_a_test", "nowhere.yaml")

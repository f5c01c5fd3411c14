from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import clock
from wsis_shared.errors import Invalid
from wsis_shared.languages import cldr_locale, full_name, in_language, long_date, merge, pick
from wsis_shared.schemas import LOCALES, Localised, RequestSchema

TEXTS = st.dictionaries(st.sampled_from(LOCALES), st.text(min_size=1, max_size=3))
CHANGES = st.dictionaries(st.sampled_from(LOCALES), st.none() | st.text(min_size=1, max_size=3))


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "30 April 2017"), ("fr", "30 avril 2017"), ("zh", "2017年4月30日"), ("ru", "30 апреля 2017\u202fг.")],
)
def test_a_day_is_written_as_the_united_nations_write_it(language: str, written: str) -> None:
    assert long_date(date(2017, 4, 30), language).replace("\u00a0", "\u202f") == written.replace("\u00a0", "\u202f")


@pytest.mark.parametrize(
    ("language", "written", "with_weekday"),
    [
        ("fr", "1er novembre 2016", "mardi 1er novembre 2016"),
        ("pt", "1º de novembro de 2016", "terça-feira, 1º de novembro de 2016"),
        ("es", "1 de noviembre de 2016", "martes, 1 de noviembre de 2016"),
        ("en", "1 November 2016", "Tuesday, 1 November 2016"),
    ],
)
def test_the_first_day_of_a_month_is_an_ordinal_where_the_language_has_one(
    language: str, written: str, with_weekday: str
) -> None:
    first = date(2016, 11, 1)
    assert (long_date(first, language), long_date(first, language, weekday=True)) == (written, with_weekday)
    assert "1er" not in long_date(date(2016, 11, 11), language)


def test_the_day_of_a_moment_is_that_of_its_zone() -> None:
    late = datetime(2017, 4, 30, 22, 30, tzinfo=UTC)
    assert long_date(late, "en") == "30 April 2017"
    assert long_date(clock.to_geneva(late), "en") == "1 May 2017"


def test_a_language_without_another_spelling_is_its_own_locale() -> None:
    assert (cldr_locale("en"), cldr_locale("es")) == ("en_GB", "es")


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ({"en": "Youth", "fr": "Jeunesse"}, ("fr", "Jeunesse")),
        ({"en": "Youth", "fr": ""}, ("en", "Youth")),
        ({"ar": "الشباب"}, ("ar", "الشباب")),
        ({"ru": "", "ar": "الشباب"}, ("ar", "الشباب")),
        ({}, ("fr", "")),
    ],
)
def test_text_is_in_the_readers_language_else_in_english_else_in_any(
    texts: dict[str, str], found: tuple[str, str]
) -> None:
    assert pick(texts, "fr") == found
    assert in_language(texts, "fr") == found[1]


@given(TEXTS, CHANGES)
def test_a_change_touches_the_languages_that_it_names_and_no_other(
    texts: dict[str, str], change: dict[str, str | None]
) -> None:
    after = merge(texts, change)
    for language in LOCALES:
        assert after.get(language) == (change[language] if language in change else texts.get(language))
    assert None not in after.values()


@given(TEXTS, CHANGES, CHANGES)
def test_two_changes_are_one_and_a_repeat_changes_nothing(
    texts: dict[str, str], first: dict[str, str | None], second: dict[str, str | None]
) -> None:
    assert merge(merge(texts, first), second) == merge(texts, {**first, **second})
    assert merge(merge(texts, first), first) == merge(texts, first)


def test_the_last_language_of_a_text_that_is_required_stays() -> None:
    with pytest.raises(Invalid) as refused:
        merge({"en": "Youth"}, {"en": None, "fr": None}, required_as="title")
    assert (refused.value.code, list(refused.value.fields)) == ("suite.text_required", ["title"])
    assert merge({"en": "Youth"}, {"en": None, "fr": "Jeunesse"}, required_as="title") == {"fr": "Jeunesse"}


def test_a_change_of_a_text_takes_null_for_a_language() -> None:
    schema = RequestSchema.from_dict({"title": Localised(change=True, max_length=20)})()
    assert schema.load({"title": {"en": "Youth", "fr": None}}) == {"title": {"en": "Youth", "fr": None}}
    assert list(schema.validate({"title": {"de": None}})) == ["title"]


@pytest.mark.parametrize(
    ("given", "family", "language", "written"),
    [
        ("Ama", "Mensah", "en", "Ama Mensah"),
        ("Анна", "Иванова", "ru", "Анна Иванова"),
        ("ليلى", "حداد", "ar", "ليلى حداد"),
        ("芳", "王", "zh", "王芳"),
        ("芳", "王", "en", "王芳"),
        ("민수", "김", "en", "김민수"),
        ("Fang", "Wang", "zh", "Wang Fang"),
        ("Fang", "Wang", "fr", "Fang Wang"),
        ("Sukarno", "", "en", "Sukarno"),
        ("", "", "zh", ""),
    ],
)
def test_names_stand_in_the_order_of_their_script_and_language(
    given: str, family: str, language: str, written: str
) -> None:
    assert full_name(given, family, language) == written

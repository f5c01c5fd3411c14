"""What filters make of values, in each language."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.languages import plural_category

from wsis_notifications.mails import templates
from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules.filters import filters_for
from wsis_notifications.mails.rules.rendering import Renderer, Source

FORMS = {
    "en": 'one="{n} review", other="{n} reviews"',
    "ru": 'one="{n} отзыв", few="{n} отзыва", many="{n} отзывов", other="{n} отзыва"',
    "ar": 'zero="لا تقييمات", one="تقييم واحد", two="تقييمان", few="{n} تقييمات", many="{n} تقييماً", other="{n} تقييم"',
    "fr": 'one="{n} évaluation", other="{n} évaluations"',
    "zh": 'other="{n}项评审"',
}


@cache
def _writer() -> Renderer:
    return templates.writer("https://wsis.example")


def _shown(count: Any, locale: str, forms: str = "") -> str:
    text = "{{ count | plural(%s) }}" % (forms or FORMS[locale])
    written = _writer().write(Source("x", locale, "s", text), {"count": count})
    return written.text.split("\n")[0]


@pytest.mark.parametrize(
    ("locale", "count", "expected"),
    [
        ("en", 0, "0 reviews"),
        ("en", 1, "1 review"),
        ("en", 2, "2 reviews"),
        ("en", 1234, "1,234 reviews"),
        ("ru", 1, "1 отзыв"),
        ("ru", 3, "3 отзыва"),
        ("ru", 11, "11 отзывов"),
        ("ru", 21, "21 отзыв"),
        ("ar", 0, "لا تقييمات"),
        ("ar", 1, "تقييم واحد"),
        ("ar", 2, "تقييمان"),
        ("ar", 7, "7 تقييمات"),
        ("ar", 11, "11 تقييماً"),
        ("ar", 100, "100 تقييم"),
        ("fr", 0, "0 évaluation"),
        ("fr", 1, "1 évaluation"),
        ("fr", 2, "2 évaluations"),
        ("zh", 1, "1项评审"),
        ("zh", 5, "5项评审"),
    ],
)
def test_a_number_takes_the_form_of_its_language(locale: str, count: int, expected: str) -> None:
    assert _shown(count, locale) == expected


@given(count=st.integers(0, 10**9), locale=st.sampled_from(sorted(FORMS)))
def test_the_form_is_that_of_the_category(count: int, locale: str) -> None:
    forms = {name: name for name in ("zero", "one", "two", "few", "many", "other")}
    assert filters_for(locale, {}, {})["plural"](count, **forms) == plural_category(locale, count)


def test_a_form_that_is_missing_is_the_other_one() -> None:
    assert _shown(1_000_000, "fr").endswith("évaluations")
    with pytest.raises(RenderError, match="template_broken"):
        _shown(3, "en", 'one="{n} review"')


def test_a_number_may_come_as_text_and_a_template_in_it_stays_text() -> None:
    assert _shown("12", "en") == "12 reviews"
    with pytest.raises(RenderError, match="template_broken"):
        _shown("{{ 7 * 7 }}", "en")

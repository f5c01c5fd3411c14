from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from wsis_shared import clock
from wsis_shared.languages import cldr_locale, long_date


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "30 April 2017"), ("fr", "30 avril 2017"), ("zh", "2017年4月30日"), ("ru", "30 апреля 2017\u202fг.")],
)
def test_a_day_is_written_as_the_united_nations_write_it(language: str, written: str) -> None:
    assert long_date(date(2017, 4, 30), language).replace("\u00a0", "\u202f") == written.replace("\u00a0", "\u202f")


def test_the_day_of_a_moment_is_that_of_its_zone() -> None:
    late = datetime(2017, 4, 30, 22, 30, tzinfo=UTC)
    assert long_date(late, "en") == "30 April 2017"
    assert long_date(clock.to_geneva(late), "en") == "1 May 2017"


def test_a_language_without_another_spelling_is_its_own_locale() -> None:
    assert (cldr_locale("en"), cldr_locale("es")) == ("en_GB", "es")

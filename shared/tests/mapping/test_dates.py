"""Days, years and periods as tables write them."""

from __future__ import annotations

import pytest
from wsis_shared.mapping import dates
from wsis_shared.mapping.documents import DAY_FIRST, MONTH_FIRST


def said(span: dates.Span | None) -> str | None:
    return span and f"{span[0]}..{span[1]}"


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("2014", "2014-01-01..2014-12-31"),
        ("٢٠١٤", "2014-01-01..2014-12-31"),
        ("2014.0", "2014-01-01..2014-12-31"),
        ("2560", "2017-01-01..2017-12-31"),
        ("1437 هـ", "2016-01-01..2016-12-31"),
        ("since 2014", "2014-01-01..2014-12-31"),
        ("March 2014", "2014-03-01..2014-03-31"),
        ("Feb-16", "2016-02-01..2016-02-29"),
        ("2014-06", "2014-06-01..2014-06-30"),
        ("06/2014", "2014-06-01..2014-06-30"),
        ("2014年6月", "2014-06-01..2014-06-30"),
        ("20140615", "2014-06-15..2014-06-15"),
        ("15 March 2014", "2014-03-15..2014-03-15"),
        ("31.12.2015г.", "2015-12-31..2015-12-31"),
        ("1.IX.2014", "2014-09-01..2014-09-01"),
        ("2014-06-15T10:21", "2014-06-15..2014-06-15"),
        ("41640", "2014-01-01..2014-01-01"),
        ("1/2/49", "2049-02-01..2049-02-01"),
        ("1/2/50", "1950-02-01..1950-02-01"),
        ("III квартал 2015 г.", "2015-07-01..2015-09-30"),
        ("3 кв. 2014", "2014-07-01..2014-09-30"),
        ("1er trimestre de 2014", "2014-01-01..2014-03-31"),
        ("3T2014", "2014-07-01..2014-09-30"),
        ("Second half of 2014", "2014-07-01..2014-12-31"),
        ("1º semestre de 2014", "2014-01-01..2014-06-30"),
        ("يوليوز 2014", "2014-07-01..2014-07-31"),
        ("الربع الثالث 2014", "2014-07-01..2014-09-30"),
        ("2014年第三季度", "2014-07-01..2014-09-30"),
        ("2014年第4季度", "2014-10-01..2014-12-31"),
        ("2014年上半年", "2014-01-01..2014-06-30"),
        ("Q4-2014", "2014-10-01..2014-12-31"),
    ],
)
def test_a_day_a_month_and_a_part_of_a_year_have_their_days(cell: str, days: str) -> None:
    assert said(dates.span(cell)) == days


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("۱۳۹۸/۰۲/۱۵", "2019-05-05"),
        ("15/02/1398", "2019-05-05"),
        ("۱۵ اردیبهشت ۱۳۹۸", "2019-05-05"),
        ("1440/09/15", "2019-05-20"),
        ("15/09/1440هـ", "2019-05-20"),
        ("١٥ رمضان ١٤٤٠ هـ", "2019-05-20"),
        ("1 ธันวาคม 2559", "2016-12-01"),
        ("15/02/2559", "2016-02-15"),
        ("平成28年4月1日", "2016-04-01"),
        ("令和元年10月1日", "2019-10-01"),
        ("R3.4.1", "2021-04-01"),
        ("民國105年3月1日", "2016-03-01"),
        ("105/3/1", "2016-03-01"),
        ("2013. 3. 4.", "2013-03-04"),
        ("2013년 3월 4일", "2013-03-04"),
        ("2017. március 1.", "2017-03-01"),
        ("ngày 15 tháng 3 năm 2014", "2014-03-15"),
        ("2014 оны 3 сарын 15", "2014-03-15"),
    ],
)
def test_days_of_other_calendars_and_orders_are_those_of_the_common_one(cell: str, day: str) -> None:
    assert said(dates.span(cell)) == f"{day}..{day}"


@pytest.mark.parametrize(
    ("cell", "start", "end"),
    [
        ("1398/02", "2019-04-21..2019-04-21", "2019-05-21..2019-05-21"),
        ("رمضان 1440", "2019-05-06..2019-05-06", "2019-06-03..2019-06-03"),
        ("2559-2561", "2016-01-01..2016-12-31", "2018-01-01..2018-12-31"),
        ("۱۳۹۸", "2019-01-01..2019-12-31", None),
        ("١٤٤٠", "2019-01-01..2019-12-31", None),
        ("พ.ศ. 2559", "2016-01-01..2016-12-31", None),
        ("۱۳۹۸/۰۲/۱۵ - ۱۳۹۹/۰۲/۱۵", "2019-05-05..2019-05-05", "2020-05-04..2020-05-04"),
    ],
)
def test_periods_of_other_calendars(cell: str, start: str, end: str | None) -> None:
    found = dates.period(cell)
    assert found is not None
    assert (said(found[0]), said(found[1])) == (start, end)


@pytest.mark.parametrize("cell", ["1398", "1400", "105", "R.3", "1398/13/01", "1400/12/31", "31/02/1440"])
def test_numbers_without_a_mark_and_days_that_no_calendar_has_are_none(cell: str) -> None:
    assert dates.period(cell) is None


@pytest.mark.parametrize(
    "cell", ["", "soon", "1949", "2101", "6/2015/7", "12", "31.02.2014", "Q5 2014", "March to June 2014"]
)
def test_what_is_no_day_is_not_guessed(cell: str) -> None:
    assert dates.span(cell) is None


@pytest.mark.parametrize(
    ("values", "order", "is_ambiguous"),
    [
        (["15/03/2014", "3/4/2014"], DAY_FIRST, True),
        (["3/15/2014"], MONTH_FIRST, False),
        (["3/4/2014"], None, True),
        (["4/4/2014"], None, False),
        (["15/3/2014", "3/15/2014"], None, False),
        (["12/13/2014"], MONTH_FIRST, False),
        (["13/12/2014"], DAY_FIRST, False),
        (["12/11/2014"], None, True),
    ],
)
def test_a_column_tells_by_one_value_whether_the_day_comes_first(
    values: list[str], order: str | None, *, is_ambiguous: bool
) -> None:
    assert (dates.order_of(values), dates.is_ambiguous(values)) == (order, is_ambiguous)


def test_the_order_of_a_column_reads_its_values() -> None:
    assert said(dates.span("3/4/2014")) == "2014-04-03..2014-04-03"
    assert said(dates.span("3/4/2014", MONTH_FIRST)) == "2014-03-04..2014-03-04"
    assert said(dates.span("15/3/2014", MONTH_FIRST)) == "2014-03-15..2014-03-15"


@pytest.mark.parametrize(
    ("values", "are_fiscal"),
    [
        (["2011-12", "2012-13"], True),
        (["2015-16"], True),
        (["2011-12"], False),
        (["1999-00", "2000-01"], True),
        (["2015-16", "2015-17"], False),
        ([], False),
    ],
)
def test_years_that_follow_one_another_are_fiscal(values: list[str], *, are_fiscal: bool) -> None:
    assert dates.are_fiscal(values) is are_fiscal


@pytest.mark.parametrize(
    ("cell", "start", "end"),
    [
        ("2014-2016", "2014-01-01..2014-12-31", "2016-01-01..2016-12-31"),
        ("2014/15", "2014-01-01..2014-12-31", "2015-01-01..2015-12-31"),
        ("2014-15", "2014-01-01..2014-12-31", "2015-01-01..2015-12-31"),
        ("2011-12", "2011-12-01..2011-12-31", None),
        ("2014", "2014-01-01..2014-12-31", None),
        ("2014-", "2014-01-01..2014-12-31", None),
        ("March 2014 - present", "2014-03-01..2014-03-31", None),
        ("March to June 2014", "2014-03-01..2014-03-31", "2014-06-01..2014-06-30"),
        ("с 2014 по 2016", "2014-01-01..2014-12-31", "2016-01-01..2016-12-31"),
    ],
)
def test_a_period_has_a_beginning_and_perhaps_an_end(cell: str, start: str, end: str | None) -> None:
    found = dates.period(cell)
    assert found is not None
    assert (said(found[0]), said(found[1])) == (start, end)


def test_of_a_fiscal_column_a_month_is_a_year() -> None:
    found = dates.period("2011-12", is_fiscal=True)
    assert found is not None
    assert (said(found[0]), said(found[1])) == ("2011-01-01..2011-12-31", "2012-01-01..2012-12-31")


@pytest.mark.parametrize("cell", ["", "soon", "soon - later", "2014 - 2015 - 2016"])
def test_what_is_no_period_is_not_guessed(cell: str) -> None:
    assert dates.period(cell) is None


@pytest.mark.parametrize(
    ("cell", "is_open"),
    [
        ("ongoing", True),
        ("2014 - present", True),
        ("since 2014", True),
        ("2014-", True),
        ("2014年至今", True),
        ("2014", False),
        ("2014-2016", False),
        ("sincerely 2014", False),
        ("", False),
    ],
)
def test_what_goes_on_has_no_end(cell: str, *, is_open: bool) -> None:
    assert dates.is_open(cell) is is_open

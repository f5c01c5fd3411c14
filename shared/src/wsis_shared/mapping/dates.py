"""Days as tables write them: a year alone, a month, `15/03/2014` or `3/15/2014`, months by name in the
languages of the register and of others, numbers of a spreadsheet, and periods of two of them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from itertools import chain

from babel import Locale
from wsis_shared.mapping import calendars
from wsis_shared.mapping.documents import DAY_FIRST, MONTH_FIRST
from wsis_shared.mapping.words import data, fold, folded
from wsis_shared.schemas import LOCALES

FIRST_YEAR, LAST_YEAR = 1950, 2100  # of what is a date at all

Span = tuple[date, date]
"""The first and the last day of what was written: of a year its first and last day."""

_EPOCH = date(1899, 12, 30)  # of spreadsheets; dates before March 1900 do not occur
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}.*$")
_YEAR_FIRST = re.compile(r"(\d{4}) ?[-/. ] ?(\d{1,2})(?: ?[-/. ] ?(\d{1,2}))?")
_YEAR_LAST = re.compile(r"(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4}|\d{2})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/. ](\d{4})")
_TOKENS = re.compile(r"\d+|[^\W\d_]+")
_HAN_PART = re.compile(r"(\d{4}) ?年? ?第? ?([一二三四上下1-4])(季度|半年)")
_ROMAN = re.compile(r"(\d{1,2})[-./ ]([IVX]{1,4})[-./ ](\d{4})")
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_MARKS = re.compile(r"\A(?:FY|AF) ?(?=\d)|(?<=\d{4})\.0\Z|(?<=\d) ?(?:гг?|года?|م)\.?\Z")  # of a year
_NUMBERS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")
_HAN = re.compile(r"(\d{4}) ?年 ?(?:(\d{1,2}) ?月 ?(?:(\d{1,2}) ?日)?)?")
_FISCAL = re.compile(r"(?:FY|AF)? ?(\d{4}) ?[-–—/] ?(\d{2})")
_YEARS = re.compile(r"(\d{4}) ?[-–—/~] ?(\d{4}|\d{2})")
_LISTED = re.compile(r"\d{4}(?: ?[,;،、&] ?\d{4})+")  # "2014, 2015, 2016"
_BETWEEN = re.compile(
    r" [-–—] |[–—~～〜]|至|到| (?:to|until|till|through|au|à|a|al|até|ate|hasta|por|по|до|bis|do|tot|إلى|حتى) "
)
_NO_END = re.compile(r".*\d{4} ?[-–—~]|\d{4} ?年?至今")
_LONGEST = 80  # characters of a date


def order_of(values: Iterable[str]) -> str | None:
    """Which of day and month comes first in a column, by all its values; None where none of them tells."""
    days = months = 0
    for value in values:
        for found in _YEAR_LAST.finditer(_digits(value)):
            first, second = int(found[1]), int(found[2])
            days += first > 12 >= second
            months += second > 12 >= first
    return None if days == months else DAY_FIRST if days > months else MONTH_FIRST


def is_ambiguous(values: Iterable[str]) -> bool:
    """Is there a value whose day and month could be the other way round?"""
    pairs = (found.groups() for value in values for found in _YEAR_LAST.finditer(_digits(value)))
    return any(int(first) != int(second) and max(int(first), int(second)) <= 12 for first, second, _ in pairs)


def are_fiscal(values: Iterable[str]) -> bool:
    """Are years like 2011-12 two years, and no months? Where each is the next one, and more than one or behind 12."""
    pairs = {(int(found[1]), int(found[2])) for value in values if (found := _FISCAL.fullmatch(_digits(value)))}
    follow = all((first + 1) % 100 == last for first, last in pairs)
    return follow and bool(pairs) and (len(pairs) > 1 or max(last for _, last in pairs) > 12)


def period(text: str, order: str | None = None, *, is_fiscal: bool = False) -> tuple[Span | None, Span | None] | None:
    """The beginning and the end that a text says; the end is None where it has none, or goes on. None: no date."""
    text = _MARKS.sub("", _digits(text))
    if years := _YEARS.fullmatch(text):
        first, last = int(years[1]), int(years[2] if len(years[2]) == 4 else years[1][:2] + years[2])
        is_month = len(years[2]) == 2 and last <= 12 + int(years[1][:2]) * 100 and "/" not in text
        if last > first and (is_fiscal or not is_month):
            return (_year(first), _year(last)) if _known(first) and _known(last) else None
    if _LISTED.fullmatch(text):
        first, *_, last = sorted(map(int, _NUMBERS.findall(text)))
        return (_year(first), _year(last)) if _known(first) and _known(last) else None
    if (whole := span(text, order)) is not None:
        return whole, None
    if _NO_END.fullmatch(text) and (whole := span(text.rstrip(" -–—~"), order)) is not None:
        return whole, None
    sides = [side for side in _BETWEEN.split(text) if side.strip()]
    if len(sides) != 2 and text.count("-") == 1:
        sides = text.split("-")
    if len(sides) != 2:
        return None
    start, is_open = span(sides[0], order), fold(sides[1]) in folded("open_end")
    end = None if is_open else span(sides[1], order)
    if start is None and end is not None and (named := _without_year(sides[0], end, order)):
        start = named
    return (start, end) if start and (end or is_open) else None


def _without_year(text: str, end: Span, order: str | None) -> Span | None:
    """ "March" of "March to June 2014"."""
    return None if _NUMBERS.search(text) else span(f"{text} {end[0].year}", order)


def span(text: str, order: str | None = None) -> Span | None:
    """The days that a text says; None where it is no date between FIRST_YEAR and LAST_YEAR."""
    text = _TIME.sub("", _MARKS.sub("", _digits(text))).strip(" .,")
    if text.isdecimal():
        return _of_number(text)
    if (part := _part_of_year(text)) is not None:
        return part
    if (roman := _ROMAN.fullmatch(text.upper())) and roman[2] in _ROMANS:
        return _span(roman[3], _ROMANS.index(roman[2]) + 1, roman[1])
    if text.count("年") == 1 and (found := _HAN.search(text)):
        return _span(found[1], found[2], found[3])
    if found := _YEAR_FIRST.fullmatch(text):
        return _span(found[1], found[2], found[3])
    if found := _YEAR_LAST.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        is_day_first = first > 12 or (second <= 12 and order != MONTH_FIRST)
        return _span(_full(found[3]), *((second, first) if is_day_first else (first, second)))
    if found := _MONTH_YEAR.fullmatch(text):
        return _span(found[2], found[1])
    return _of_words(text)


def _of_number(text: str) -> Span | None:
    number = int(text)
    if len(text) == 4:
        return _year(number) if _known(number) else None
    if len(text) == 5:
        day = _EPOCH + timedelta(days=number)
        return (day, day) if _known(day.year) else None
    return _span(text[:4], text[4:6], text[6:]) if len(text) == 8 else None


def _part_of_year(text: str) -> Span | None:
    """ "Q3 2014", "III квартал 2014", "2e semestre 2014", "2014年下半年"."""
    if han := _HAN_PART.match(text):
        return _months_of(
            int(han[1]), 3 if han[3] == "季度" else 6, "一二三四".find(han[2]) + 1 or _part_number(han[2])
        )
    tokens = _TOKENS.findall(fold(text))
    years = {int(token) for token in tokens if len(token) == 4 and token.isdecimal() and _known(int(token))}
    parts = {months for token in tokens if (months := _parts_of_year().get(token))}
    numbers = {number for token in tokens if (number := _part_number(token))}
    if len(years) != 1 or len(parts) != 1 or len(numbers) != 1:
        return None
    return _months_of(years.pop(), parts.pop(), numbers.pop())


@cache
def _parts_of_year() -> dict[str, int]:
    return {fold(word): int(months) for months, words in data("parts_of_year").items() for word in words}


@cache
def _ordinals() -> dict[str, int]:
    return {fold(word): int(number) for number, words in data("ordinals").items() for word in words}


def _part_number(token: str) -> int:
    return int(token) if token.isdecimal() and int(token) <= 4 else _ordinals().get(token, 0)


def _months_of(year: int, months: int, number: int) -> Span | None:
    last = months * number
    return (date(year, last - months + 1, 1), _last(year, last)) if _known(year) and 0 < last <= 12 else None


def _of_words(text: str) -> Span | None:
    """ "15 March 2014", "Mar-14", "Q1 2014", "since 2014"."""
    plain = fold(text)
    numbers = _NUMBERS.findall(plain)
    years = [number for number in numbers if len(number) == 4 and _known(int(number))]
    named = {each for word in _WORDS.findall(plain) if (each := _months().get(word))}
    if len(named) > 1:  # "March to June 2014" is a period
        return None
    month = next(iter(named), None)
    if month is None and (two := next((code for word, code in _months().items() if " " in word and word in plain), 0)):
        month = two
    if month is not None:
        rest = [number for number in numbers if number not in years]
        if not years and rest and len(rest[-1]) == 2:
            years = [_full(rest.pop())]
        days = [number for number in rest if 1 <= int(number) <= 31]
        return _span(years[0], month, days[0] if days else None) if len(years) == 1 and len(days) < 2 else None
    if len(years) != 1:
        return None
    if len(numbers) > 1 and (words := _WORDS.findall(plain)) and folded("date_words").issuperset(words):
        return span("/".join(numbers))  # "ngày 15 tháng 3 năm 2014"
    return _year(int(years[0])) if len(numbers) == 1 and len(plain) <= 40 else None


@cache
def _months() -> dict[str, int]:
    """Months by their names: those of the data file, and those of CLDR that mean one month in all languages."""
    said: dict[str, set[int]] = {}
    for locale in (*LOCALES, *data("more_locales")):
        for widths in Locale.parse(locale).months.values():
            for number, word in chain(widths["wide"].items(), widths["abbreviated"].items()):
                said.setdefault(fold(word), set()).add(number)
    one = {word: numbers.pop() for word, numbers in said.items() if len(numbers) == 1 and not _NUMBERS.search(word)}
    return one | {fold(word): int(number) for number, words in data("months").items() for word in words}


def _digits(text: str) -> str:
    """Of the common calendar, digits of other scripts as 0 to 9, single spaces, and no marks of direction."""
    plain = "".join(char for char in text if char not in "\u200e\u200f\u202a\u202c")
    return calendars.common(" ".join(plain.split())[:_LONGEST])


def _full(year: str) -> str:
    return year if len(year) == 4 else f"{'19' if int(year) >= 50 else '20'}{year}"


def _known(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def _year(year: int) -> Span:
    return date(year, 1, 1), date(year, 12, 31)


def _last(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _span(year: str | int, month: str | int | None = None, day: str | int | None = None) -> Span | None:
    try:
        if not _known(int(year)):
            return None
        if month is None:
            return _year(int(year))
        first = date(int(year), int(month), int(day or 1))
        return first, (first if day else _last(first.year, first.month))
    except ValueError:
        return None


def is_open(text: str) -> bool:
    """Does a text say that there is no end yet: "present", "2014 - ongoing", "since 2014", "2014-"?"""
    plain = _digits(text)
    start, *ends = _BETWEEN.split(plain)
    if fold(start) in folded("open_end") or any(fold(end) in folded("open_end") for end in ends):
        return True
    words = f"{fold(plain)} "
    return any(words.startswith(f"{word} ") for word in folded("since")) or _NO_END.fullmatch(plain) is not None

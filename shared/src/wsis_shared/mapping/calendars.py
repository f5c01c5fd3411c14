"""Dates of other calendars as those of the common one: of Iran and Afghanistan (Jalali), of the Hijra (Umm al-Qura),
Buddhist years, and years of Japanese eras and of the Republic of China.

Their years tell them apart: from 1950 to 2036 Iran counts 1328 to 1415, the Hijra 1369 to 1458. What both have is of
the Hijra from 1416 (1995) on: who registers projects of the information society writes of later ones."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from hijridate import Hijri
from persiantools.jdatetime import JalaliDate
from wsis_shared.mapping.words import data, fold

_FIRST_OF_HIJRA = 1416
_BUDDHIST = 543  # years before those of Christ: 2560 is 2017
_JALALI = 621
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925, "民國": 1911, "民国": 1911}
_ERA = re.compile(r"(?:中[華华])?(令和|平成|昭和|民[國国]) ?(元|\d{1,3}) ?年?")
_LETTER_OF_ERA = re.compile(r"(?<![A-Z])([RHS])(\d{1,2})(?=([./])\d{1,2}\3\d{1,2}(?!\d))")
_OF_REPUBLIC = re.compile(r"(?<![\d./-])(\d{3})(?= ?年|([-/.])\d{1,2}\2\d{1,2}(?!\d))")  # 105/3/1 is in 2016
_OF_BUDDHA = re.compile(r"(?<!\d)2[4-6]\d\d(?!\d)")
_MARK = r"(?: ?(?:هـ|ه|AH|H)(?:[ .]{0,2}ش)?(?!\w)\.?)?"
_YEAR_FIRST = re.compile(rf"(?<!\d)(1[34]\d\d) ?([-/.]) ?(\d{{1,2}})(?: ?\2 ?(\d{{1,2}}))?(?!\d){_MARK}")
_YEAR_LAST = re.compile(rf"(?<!\d)(?:(\d{{1,2}}) ?([-/.]) ?)?(\d{{1,2}}) ?[-/.] ?(1[34]\d\d)(?!\d){_MARK}")
_MARKED_YEAR = re.compile(r"(?:سال|سنة|عام)? ?(1[34]\d\d) ?(هـ|ه|AH|H)?(?:[ .]{0,2}ش)?\b\.?")
_KOREAN = str.maketrans({"년": "年", "월": "月", "일": "日"})
_ARABIC_DIGITS = re.compile("[٠-٩۰-۹]")


def common(text: str) -> str:
    """A text with its dates of other calendars in the common one; what is none stays. A month is a period of days
    there."""
    has_arabic = _ARABIC_DIGITS.search(text) is not None
    text = "".join(str(int(char)) if char.isdecimal() else char for char in text)
    if any(char in text for char in "년월일"):
        text = text.translate(_KOREAN)
    text = _ERA.sub(lambda era: f"{_ERAS[era[1]] + (1 if era[2] == '元' else int(era[2]))}年", text)
    text = _LETTER_OF_ERA.sub(lambda era: str(_ERAS[era[1]] + int(era[2])), text)
    text = _OF_REPUBLIC.sub(lambda found: str(1911 + int(found[1])), text)
    text = _OF_BUDDHA.sub(_of_buddha, text)
    if (year := _MARKED_YEAR.fullmatch(text)) and (has_arabic or year[2]):
        return str(_middle(int(year[1]), is_of_hijra=year[2] is not None and "ش" not in text))
    text = _YEAR_FIRST.sub(lambda found: _days(found[0], found[1], found[3], found[4]), text)
    text = _YEAR_LAST.sub(lambda found: _days(found[0], found[4], found[3], found[1]), text)
    return _named(text) or text


def _of_buddha(found: re.Match[str]) -> str:
    year = int(found[0]) - _BUDDHIST
    return str(year) if 1950 <= year <= 2100 else found[0]


def _middle(year: int, *, is_of_hijra: bool) -> int:
    """The common year in which most of a year lies; one of the Hijra has 354.367 days, from July 622 on."""
    if is_of_hijra or year >= _FIRST_OF_HIJRA:
        return int(622.54 + (year - 0.5) * 0.970224)
    return year + _JALALI


def _days(text: str, year: str, month: str, day: str | None, *, is_of_hijra: bool | None = None) -> str:
    """A day, or the days of a month; the text where there is no such day."""
    first = (int(year), int(month), int(day or 1))
    hijra = int(year) >= _FIRST_OF_HIJRA if is_of_hijra is None else is_of_hijra
    try:
        begins: date = Hijri(*first).to_gregorian() if hijra else JalaliDate(*first).to_gregorian()
        if day:
            return begins.isoformat()
        length = Hijri(*first).month_length() if hijra else JalaliDate.days_in_month(first[1], first[0])
    except (ValueError, OverflowError):
        return text
    return f"{begins.isoformat()} - {(begins + timedelta(days=length - 1)).isoformat()}"


def _named(text: str) -> str | None:
    """ "15 اردیبهشت 1398", "رمضان 1440"."""
    if "1" not in text or text.isascii():
        return None
    for calendar, pattern in _patterns().items():
        if found := pattern.fullmatch(fold(text)):
            month = _months(calendar)[found[2]]
            return _days(text, found[3], str(month), found[1], is_of_hijra=calendar == "hijri_months")
    return None


@cache
def _months(calendar: str) -> dict[str, int]:
    return {fold(word): int(number) for number, words in data(calendar).items() for word in words}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    found = {}
    for calendar in ("jalali_months", "hijri_months"):
        names = "|".join(sorted(map(re.escape, _months(calendar)), key=len, reverse=True))
        found[calendar] = re.compile(rf"(?:(\d{{1,2}}) )?({names})(?: ماه)? (1[34]\d\d)(?: ?ه)?(?: ?ش)?")
    return found

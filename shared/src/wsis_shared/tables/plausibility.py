"""How likely the letters of a text are in a language, by the names of countries, languages and currencies that CLDR has
in it: what tells Polish in cp1250 from the same bytes in cp1252.

A likelihood is that of the characters that are not ASCII, each after the one before it.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache

from babel import Locale

LANGUAGES = {
    "cp1252": ("en", "fr", "es", "pt", "de", "it", "nl", "sv", "da", "nb", "fi", "is", "ca"),
    "cp1250": ("pl", "cs", "sk", "hu", "sl", "hr", "ro", "sq"),
    "cp1251": ("ru", "uk", "bg", "sr", "be", "mk"),
    "cp1253": ("el",),
    "cp1254": ("tr",),
    "cp1255": ("he",),
    "cp1256": ("ar", "fa", "ur"),
    "cp1257": ("lt", "lv", "et"),
    "cp874": ("th",),
    "koi8-r": ("ru",),
    "iso-8859-2": ("pl", "cs", "sk", "hu", "sl", "hr", "ro"),
    "gb18030": ("zh_Hans",),
    "big5": ("zh_Hant",),
    "shift_jis": ("ja",),
    "euc-jp": ("ja",),
    "euc-kr": ("ko",),
}
"""Which languages a text in an encoding may be in. Of equally likely ones the first is taken."""

# East Asian character sets put their commonest characters first: up to which lead byte, and how many there are.
_COMMON = {
    "zh_Hans": ("gb2312", range(0xB0, 0xD8), 3755),
    "zh_Hant": ("big5", range(0xA4, 0xC7), 5401),
    "ja": ("euc-jp", range(0xB0, 0xD0), 2965),
    "ko": ("euc-kr", range(0xB0, 0xC9), 2350),
}
_OLD_LETTERS = str.maketrans("șțȘȚیک", "şţŞŢيك")  # of an encoding that has not those of CLDR
_RARE, _MARK, _CONTROL = 1e-5, 3e-3, 1e-9
_IN_WORDS = "’·\xad"
_ODD = math.log(1e-3)

Likelihood = Callable[[str, str], float]
"""log P of a character among those that are not ASCII, by the one before it and itself."""


def likelihood(text: str, language: str) -> float:
    """log P of what is not ASCII in a text."""
    of = _model(language)
    found, before = 0.0, " "
    for letter, after in zip(text, text[1:] + " ", strict=True):
        if letter > "\x7f":
            found += of(before, letter) + _in_place(before, letter, after)
        before = letter
    return found


def _in_place(before: str, letter: str, after: str) -> float:
    """log P of a character between two others: no mark inside a word, no capital behind a small letter, no Greek
    one beside a Latin one."""
    if not (before.isalpha() or after.isalpha()):
        return 0.0
    if letter.isalpha():
        is_mixed = not _is_latin(letter) and (_is_ascii(before) or _is_ascii(after))
        return (_ODD if is_mixed else 0.0) + (_ODD if letter.isupper() and before.islower() else 0.0)
    is_mark = before.isalpha() and after.isalpha() and letter not in _IN_WORDS
    return _ODD if is_mark and unicodedata.category(letter)[0] != "M" else 0.0


def _is_ascii(letter: str) -> bool:
    return letter.isalpha() and letter.isascii()


@cache
def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL"))


@cache
def _model(language: str) -> Likelihood:
    locale = Locale.parse(language)
    names = (*locale.territories.values(), *locale.languages.values(), *locale.currencies.values())
    text = " ".join(map(str, names)).translate(_OLD_LETTERS).lower()
    pairs = Counter(pair for pair in zip(text, text[1:], strict=False) if pair[1] > "\x7f")
    letters: Counter[str] = Counter()
    firsts: Counter[str] = Counter()
    for (before, letter), count in pairs.items():
        letters[letter] += count
        firsts[before] += count
    common, known = _COMMON.get(language), letters.total()

    @cache
    def of(before: str, letter: str) -> float:
        small, former = letter.lower(), before.lower() if before.isalpha() else " "
        alone = letters[small] / known
        after = pairs[former, small] / firsts[former] if firsts[former] else alone
        chance = 0.7 * alone + 0.3 * after
        if common:
            chance = 0.5 * chance + (0.4 / common[2] if _is_common(letter, common[0], common[1]) else 0.0)
        return math.log(max(chance, _floor(letter)))

    return of


def _is_common(letter: str, charset: str, leads: range) -> bool:
    try:
        found = letter.encode(charset)
    except UnicodeEncodeError:
        return False
    return len(found) > 1 and found[0] in leads


def _floor(letter: str) -> float:
    category = unicodedata.category(letter)
    if category[0] == "P" or category == "Zs":
        return _MARK
    return _CONTROL if category in ("Cc", "Co", "Cn") else _RARE

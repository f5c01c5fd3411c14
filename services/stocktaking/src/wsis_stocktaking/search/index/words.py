"""Words of texts in seven languages: how they are split, folded and reduced to their stems.

Entries and searches pass through the same functions. The engine splits and stems the texts of entries, but for Arabic,
whose stems are made here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import chain

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from wsis_stocktaking.search.rules import WORD, is_ideographic

SNOWBALL = {"en": "english", "fr": "french", "pt": "portuguese", "es": "spanish", "ru": "russian"}
STEMMED = (*SNOWBALL, "ar")
PLAIN = "wsis_plain"
_SCRIPTS = (("ru", re.compile(r"[\u0400-\u052f]")), ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")))
_LATIN = ("en", "fr", "pt", "es")

_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\x{3005}-\x{3007}"
_SPLIT = rf"[{_ALONE}]|[\p{{L}}\p{{M}}\p{{N}}&&[^{_ALONE}]]+"
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc]")
_LETTERS = str.maketrans({"ё": "е", "Ё": "Е", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None})

# Larkey, Ballesteros, Connell: light stemming for Arabic information retrieval (2007), "light10".
_PREFIXES = ("وال", "بال", "كال", "فال", "ال", "لل")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_FEWEST = 2  # letters that remain after the article or a suffix
_CONJUNCTION = "و"
# Plurals whose stem in Snowball is not that of their singular: mujer, mujeres; conexão, conexões.
_PLURALS = {
    "es": ((re.compile(r"(?<=\w[aeio]r)es\b", re.IGNORECASE), ""),),
    "pt": ((re.compile(r"(?<=\w[aeio]r)es\b", re.IGNORECASE), ""), (re.compile(r"[õã]es\b", re.IGNORECASE), "ão")),
}
# Digits, Latin, Greek, Cyrillic, and their forms for compatibility.
_VARIED = (range(0x30, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000), range(0x2100, 0x2150), range(0xFF10, 0xFF5B))
_OPERATORS = ("and", "or", "not")  # of other search engines: here they are words


def analyzers() -> dict[str, TextAnalyzer]:
    """Name -> how the engine splits a text of that field."""
    return {PLAIN: _analyzer(), **{f"wsis_{code}": _analyzer(name) for code, name in SNOWBALL.items()}}


def analyzer_of(language: str) -> str:
    """The name of the analyzer of a language."""
    return f"wsis_{language}" if language in SNOWBALL else PLAIN


def differs(language: str) -> bool:
    """Whether `prepare` makes another text with this language than without one."""
    return language in _PLURALS or language == "ar"


def prepare(text: str, language: str = "") -> str:
    """A text as the engine takes it: variants of letters folded; with a language, plurals and Arabic stems too."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_LETTERS)
    for plural, singular in _PLURALS.get(language, ()):
        folded = plural.sub(singular, folded)
    if not _ARABIC.search(folded):
        return folded
    folded = _ARABIC_MARKS.sub("", folded)
    return _ARABIC_WORD.sub(lambda word: _arabic_stem(word[0]), folded) if language == "ar" else folded


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word in small letters without accents, as the field of all words has it."""
    return "".join(_PLAIN_WORD.analyze(prepare(word)))


@cache
def initials() -> dict[str, str]:
    """First letter of a word of `plain` -> the letters that become it: {"e": "EeÈèÉé..."}, of the scripts that have
    such variants."""
    found: dict[str, str] = {}
    for code in chain(*_VARIED):
        if first := plain(chr(code))[:1]:
            found[first] = found.get(first, "") + chr(code)
    return found


def tokens(run: str) -> list[str]:
    """The tokens of a text, as the field of all words has them."""
    found: list[str] = _PLAIN_WORD.analyze(prepare(run))
    return found


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The stem of a word."""
    if language == "ar":
        return plain(_arabic_stem(_ARABIC_MARKS.sub("", prepare(word))))
    stemmer = _STEMMERS.get(language, _PLAIN_WORD)
    return "".join(stemmer.analyze(prepare(word, language)))


@lru_cache(maxsize=10_000)
def languages_of(word: str) -> tuple[str, ...]:
    """The languages in whose fields a word can be: its script says."""
    if is_ideographic(word):
        return ("zh",)
    for language, script in _SCRIPTS:
        if script.search(word):
            return (language,)
    return _LATIN


@lru_cache(maxsize=10_000)
def is_stop_word(word: str) -> bool:
    """Is it an article, a preposition or the like in any of the languages? IT in capitals is none, but AND is."""
    folded = word.lower()
    if len(word) > 1 and word.isupper() and folded not in _OPERATORS:
        return False
    return folded in _STOP_WORDS or any(not each.analyze(folded) for each in _STOP_FILTERS)


def pieces(run: str) -> list[str]:
    """A run of Chinese or Japanese characters in pairs: the last one overlaps where their number is odd."""
    found = [run[start : start + 2] for start in range(0, len(run) - 1, 2)]
    return [*found, run[-2:]] if len(run) % 2 else found


def _analyzer(stemmer: str = "") -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(_SPLIT)).filter(Filter.remove_long(80)).filter(Filter.lowercase())
    if stemmer:
        builder = builder.filter(Filter.stemmer(stemmer))
    return builder.filter(Filter.ascii_fold()).build()


def _arabic_stem(word: str) -> str:
    if word.startswith(_CONJUNCTION) and len(word) > _FEWEST + 1 and not word.startswith("وال"):
        word = word[1:]
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) >= len(prefix) + _FEWEST:
            word = word[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) >= len(suffix) + _FEWEST:
            word = word[: -len(suffix)]
    return word


_ARABIC_WORD = re.compile(r"[\u0600-\u06ff]+")
_PLAIN_WORD = _analyzer()
_STEMMERS = {code: _analyzer(name) for code, name in SNOWBALL.items()}
_STOP_FILTERS = [
    TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stopword(name)).build() for name in SNOWBALL.values()
]
# Of Arabic, for which the engine has no list.
_STOP_WORDS = frozenset(
    (
        "في",
        "من",
        "على",
        "إلى",
        "الى",
        "عن",
        "مع",
        "و",
        "أو",
        "او",
        "ما",
        "لا",
        "هذا",
        "هذه",
        "ذلك",
        "التي",
        "الذي",
        "بين",
    )
)

__all__ = [
    "PLAIN",
    "STEMMED",
    "WORD",
    "analyzer_of",
    "analyzers",
    "is_stop_word",
    "languages_of",
    "pieces",
    "plain",
    "prepare",
    "stem",
    "tokens",
]

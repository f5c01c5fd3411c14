"""Words of texts in seven languages: how they are split, folded and reduced to their stems.

Entries and searches pass through the same functions. The engine splits and stems the texts of entries, but for
Russian and Arabic, which come to it as stems (`inflection.py`). What no stemmer knows is data: `../data`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer
from wsis_shared.reference.loading import read

from wsis_stocktaking.search.index import arabic
from wsis_stocktaking.search.index.inflection import reduce, singular
from wsis_stocktaking.search.index.letters import prepare, simplified
from wsis_stocktaking.search.rules import WORD, is_ideographic

SNOWBALL = {"en": "english", "fr": "french", "pt": "portuguese", "es": "spanish"}
_STOPPED = {**SNOWBALL, "ru": "russian"}  # languages of which the engine has stop words
_NAMES = {**_STOPPED, "ar": "arabic", "zh": "chinese"}
STEMMED = (*SNOWBALL, "ru", "ar")
PLAIN = "wsis_plain"
_DATA = "wsis_stocktaking.search"
_SCRIPTS = (("ru", re.compile(r"[\u0400-\u052f]")), ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")))
LATIN = ("en", "fr", "pt", "es")

_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\x{3005}-\x{3007}"
_SPLIT = rf"[{_ALONE}]|[\p{{L}}\p{{M}}\p{{N}}&&[^{_ALONE}]]+"
_ABBREVIATION = re.compile(r"\b[A-Z]{2,5}\b")

# Digits, Latin, Greek, Cyrillic, and their forms for compatibility.
_VARIED = (range(0x30, 0x250), range(0x370, 0x530), range(0x1E00, 0x2000), range(0x2100, 0x2150), range(0xFF10, 0xFF5B))
_OPERATORS = ("and", "or", "not")  # of other search engines: here they are words


def analyzers() -> dict[str, TextAnalyzer]:
    """Name -> how the engine splits a text of that field."""
    return {PLAIN: _analyzer(), **{f"wsis_{code}": _analyzer(name) for code, name in SNOWBALL.items()}}


def analyzer_of(language: str) -> str:
    """The name of the analyzer of a language."""
    return f"wsis_{language}" if language in SNOWBALL else PLAIN


def abbreviations(text: str) -> set[str]:
    """What in a text is written like IT, WHO or UN, and is a stop word in small letters: "it", "who", "un"."""
    found = set() if text.isupper() else {word.lower() for word in _ABBREVIATION.findall(text)}
    return {word for word in found if stop_languages(word)}


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word in small letters without accents, as the field of all words has it."""
    return "".join(_PLAIN_WORD.analyze(prepare(word)))


def names(word: str) -> list[str]:
    """A plain word as a name, which has no endings to take away: as it stands, or without what Arabic writes before it,
    the article first."""
    found = [arabic.without_article(plain(word))]
    if found[0][:1] in (arabic.CONJUNCTION, *arabic.PREPOSITIONS):
        found.append(found[0][1:])
    return found


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
    stemmer = _STEMMERS.get(language, _PLAIN_WORD)
    return "".join(stemmer.analyze(reduce(prepare(word), language)))


@lru_cache(maxsize=10_000)
def languages_of(word: str) -> tuple[str, ...]:
    """The languages in whose fields a word can be: its script says."""
    if is_ideographic(word):
        return ("zh",)
    for language, script in _SCRIPTS:
        if script.search(word):
            return (language,)
    return LATIN


@lru_cache(maxsize=10_000)
def stop_languages(word: str) -> tuple[str, ...]:
    """The languages that have so many of this word that it says little there. IT in capitals is none, but AND is."""
    folded = word.lower()
    if len(word) > 1 and word.isupper() and folded not in _OPERATORS:
        return ()
    listed = _stop_words()
    return tuple(
        language
        for language in languages_of(word)
        if folded in listed[language] or (language in _STOP_FILTERS and not _STOP_FILTERS[language].analyze(folded))
    )


@lru_cache(maxsize=10_000)
def article_languages(word: str) -> tuple[str, ...]:
    """The languages in which it is an article, a preposition or the like, which nobody asks for. IT is none."""
    return tuple(language for language in stop_languages(word) if word.lower() in _stop_words()[language])


def sort_key(title: str, language: str) -> str:
    """What sorts titles as their language does: letters without accents, ñ behind n, common Chinese characters by their
    sounds, in which order their former encoding has them. Latin titles first, then Cyrillic, Arabic, Chinese ones."""
    folded = prepare(title).casefold()
    if language == "es":
        folded = folded.replace("ñ", "nzz")
    parts = [
        "".join(_sound(char) for char in plain(word)) if is_ideographic(word) else plain(word)
        for word in WORD.findall(folded)
    ]
    return " ".join(parts)[:120]


def _sound(char: str) -> str:
    """Private characters behind all others, in the order of the encoding."""
    code = char.encode("gb18030")
    return chr(0xF0000 + (int.from_bytes(code, "big") if len(code) == 2 else 0xFFFD))


def pieces(run: str) -> list[str]:
    """A run of Chinese or Japanese characters in pairs: the last one overlaps where their number is odd."""
    found = [run[start : start + 2] for start in range(0, len(run) - 1, 2)]
    return [*found, run[-2:]] if len(run) % 2 else found


def _analyzer(stemmer: str = "") -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.regex(_SPLIT)).filter(Filter.remove_long(80)).filter(Filter.lowercase())
    if stemmer:
        builder = builder.filter(Filter.stemmer(stemmer))
    return builder.filter(Filter.ascii_fold()).build()


# -- data -------------------------------------------------------------------------------------------------------------


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    listed = read("stop_words", _DATA)
    return {language: frozenset(listed[name].split()) for language, name in _NAMES.items()}


_PLAIN_WORD = _analyzer()
_STEMMERS = {code: _analyzer(name) for code, name in SNOWBALL.items()}
_STOP_FILTERS = {
    code: TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stopword(name)).build() for code, name in _STOPPED.items()
}

__all__ = [
    "LATIN",
    "PLAIN",
    "STEMMED",
    "WORD",
    "abbreviations",
    "analyzer_of",
    "analyzers",
    "article_languages",
    "languages_of",
    "names",
    "pieces",
    "plain",
    "prepare",
    "reduce",
    "simplified",
    "singular",
    "sort_key",
    "stem",
    "stop_languages",
    "tokens",
]

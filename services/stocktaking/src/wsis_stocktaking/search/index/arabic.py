"""Stems of Arabic words, made here, since the engine's stemmer takes away too much.

Light stems after Larkey, Ballesteros, Connell: light stemming for Arabic information retrieval (2007), "light10"; nouns
that have a broken plural have the stem of their singular: those of `../data/arabic.yaml`, and by their form those whose
form says what the singular is (Wright, A Grammar of the Arabic Language, volume 1, section 304).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from wsis_shared.reference.loading import read

from wsis_stocktaking.search.index.letters import prepare

PREFIXES = ("وال", "بال", "كال", "فال", "ال", "لل")
CONJUNCTION, PREPOSITIONS = "و", tuple("بلكف")
_PRONOUNS = ("هما", "هم", "هن")  # هواتفهم, هواتف
_SUFFIXES = (*_PRONOUNS, "ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_ACCUSATIVE = re.compile(r"(?<=.{4})يا$|(?<=.{3}[^يوا])ا$")  # تدريبا, تدريب; so of a name: فرنسا, فرنسي
_HAMZA = re.compile(r"(?<=ا)ئ$")  # فضائي, فضاء
_DUALS = ("ان", "ون", "ين")  # the end of many nouns that are no plural: lessons are دروس, an exam is امتحان
_SHORTEST = 3  # letters of a word without a preposition: فقر is none with قرية
_FEWEST, _FEWEST_OF_DUAL, _FEWEST_OF_PRONOUN = 2, 3, 4  # letters that remain after the article or a suffix


def _forms(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(plural.replace("C", "([^ا])")), singular) for plural, singular in pairs)


# Forms of broken plurals and of their singulars, C a consonant; the first that fits. A word that has the form and is
# none changes in all its forms alike.
_BROKEN = _forms(
    ("مCاCC", r"م\1\2\3"),  # مطاعم, مطعم
    ("CواCC", r"\1ا\2\3"),  # عواصف, عاصفة
    ("CواCيC", r"\1ا\2و\3"),  # قواميس, قاموس
    ("CCائC", r"\1\2ي\3"),  # قبائل, قبيلة
    ("مCاCيC", r"م\1\2و\3"),  # مراسيم, مرسوم
    ("تCاCيC", r"ت\1\2ي\3"),  # تدابير, تدبير
    ("(.)CاCيC", r"\1\2\3و\4"),  # أنابيب, أنبوب
    ("([^ت])CاCC", r"\1\2\3\4"),  # قنابل, قنبلة
    ("([^ا])CCاء", r"\1\2ي\3"),  # خطباء, خطيب
    ("اCCCاء", r"\1\2ي\3"),  # أقرباء, قريب
)
# Of those that end as a suffix does: they are looked for before it is taken away.
_BROKEN_WITH_SUFFIX = _forms(
    ("اCC([^اي])ه", r"\1\2ا\3"),  # أنشطة, نشاط
    ("CCايا", r"\1\2"),  # قضايا, قضية
)


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of a word that is folded."""
    noun = without_article(_without_conjunction(word))
    if noun[:1] in PREPOSITIONS and len(noun) > _SHORTEST and not _is_listed(noun) and _is_listed(noun[1:]):
        noun = noun[1:]  # the preposition is none where the rest is no noun that is listed
    light, singulars = _light(noun), _singulars()
    return singulars.get(noun) or singulars.get(light) or _singular(noun, light)


def without_article(word: str) -> str:
    """A folded word without the article and what is written with it."""
    if _with_al().fullmatch(word) or _with_waw().fullmatch(word):
        return word
    if word[:1] in (CONJUNCTION, *PREPOSITIONS) and _with_al().fullmatch(word[1:]):
        return word[1:]
    for prefix in PREFIXES:
        if word.startswith(prefix) and len(word) >= len(prefix) + _FEWEST:
            return word[len(prefix) :]
    return word


def _without_conjunction(word: str) -> str:
    if not word.startswith(CONJUNCTION) or len(word) <= _FEWEST + 1 or word.startswith("وال"):
        return word
    return word if _with_waw().fullmatch(word) else word[1:]


def _is_listed(noun: str) -> bool:
    return noun in _singulars() or _light(noun) in _singulars()


def _light(word: str) -> str:
    """Without suffixes, one after the other: exams, exam."""
    word = _ACCUSATIVE.sub("", word)
    while True:
        for suffix in _SUFFIXES:
            fewest = _fewest_of(suffix)
            if word.endswith(suffix) and len(word) >= len(suffix) + fewest:
                word = word[: -len(suffix)]
                break
        else:
            return _HAMZA.sub("ء", word)


def _fewest_of(suffix: str) -> int:
    return _FEWEST_OF_PRONOUN if suffix in _PRONOUNS else _FEWEST_OF_DUAL if suffix in _DUALS else _FEWEST


def _singular(noun: str, light: str) -> str:
    """The stem of the singular of what has the form of a broken plural, or its own."""
    for word, forms in ((noun, _BROKEN_WITH_SUFFIX), (light, _BROKEN)):
        for plural, singular in forms:
            if found := plural.fullmatch(word):
                return found.expand(singular)
    return light


@cache
def _singulars() -> dict[str, str]:
    """Noun, or its light stem -> the stem of its singular. Of two nouns that meet in a form the whole form decides."""
    rows = {
        prepare(one): prepare(line).split()
        for one, line in read("arabic", "wsis_stocktaking.search")["plurals"].items()
    }
    stems: dict[str, str] = {}
    for one in rows:
        is_taken = _light(one) in rows or _light(one) in stems.values()
        stems[one] = one if is_taken else _light(one)
    found = {_light(many): stems[one] for one, line in rows.items() for many in line}
    found |= {stem: stem for stem in stems.values()}
    return found | {form: stems[one] for one, line in rows.items() for form in (*line, one)}


@cache
def _with_al() -> re.Pattern[str]:
    return _any_of(_listed("with_al"))


@cache
def _with_waw() -> re.Pattern[str]:
    return _any_of({form for word in _listed("with_waw") for form in (word, _light(word))})


def _listed(name: str) -> set[str]:
    return set(prepare(read("arabic", "wsis_stocktaking.search")[name]).split())


def _any_of(listed: set[str]) -> re.Pattern[str]:
    """One of these words, with any suffixes, and the ending of the accusative."""
    suffixes = [suffix for suffix in _SUFFIXES if suffix != "يه"]  # two others
    return re.compile(f"(?:{'|'.join(sorted(listed))})(?:{'|'.join(suffixes)})*ا?")

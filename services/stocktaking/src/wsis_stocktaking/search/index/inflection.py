"""Forms of words that the engine's stemmers do not know, as those that they know.

Entries and searches pass through the same rules, so a rule that changes a word without need does no harm as long as it
changes all its forms alike. What has no rule is data: `../data/forms.yaml`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from tantivy import Filter, TextAnalyzerBuilder, Tokenizer
from wsis_shared.reference.loading import read

from wsis_stocktaking.search.index import arabic
from wsis_stocktaking.search.index.letters import prepare, without_accents
from wsis_stocktaking.search.rules import WORD

_ARABIC_WORD = re.compile(r"[\u0620-\u065f\u066e-\u06d3]+")  # no comma, no question mark
_RUSSIAN_WORD = re.compile(r"[\u0400-\u052f]+")
_NAMES = {"en": "english", "fr": "french", "pt": "portuguese", "es": "spanish", "ru": "russian"}


def _rules(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), form) for pattern, form in pairs)


# obras: where stems begin behind the second vowel, the ending of a singular is none.
_SHORT_PLURAL = (r"\b([aeiouáéíóú][b-df-hj-np-tv-zñç]+[aeo])s\b", r"\1")
_RULES = {
    "en": _rules(
        (r"(?<=\w\w)(?<!speci)(?<!regi)(?<!abdo)(?<!\bye)men\b", "man"),  # fishermen
        (r"(?<=\w\w)people\b", "person"),  # salespeople
        (r"(?<=\w\w)children\b", "child"),
        (r"(?<=\w\w\w)our(?=(?:s|ed|ing|al|able|ful|er|ers|hood|hoods|ly|ites?)?\b)", "or"),  # harbour
        (r"(?<=\w\w\w)([iy])s(?=(?:e|es|ed|er|ers|ing|able|ation|ations|ational)\b)", r"\1z"),  # organise, analyse
        (r"(?<=\w\w)tre(?=s?\b)", "ter"),  # litre
        (r"(?<=\w\w)ogue(?=s?\b)", "og"),  # dialogue
        (r"(?<=p)ae(?=d)|ae(?=mi[ac]|mogl|morrh|ology|sthe|colog)", "e"),  # paediatric
        (r"oe(?=soph|strog|dem|tus|tal\b|a\b)", "e"),  # foetus
    ),
    "fr": _rules(
        (r"trice(?=s?\b)", "teur"),  # formatrice
        (r"(?<=\w\w)(?<!at)eu(?:rs?|res?|ses?|x)\b", "eu"),  # vendeuse, vendeur; heureuse, heureux
        (r"(?<=eu)x\b", ""),  # jeux
        (r"(?<=\w\w)ifs?\b", "ive"),  # actif, active
        (r"(?<=\w\w)(?<!div)(?<!niv)(?<!rav)(?<!env)(?<!erv)ers\b", "er"),  # étrangers
        (r"(?<=[gh])[eè]res?\b", "er"),  # bergère
        (r"(?<=\w\w[aou])s\b", ""),  # vidéos
    ),
    # Plurals whose stem is not that of their singular: mujer, mujeres; conexão, conexões.
    "es": _rules(
        (r"(?<=\w[aeio]r)es\b", ""),
        (r"(?<=\w[bcdfgkmptw])s\b", ""),
        (r"(?<=er)nos\b", "no"),  # gobiernos
        (r"(?<=\w\wi)era(?=s?\b)", "ero"),  # ingeniera
        (r"dades\b", "dad"),  # sociedades
        (r"(?<=\w[eo])([ae])s\b", r"\1"),  # líneas, héroes
        _SHORT_PLURAL,
    ),
    "pt": _rules(
        _SHORT_PLURAL,
        (r"(?<=\w[aeio]r)es\b", ""),
        (r"[õã]es\b", "ão"),
        (r"ãs\b", "ã"),
        (r"(?<=\w\w)ária(?=s?\b)", "ário"),  # empresária
        (r"(?<=\w)ns\b", "m"),  # jardins
        (r"(?<=\w\w)ais\b", "al"),  # animais
        (r"(?<=\w\w)[eé]is\b", "el"),  # papéis
        (r"(?<=\w)óis\b", "ol"),  # espanhóis
        (r"(?<=\wz)uis\b", "ul"),  # azuis
        (r"(?<=[aeiouáéíóú][aeiou])s\b", ""),  # rios, museus
    ),
}
_PLURALS = _rules((r"(?<=\w\w)ies$", "y"), (r"(?<=\w[nrldz])es$", ""), (r"(?<=\w\w)[sx]$", ""))

_CONSONANT = "бвгджзйклмнпрстфхцчшщ"
_FLEETING = re.compile(rf"(?<=\w\w[{_CONSONANT}])[ео](?=[{_CONSONANT}]$)")  # книжек, книжка; рынок, рынка
_SOFT = re.compile(rf"ь(?=[{_CONSONANT}]$)")  # писем, письмо
_CASES = "(?:а|у|ом|е|ы|и|ов|ой|ей|ам|ами|ах)?"
# журнал, журнала; океаны, архив, правило: as a verb, or as a noun in a case that looks like none.
_LIKE_A_VERB = re.compile(r"(?<=\w\w)(ал|ан|ил|ив|ыв|ав)[аоы]?$")
_THEY_DO = re.compile(r"(?<=\w[жшчщ])ат(?=(?:ся)?$)")  # учатся, учиться
_LIKE_A_GERUND = re.compile(r"(?<=пис)ь$")  # подпись, подписи
_OF_MANY = re.compile(r"(?<=[аеоу])ек$")  # строек, стройка
_PEOPLE = re.compile(r"(?<=\w[ая]н)ин$")  # граждане, гражданин


def reduce(prepared: str, language: str) -> str:
    """A prepared text with the forms that the engine's stemmer of the language does not know as those that it knows.
    Of Arabic and Russian, their stems."""
    if language == "ar":
        return _ARABIC_WORD.sub(lambda word: arabic.stem(word[0]), prepared)
    if language == "ru":
        return _RUSSIAN_WORD.sub(lambda word: _russian_stem(word[0].lower()), prepared)
    forms = _forms(language)
    if forms and not forms.keys().isdisjoint(WORD.findall(prepared.lower())):
        prepared = WORD.sub(lambda word: forms.get(word[0].lower(), word[0]), prepared)
    for form, known in _RULES.get(language, ()):
        prepared = form.sub(known, prepared)
    return prepared


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """A plain Latin word without the ending of a plural, for comparing spellings: disabilities, disability."""
    for plural, ending in _PLURALS:
        if (found := plural.sub(ending, word)) != word:
            return found
    return word


@lru_cache(maxsize=20_000)
def _russian_stem(word: str) -> str:
    if listed := _russian_stems().fullmatch(word):
        return listed[1]
    known = _LIKE_A_VERB.sub(r"\1у", _forms("ru").get(word, word))
    known = _OF_MANY.sub("йка", _LIKE_A_GERUND.sub("и", _THEY_DO.sub("ит", known)))
    stem = "".join(_SNOWBALL_RUSSIAN.analyze(known))
    return _FLEETING.sub("", _SOFT.sub("", _PEOPLE.sub("", stem)))


@cache
def _russian_stems() -> re.Pattern[str]:
    listed = read("forms", "wsis_stocktaking.search")["russian_stems"].split()
    return re.compile(f"({'|'.join(listed)}){_CASES}")


@cache
def _forms(language: str) -> dict[str, str]:
    """Form -> the form that stands for it, both as `prepare` has them, in small letters, the first with its accents and
    without."""
    rows = read("forms", "wsis_stocktaking.search").get(_NAMES.get(language, ""), {})
    forms = {prepare(form): prepare(first) for first, line in rows.items() for form in (first, *line.split())}
    plain = {without_accents(form): first for form, first in forms.items()} if language != "ru" else {}
    return {form: first for form, first in {**plain, **forms}.items() if form != first}


_SNOWBALL_RUSSIAN = (
    TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.lowercase()).filter(Filter.stemmer("russian")).build()
)

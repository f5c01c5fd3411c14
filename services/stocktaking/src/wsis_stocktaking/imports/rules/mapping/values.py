"""What a cell says: codes of a list, links, a contact, words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

from wsis_shared import reference
from wsis_shared.mapping import countries
from wsis_shared.mapping.values import EDGES, EMAIL, Find, chosen, codes_of
from wsis_shared.mapping.vocabulary import Codes
from wsis_shared.mapping.words import fold, is_empty

from wsis_stocktaking.imports.rules.mapping.fields import GROUPS
from wsis_stocktaking.imports.rules.mapping.guesses import guess
from wsis_stocktaking.imports.rules.mapping.names import synonyms
from wsis_stocktaking.imports.rules.mapping.vocabulary import of, shortened
from wsis_stocktaking.imports.rules.mapping.words import data, folded

_BARE = re.compile(r"(?:\A|[,;،、，&])\s?\d{1,2}\s?[,;،、，&]|[,;،、，&]\s?\d{1,2}\s?\Z")  # "7 (e-learning), 4"
_DISTANT = re.compile(r"\A(?:tele|cyber|ciber|теле|кибер)(?=\w{4})")  # "telehealth", "cibersalud"
_E = re.compile(r"\A[eеэ][-‐–](?=\w{3,20}\.?\Z)", re.IGNORECASE)
_ANOTHER = re.compile(r"(?:\A|[,،、，]) ?[eеé][-‐–]\w", re.IGNORECASE)  # "C4 capacity, e-learning"
_COMMAS = re.compile(r"[,،、，]")
_LIST_EDGES = " ,;&+/،、，"
_LINE = re.compile(
    r"(?<![A-Za-zА-Яа-яЁё0-9ء-ي])(?:[CСсc]|جيم|ج) ?[-.]? ?(\d{1,2})(?!\d)"
)  # also Cyrillic, and Arabic jeem
_AL = re.compile(r"\b(?:AL|A\.L\.|LA|L\.A\.)[ .-]?(?=\d)")  # "AL7", of an English or a Spanish table
_LINES = re.compile(r"\A[CСсc] ?(\d{1,2}) ?(?:[-–—]|to|through|à|al|até|по|до|至|到) ?[CСсc]? ?(\d{1,2})\Z")
_NUMBERED = re.compile(r"\A(\d{1,2})[ .():–—-]+(?=[^\W\d])")  # "7 e-health", "7 (e-health)"
_GOAL = re.compile(r"(?<![\d.])(\d{1,2})(?: ?\. ?(\d{1,2}|[a-dA-D])(?![^\W_]))?(?!\d)")
_FROM_A_TO = re.compile(r"(?<=\d) a (?=C?\d)")  # in Spanish a span, in Czech two: asked
_GOALS = re.compile(
    r"\A(\d{1,2}) ?(?:[-–—]|to|through|à|al|até|по|до|至|到) ?(?:SDG|Goal|ODD|ODS|ЦУР)? ?(\d{1,2})\Z", re.IGNORECASE
)
_WHOLE = re.compile(r"\A(\d{1,2})\.0\Z|(?<=[^\W\d])\.(?=\d)")  # "3.0" of a spreadsheet, "SDG.3"
_ROMAN = re.compile(r"(\D{2,40}[ .:#№-])([IVX]{1,5})")
ROMANS = (
    *("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"),
    *("X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII"),
)
_IN_BRACKETS = re.compile(r"[(\[（]([^()\[\]（）]{3,400})[)\]）]")
_SITE = re.compile(r"(?:https?://)?[^\s/@:]{1,250}\.[^\W\d_]{2,24}(?:[:/?#]\S{0,300})?", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![\d.])\d{1,6}(?![\d.]*\d)")
_LAST_GOAL, _LONGEST_GOALS = 17, 60
_PHONE = re.compile(r"\+?\d[\d\s()./-]{5,20}\d")


def finder(field: str, choices: Mapping[str, Sequence[str]]) -> Find:
    """Reads one value of a field: as a person chose (by its folded text), or by its words."""
    return chosen(_FINDERS.get(field) or of(GROUPS[field]).find, choices)


def likely(field: str, text: str) -> Codes | None:
    """The codes that a value may mean, to be confirmed. C7 alone is its eight lines; what is behind it is one. Numbers
    behind a word of a language that nobody told are goals: "ΣΒΑ 4, 10"."""
    if field == "sdgs":
        return guess(field, text) or _numbered_goals(text)
    if field == "action_lines" and _FROM_A_TO.search(text):
        return _line(_FROM_A_TO.sub("-", text))
    if field != "action_lines" or _numbers_of_lines(text) != [7]:
        return guess(field, text)
    rest = _LINE.sub(" ", unicodedata.normalize("NFKC", text))
    if not all(word in _line_marks() for word in fold(rest).split()):
        named = guess(field, rest.strip(f"{EDGES}():（）："))
        return named if named and len(named) == 1 and named[0].startswith("C7.") else None
    return tuple(line.code for line in reference.action_lines() if line.code.startswith("C7"))


def _with_digits(text: str) -> str:
    """Digits of any script as 0 to 9."""
    return "".join(str(int(char)) if char.isdecimal() else char for char in unicodedata.normalize("NFKC", text))


def _numbered_goals(text: str) -> Codes | None:
    plain = _with_digits(text)
    numbers = list(dict.fromkeys(str(int(number)) for number in _NUMBERS.findall(plain)))
    is_goal = all(1 <= int(number) <= _LAST_GOAL for number in numbers) and len(plain) <= _LONGEST_GOALS
    return tuple(numbers) if numbers and is_goal else None


def _place(text: str) -> Codes | None:
    words = text.split()
    if len(words) > 1 and all(word.isupper() and len(word) in (2, 3) for word in words):  # "PL CZ SK"
        places = [codes[0] for codes in map(countries.find, words) if codes]
        if len(places) == len(words):
            return tuple(places)
    if (found := countries.find(text)) is not None:
        return found
    for inside in _IN_BRACKETS.findall(text):  # "Pacific (Fiji, Tonga)": the countries, not all of the region
        named, unread = codes_of(inside, countries.find)
        if len(named) > 1 and not unread:
            return tuple(named)
    whole = fold(text)
    mark = next((mark for mark in folded("all_places") if whole.startswith(f"{mark} ")), None)
    return of("regions").find(whole.removeprefix(mark) if mark else text)


@cache
def _line_marks() -> tuple[str, ...]:
    return tuple(sorted(synonyms()["action_lines"], key=len, reverse=True))


def _numbers_of_lines(text: str) -> list[int]:
    text = unicodedata.normalize("NFKC", text)
    if numbered := _NUMBERED.match(text.strip()):
        return [int(numbered[1])]
    if span := _LINES.match(text.strip()):
        return list(range(int(span[1]), int(span[2]) + 1))
    bare = fold(text)
    mark = next((mark for mark in _line_marks() if bare.startswith(mark) and bare.removeprefix(mark)), "")
    if (bare := bare.removeprefix(mark).strip()).isdecimal():
        return [int(bare)]
    return [int(number) for number in _LINE.findall(text)]


def _line(text: str) -> Codes | None:
    known = of("action_lines").codes
    if (found := known.get(fold(text)) or known.get(fold(shortened(text)))) is not None:
        return found
    if _BARE.search(text) or _FROM_A_TO.search(text):
        return None  # a list of several
    text = _AL.sub("C", text)
    plain = unicodedata.normalize("NFKC", text)
    starts = [found.start() for found in _LINE.finditer(plain)]
    if len(starts) < 2 or _LINES.match(plain.strip()):
        return _one_line(text)
    named = [_one_line(plain[start:end].strip(_LIST_EDGES)) for start, end in pairwise([*starts, len(plain)])]
    return tuple(code for codes in named for code in codes or ()) if all(named) else None


def _one_line(text: str) -> Codes | None:
    """The lines of a text with one mark, "C2", or a span, "C1-C4"."""
    numbers = _numbers_of_lines(text)
    if not numbers:
        return of("action_lines").find(text) or _without_mark(text) or _of_e(text)
    if not all(1 <= number <= 11 for number in numbers) or (7 in numbers and len(numbers) > 1):
        return None
    if len(numbers) > 1:
        return tuple(f"C{number}" for number in numbers)
    rest = _NUMBERED.sub("", _LINE.sub(" ", unicodedata.normalize("NFKC", text)))
    named = of("action_lines").find(rest) or _without_mark(rest)
    if numbers == [7]:
        return named if named and named[0].startswith("C7.") else _of_c7(rest)
    code = f"C{numbers[0]}"
    if _COMMAS.match(rest.strip()) or _ANOTHER.search(rest):  # "C2, e-health" are two
        return None
    return named if named and named[0].startswith(f"{code}.") else _theme_of(code, rest) or (code,)


def _of_c7(text: str) -> Codes | None:
    """The line of C7 that words behind its mark begin like: "C7 e-Gov.", "C7 aprendizaje-e"; one line only."""
    words = [_DISTANT.sub("", word) for word in fold(text).split()]
    found = {
        code
        for code, stems in data("stems_of_c7").items()
        for stem in map(fold, stems)
        if any(word.startswith(stem) or (not word.isascii() and stem in word) for word in words)
    }
    return (found.pop(),) if len(found) == 1 else None


def _of_e(text: str) -> Codes | None:
    """ "e-agri": one word behind an e, cut."""
    return _of_c7(_E.sub("", text)) if _E.match(text) else None


def _without_mark(text: str) -> Codes | None:
    """ "Action line e-health": without the name of its column."""
    plain = fold(text)
    for mark in _line_marks():
        if plain.startswith(f"{mark} "):
            return of("action_lines").find(plain.removeprefix(mark))
    return None


def _theme_of(code: str, text: str) -> Codes | None:
    wanted = fold(text)
    for theme in reference.action_line(code).sub_themes:
        if wanted in (fold(theme.code), *map(fold, theme.title.values())):
            return (f"{code}.{theme.code}",)
    return None


def _goal(text: str) -> Codes | None:
    if (found := of("sdgs").codes.get(fold(text))) is not None:
        return found
    plain = _with_digits(text)
    plain = _WHOLE.sub(r"\1", plain)
    first = _GOAL.search(plain)
    if first is None:
        return _roman_goal(plain)
    before = fold(plain[: first.start()])
    if _FROM_A_TO.search(plain):
        return None
    if before and before not in folded("goal_marks") and not all(w in folded("goal_marks") for w in before.split()):
        return None
    if span := _GOALS.match(plain[first.start() :].strip()):
        low, high = int(span[1]), int(span[2])
        return tuple(map(str, range(low, high + 1))) if 1 <= low < high <= 17 else None
    codes = [f"{goal}.{part.lower()}" if part else str(int(goal)) for goal, part in _GOAL.findall(plain)]
    is_known = all(reference.is_sdg_target(code) if "." in code else 1 <= int(code) <= 17 for code in codes)
    return tuple(codes) if is_known else None


def _roman_goal(text: str) -> Codes | None:
    """ "SDG III": behind a mark only."""
    found = _ROMAN.fullmatch(text.strip(EDGES))
    if found is None or found[2] not in ROMANS or not all(w in folded("goal_marks") for w in fold(found[1]).split()):
        return None
    return (str(ROMANS.index(found[2]) + 1),)


_FINDERS: dict[str, Find] = {
    "countries": _place,
    "regions": _place,
    "organization.country": countries.find,
    "action_lines": _line,
    "sdgs": _goal,
}


def says_nothing(field: str, cell: str) -> bool:
    """Does a cell of a field say that it says nothing? "NA" is Namibia among the codes of countries."""
    return is_empty(cell) and not (GROUPS.get(field) == "countries" and countries.is_code(cell.strip()))


def links_of(cell: str) -> list[str]:
    """The addresses of the web in a cell; one without a scheme is https."""
    found = [token.strip("()<>,;.\"'") for token in re.split(r"[\s;,|]+", cell) if "@" not in token]
    sites = [token for token in found if _SITE.fullmatch(token)]
    return [site if "://" in site else f"https://{site}" for site in sites]


def contact_of(cell: str) -> tuple[str | None, str | None]:
    """The name and the email address of a contact."""
    found = EMAIL.search(cell)
    name = _PHONE.sub(" ", EMAIL.sub(" ", cell))
    name = " ".join(re.sub(r"[<>()\[\];|,:]|(?:e-?mail|tel|phone)\b\.?", " ", name, flags=re.IGNORECASE).split())
    return name or None, found[0].strip(".") if found else None


def with_place(cell: str) -> tuple[str, str | None]:
    """An organization and its country, of "Ministry of ICT, Kenya" or "Ministry of ICT (Kenya)"."""
    line = " ".join(cell.split())
    known = of("countries").codes
    for mark in ("(", "（", ",", "،", "，", ";", "/", "|", " - ", " – ", " — "):
        name, _, place = line.rpartition(mark)
        if name and (codes := known.get(fold(place))):
            return name.strip(" ,"), codes[0]
    return cell, None

"""Countries as tables write them: with their form of state, turned round ("Tanzania, United Republic of"), cut
("Congo, Dem. Rep.")."""

from __future__ import annotations

import re
from functools import cache

from wsis_shared import reference
from wsis_shared.mapping import demonyms
from wsis_shared.mapping.vocabulary import Codes, of
from wsis_shared.mapping.words import data, fold, folded, is_empty

_HAN_FORM = re.compile(r"(?:人民|民主|联邦|社会主义|伊斯兰|联合){0,6}(?:共和国|王国|公国|联邦)\Z")


def is_code(text: str) -> bool:
    """Is it a code of ISO 3166-1 in capitals? NA and NO are countries then, where they say nothing elsewhere."""
    return text.isupper() and reference.is_country(text)


def find(text: str) -> Codes | None:
    """The country that a text names. A part of a name counts only where its form of state makes no difference: the
    Democratic Republic of the Congo is not the Congo."""
    text = text.strip()
    if is_empty(text) and not is_code(text):
        return None
    known = of("countries")
    plain = known.codes.get(fold(text)) or known.codes.get(fold(text.replace(".", "")))  # "R.C.A."
    if (found := plain or _by_words().get(_words(text, repeated=False))) is not None:
        return found
    found = _without_form(text) or known.find(text) or demonyms.find(text)
    return None if found and found[0] in data("forms_matter") else found


def _words(text: str, *, repeated: bool = True) -> frozenset[str]:
    """Its words in any order, whole where they were cut. None where one comes again, unless they may be `repeated`:
    "Sudan, South Sudan" are two."""
    whole = {short: word for word, cut in data("country_words").items() for short in map(fold, cut)}
    words = [word for each in fold(text).split() if (word := whole.get(each, each)) not in folded("country_fillers")]
    return frozenset(words if repeated or len(set(words)) == len(words) else ())


@cache
def _by_words() -> dict[frozenset[str], Codes]:
    """Countries by the words of their names; without what two of them share."""
    found: dict[frozenset[str], set[Codes]] = {}
    for name, codes in of("countries").codes.items():
        if len(name) > 3 or not name.isascii():
            found.setdefault(_words(name), set()).add(codes)
    return {words: min(codes) for words, codes in found.items() if len(codes) == 1 and words}


def _without_form(text: str) -> Codes | None:
    """ "Republic of Ghana", "Royaume du Maroc", "肯尼亚共和国": by what is left without the form of state."""
    if (short := _HAN_FORM.sub("", text)) != text:
        codes = of("countries").codes
        return codes.get(short) or codes.get(f"{short}国")
    words = _words(text)
    left = words - folded("state_forms")
    if not left or left == words:
        return None
    return _by_words().get(left) or (demonyms.find(*left) if len(left) == 1 else None)  # "République tchadienne"

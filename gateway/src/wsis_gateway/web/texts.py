"""The words of pages in one language: sentences, titles of codes, dates and numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Self

from babel.dates import format_time
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup
from wsis_shared import clock
from wsis_shared.blobs import Upload
from wsis_shared.blobs.media_types import endings
from wsis_shared.languages import cldr_locale, in_language, long_date
from wsis_shared.reference import languages, no_region
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.sentences import Sentences
from wsis_shared.translations import by_key

PART, OWN = "pages", "wsis_gateway"
_BY_TITLE = "countries"  # the order of its codes says nothing to readers
_STRONG, _RIGHT_TO_LEFT = ("L", "R", "AL"), "\u200f"  # letters that have a direction, and the mark of one


class _Number(int):
    """A number that sentences show as readers write it."""

    _shown: str

    @classmethod
    def of(cls, value: int, language: str) -> Self:
        number = cls(value)
        number._shown = str(format_decimal(value, locale=cldr_locale(language)))
        return number

    def __format__(self, _spec: str) -> str:
        return self._shown


class Words:
    """What the templates of a package say: its own sentences, then those of the gateway."""

    def __init__(self, package: str, language: str, sets: Mapping[str, ReferenceSet]) -> None:
        self.language, self._package, self._sets = language, package, sets
        self.labels = lru_cache(maxsize=None)(self._labels)
        self._plain = lru_cache(maxsize=None)(self._say)

    def has(self, key: str) -> bool:
        """Is there such a sentence?"""
        return key in by_key(self._package, PART) or key in by_key(OWN, PART)

    def say(self, key: str, **values: Any) -> str:
        """A sentence with its values; `count` chooses its form. Raises KeyError for an unknown key."""
        return self._say(key, **values) if values else self._plain(key)

    def _say(self, key: str, **values: object) -> str:
        for name, value in values.items():
            if type(value) is int:
                values[name] = _Number.of(value, self.language)
        package = self._package if key in by_key(self._package, PART) else OWN
        return Sentences(package, PART)(key, self.language, **values)

    def label(self, name: str, code: object) -> str:
        """The title of a code of a reference set; the code itself where the set has none. Statistics count those
        without a region as one more, which no form offers."""
        if name == "regions" and code == (elsewhere := no_region()).code:
            return in_language(elsewhere.title, self.language)
        return self.labels(name).get(str(code), str(code))

    def _labels(self, name: str) -> Mapping[str, str]:
        """Code -> title of a reference set."""
        rows = self._sets[name].load() if name in self._sets else ()
        titles = {str(row["code"]): _begun(in_language(row["title"], self.language)) for row in rows}
        return dict(sorted(titles.items(), key=lambda row: row[1])) if name == _BY_TITLE else titles

    def pick(self, texts: Mapping[str, str] | None) -> str:
        """A text by language, in the reader's or the next best."""
        return in_language(texts or {}, self.language)

    def number(self, value: float) -> str:
        """1,234 or 1 234."""
        return str(format_decimal(value, locale=cldr_locale(self.language)))

    def percent(self, share: float) -> str:
        """0.25 as 25 %."""
        return str(format_percent(share, locale=cldr_locale(self.language)))

    def of_upload(self, upload: Upload) -> dict[str, str]:
        """What a route takes as its file: `types`, as "PDF or PNG", and `size`, the most that it may have."""
        names = dict.fromkeys(found[-1][1:].upper() for each in upload.media_types if (found := endings(each)))
        thousands = upload.max_bytes // 1000
        key, number = ("megabytes", thousands // 100 / 10) if thousands >= 1000 else ("kilobytes", thousands)
        types = format_list(list(names), style="or", locale=cldr_locale(self.language))
        return {"types": types, "size": self.say(key, number=self.number(number))}

    def date(self, value: str | None) -> Markup:
        """A day in Geneva: "30 April 2017"."""
        return self._time(value, lambda local: long_date(local, self.language)) if value else Markup("")

    def moment(self, value: str | None) -> Markup:
        """A day and time in Geneva, with the zone named."""
        return self._time(value, self.day_and_time) if value else Markup("")

    def day_and_time(self, local: datetime) -> str:
        """A wall time of Geneva, in words."""
        time = format_time(local, "short", locale=cldr_locale(self.language))
        return self.say("day_and_time", day=long_date(local, self.language), time=time)

    def _time(self, value: str, write: Any) -> Markup:
        local = clock.to_geneva(clock.parse(value))
        return Markup('<time datetime="{}">{}</time>').format(value, write(local))


LANGUAGES = {each.code: each for each in languages()}


def _begun(title: str) -> str:
    """A title of right-to-left letters that begins with a Latin code, such as that of an action line: with the mark by
    which browsers, who go by the first letter, set it from the right."""
    kinds = [unicodedata.bidirectional(letter) for letter in title]
    first = next((kind for kind in kinds if kind in _STRONG), "L")
    return _RIGHT_TO_LEFT + title if first == "L" and {*kinds} & {*_STRONG[1:]} else title

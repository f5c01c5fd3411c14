"""Messages about single fields, in the reader's language.

A message crosses the bus as the English text that marshmallow or a service wrote. The part `messages` of the texts of
a package (wsis_shared.translations) gives it a stable code and the other languages; `{name}` stands for what varies:

    field.too_long: Longer than maximum length {max}.

Those of marshmallow and of the suite are texts of this package, those of a service of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from wsis_shared.translations import by_key

Catalogue = Mapping[str, Mapping[str, str]]
FALLBACK = "en"
# Longer values are not looked for: they are no limits or codes, but what somebody sent.
_VALUE = "{0,300}?"
_PARAMETER = re.compile(r"\\{(\w+)\\}")


@dataclass(frozen=True)
class FieldMessage:
    """A message in a reader's language; `code` is None where no catalogue knows it."""

    code: str | None
    text: str


class FieldMessages:
    """All catalogues as one; an earlier one wins where two have the same English text."""

    def __init__(self, catalogues: Iterable[Catalogue]) -> None:
        self._plain: dict[str, tuple[str, Mapping[str, str]]] = {}
        self._patterns: list[tuple[re.Pattern[str], str, Mapping[str, str]]] = []
        for catalogue in catalogues:
            for code, texts in catalogue.items():
                english = texts[FALLBACK]
                if "{" in english:
                    self._patterns.append((_pattern(english), code, texts))
                else:
                    self._plain.setdefault(english, (code, texts))
        # The one with the most literal text first: it says more than one that is nearly all value.
        self._patterns.sort(key=lambda item: -len(_PARAMETER.sub("", re.escape(item[2][FALLBACK]))))

    def translate(self, text: str, locale: str) -> FieldMessage:
        """The message in that language; as it is where no catalogue has it."""
        known = self._plain.get(text)
        if known is not None:
            code, texts = known
            return FieldMessage(code, texts.get(locale, text))
        for pattern, code, texts in self._patterns:
            if match := pattern.fullmatch(text):
                return FieldMessage(code, _fill(texts.get(locale, text), match.groupdict()))
        return FieldMessage(None, text)


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(_PARAMETER.sub(rf"(?P<\1>.{_VALUE})", re.escape(english)), re.DOTALL)


def _fill(text: str, values: Mapping[str, str]) -> str:
    """The values are put in as they are: they are text, never templates."""
    return re.sub(r"{(\w+)}", lambda found: values.get(found[1], found[0]), text)


@cache
def of_package(package: str) -> FieldMessages:
    """The messages of the suite and of one service, for what a service itself shows of them."""
    return FieldMessages([of_suite(), by_key(package, "messages")])


def translated(fields: Mapping[str, Iterable[str]], locale: str, package: str) -> dict[str, list[str]]:
    """Field -> messages, in the reader's language; `package` is that of the service."""
    messages = of_package(package)
    return {field: [messages.translate(text, locale).text for text in texts] for field, texts in fields.items()}


def of_suite() -> Catalogue:
    """The messages of marshmallow and of the suite."""
    return by_key(__package__ or "", "messages")

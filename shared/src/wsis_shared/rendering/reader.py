"""How a document says things in one language: sentences, titles, dates, figures, and texts with a language of their
own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import format_decimal, format_percent
from wsis_shared import clock, languages, reference
from wsis_shared.languages import cldr_locale, long_date
from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block, Run
from wsis_shared.sentences import Sentences

Prose = Mapping[str, Mapping[str, str]]
"""{"executive_summary": {"en": "...", "fr": "..."}}: paragraphs apart by an empty line; a line "- ..." is a bullet, and
**...** is set bold."""

_COMMAS = {"ar": "\N{ARABIC COMMA} ", "zh": "\N{IDEOGRAPHIC COMMA}"}  # between the parts of a list; elsewhere ", "


class Reader:
    """Writes for the readers of one language, with the sentences of a service; moments in a time zone."""

    def __init__(self, sentences: Sentences, language: str, time_zone: str = "UTC") -> None:
        self.language, self._sentences, self._zone = language, sentences, ZoneInfo(time_zone)
        self.direction = reference.language(language).direction

    @cached_property
    def _locale(self) -> str:
        return cldr_locale(self.language)

    def say(self, key: str, **values: object) -> str:
        """A sentence of the service."""
        return self._sentences(key, self.language, **values)

    def number(self, value: int) -> str:
        """1,234 as the language writes it."""
        return str(format_decimal(value, locale=self._locale))

    def percent(self, value: int) -> str:
        """31 -> "31 %", as the language writes it."""
        return str(format_percent(value / 100, locale=self._locale))

    def listed(self, parts: Iterable[str]) -> str:
        """Names one after the other, apart by the comma of the language."""
        return _COMMAS.get(self.language, ", ").join(parts)

    def day(self, moment: str) -> str:
        """A day in words, of a moment in UTC or a date as ISO 8601."""
        if len(moment) == 10:
            return long_date(date.fromisoformat(moment), self.language)
        return long_date(self._wall(moment), self.language)

    def time(self, moment: str) -> str:
        """The wall time of a moment: "16:30"."""
        return self._wall(moment).strftime("%H:%M")

    def _wall(self, moment: str) -> datetime:
        return clock.parse(moment).astimezone(self._zone)

    def title(self, texts: Mapping[str, str]) -> Run:
        """A text of the organizers in this language, or marked as what it is where it has none."""
        language, text = languages.pick(texts, self.language)
        return self.own(text, language)

    def own(self, text: str, language: str) -> Run:
        """What a person wrote, in their language."""
        if not reference.is_language(language) or language == self.language:
            return blocks.run(text)
        return blocks.run(text, language, reference.language(language).direction)

    def country(self, code: str) -> str:
        """The name of a country; "" without one."""
        return reference.country_name(code, self.language) if code and reference.is_country(code) else ""

    def region(self, code: str) -> str:
        """The title of an ITU region or of those without one."""
        none = reference.no_region()
        return reference.title(none if code == none.code else reference.itu_region(code), self.language)

    def action_line(self, code: str) -> str:
        """ "C7. ICT applications: e-health"."""
        return f"{code.partition('.')[0]}. {reference.title(reference.action_line(code), self.language)}"

    def goal(self, number: int) -> str:
        """ "3. Good health and well-being"."""
        return f"{number}. {reference.title(reference.sdg(number), self.language)}"

    def name_of_language(self, code: str) -> str:
        """ "French", "français"."""
        return str(Locale.parse(self._locale).languages.get(code, code))

    def prose(self, texts: Mapping[str, str]) -> list[Block]:
        """Paragraphs and lists of what officers wrote."""
        text = self.title(texts)
        made: list[Block] = []
        for part in text["text"].split("\n\n"):
            lines = [line.strip() for line in part.splitlines() if line.strip()]
            if lines and all(line.startswith("- ") for line in lines):
                made.append(blocks.bullets(blocks.emphasized({**text, "text": line[2:]}) for line in lines))
            elif lines:
                made.append(blocks.paragraph(blocks.emphasized({**text, "text": part.strip()})))
        return made

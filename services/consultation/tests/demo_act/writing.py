"""What made-up contributors write, in seven languages: sentences about an action line, a goal, a country, a region."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from wsis_shared import reference

LANGUAGES = ("en", "fr", "pt", "es", "zh", "ar", "ru")
TEXTS = Path(__file__).parent / "texts"
SEPARATORS = {"zh": "；", "ar": "؛ "}  # of topics
UNSPACED = ("zh",)  # sentences follow each other without a space


@cache
def texts(language: str) -> dict[str, Any]:
    """A file of `texts/`: the sentences of a language."""
    return dict(yaml.safe_load((TEXTS / f"{language}.yaml").read_text("utf-8")))


def secretariat(name: str) -> dict[str, str]:
    """A text of the secretariat, by language."""
    return dict(texts("secretariat")[name])


def theme(line: str) -> dict[str, dict[str, str]]:
    """Title and description of the theme of an action line, in all languages. The applications of C7 have its title."""
    named = {language: texts(language)["themes"].get(line) for language in LANGUAGES}
    title = {language: name or reference.action_line(line).title[language] for language, name in named.items()}
    return {"title": title, "description": {language: _topics(language, line) for language in LANGUAGES}}


def _topics(language: str, line: str) -> str:
    topics = SEPARATORS.get(language, "; ").join(texts(language)["topics"][line])
    return f"{topics[:1].upper()}{topics[1:]}"


class Author:
    """Somebody who writes in a language about an action line, from a country. Alike for the same random numbers."""

    def __init__(self, dice: random.Random, language: str, country: str, line: str) -> None:
        self._dice, self.language, self.line = dice, language, line
        self._told = texts(language)
        links = reference.links_of_line(line)
        self.sdg = dice.choice(links).sdg if links else 17
        topic = dice.choice(self._told["topics"][line])
        region = reference.itu_region_of(country)
        self._words: Mapping[str, Any] = {
            "topic": topic,
            "Topic": topic[:1].upper() + topic[1:],
            "sdg": self.sdg,
            "place": reference.country_name(country, language),
            "region": reference.itu_region(region).title[language] if region else reference.no_region().title[language],
            "goal": reference.sdg(self.sdg).title[language],
            "line": reference.action_line(line).title[language],
        }

    def answer(self, question: str, sentences: int = 2) -> str:
        """An answer to a question of the form."""
        return self._some(self._told["answers"][question], sentences)

    def of_line(self, question: str) -> str:
        """An answer about the action line."""
        return self._some(self._told["lines"][question], 2)

    def title(self, kind: str) -> str:
        """The title of a request."""
        return self._say(self._dice.choice(self._told["requests"][kind]["title"]))

    def description(self, kind: str, sentences: int = 3) -> str:
        """The description of a request: 20 to 200 words."""
        return self._some(self._told["requests"][kind]["description"], sentences)

    def event(self, kind: str) -> str:
        """The name of a national or regional event."""
        return self._say(self._told["events"][kind])

    def comment(self) -> str:
        """A comment in a discussion."""
        return self._some(self._told["comments"], 1)

    def reply(self) -> str:
        """A reply to a comment."""
        return self._say(self._told["reply"])

    def opening(self) -> dict[str, str]:
        """Title and text of a discussion."""
        return dict(self._told["discussion"])

    def _some(self, sentences: list[str], count: int) -> str:
        chosen = sorted(self._dice.sample(range(len(sentences)), min(count, len(sentences))))
        between = "" if self.language in UNSPACED else " "
        return between.join(self._say(sentences[number]) for number in chosen)

    def _say(self, sentence: str) -> str:
        return sentence.format(**self._words)

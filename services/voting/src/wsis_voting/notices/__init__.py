"""Texts to people: titles of errors, mails, and the sentences that tell a voter where her ballot stands."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def _sentences() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load((files(__name__) / "ballot.yaml").read_text("utf-8"))
    return loaded


def text(key: str, locale: str, **figures: int) -> str:
    """The sentence `key` of ballot.yaml in the reader's language, English where we do not speak it."""
    sentences = _sentences()[key]
    return sentences.get(locale, sentences["en"]).format(**figures)

"""Who translated what an entry says: who contributed it, or the secretariat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wsis_stocktaking.register.rules.contents import Content, language_of
from wsis_stocktaking.register.rules.entries import OFFICER, PublicEntry

CONTRIBUTOR, SECRETARIAT = "contributor", "secretariat"


def by_secretariat(before: PublicEntry, content: Content, source: str, theirs: Iterable[Content] = ()) -> list[str]:
    """The languages into which the secretariat has translated a content that becomes public by a revision of this
    source. A text that is public already stays whose it is; one of `theirs` is that of who contributed it."""
    public, known = before["content"], before.get("by_secretariat", ())
    return [
        language
        for language in _translations(content)
        if (
            language in known
            if public and _texts(public, language) == _texts(content, language)
            else source == OFFICER and not any(_texts(each, language) == _texts(content, language) for each in theirs)
        )
    ]


def translated_by(content: Content, secretariat: Iterable[str]) -> dict[str, str]:
    """By language of a translation who wrote it, of the languages of the secretariat."""
    known = set(secretariat)
    return {language: SECRETARIAT if language in known else CONTRIBUTOR for language in _translations(content)}


def _translations(content: Content) -> Iterator[str]:
    original = language_of(content)
    yield from sorted({*content["title"], *content.get("description", {})} - {original})


def _texts(content: Content, language: str) -> tuple[str | None, str | None]:
    return content["title"].get(language), content.get("description", {}).get(language)

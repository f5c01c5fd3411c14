"""What lists call their columns and their values (`subscribers/data/`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from wsis_shared.mapping import countries, vocabulary
from wsis_shared.mapping.answers import answer
from wsis_shared.mapping.names import Synonyms, synonyms_of
from wsis_shared.mapping.values import Find, chosen
from wsis_shared.mapping.vocabulary import Codes, Vocabulary
from wsis_shared.mapping.words import fold, folded
from wsis_shared.reference.loading import read
from wsis_shared.translations import by_key

from wsis_notifications.subscribers.rules.mapping.fields import ACTIVE, FIELDS, LEFT, SUBSCRIBED
from wsis_notifications.subscribers.rules.subscribers import FORMATS
from wsis_notifications.subscribers.rules.topics import TOPICS

PACKAGE = "wsis_notifications.subscribers"
_SHARED = {"language": "languages", "country": "countries", "stakeholder_type": "stakeholder_types"}
_ALL: dict[str, Codes] = {"topics": TOPICS}


@cache
def synonyms() -> Synonyms:
    """By field the folded names of its columns, each with its language; the name of the field itself too."""
    found = synonyms_of(read("import_columns", PACKAGE))
    return {field: {**found[field], fold(field): ""} for field in FIELDS}


@cache
def of(field: str) -> Vocabulary:
    """The vocabulary of a field of codes."""
    if field in _SHARED:
        return vocabulary.of(_SHARED[field])
    if field == "topics":
        titles = by_key("wsis_notifications", "newsletter_topics")
        return vocabulary.build(
            ((code, [code, *titles[code].values()]) for code in TOPICS), field, "import_values", PACKAGE
        )
    codes = {"format": FORMATS, "subscribed": SUBSCRIBED}[field]
    return vocabulary.build(((code, [code]) for code in codes), field, "import_values", PACKAGE)


def finder(field: str, choices: Mapping[str, Sequence[str]]) -> Find:
    """Reads one value of a field: as a person chose (by its folded text), or by its words."""
    return chosen({"country": countries.find, "subscribed": _subscribed}.get(field) or of(field).find, choices)


def likely(field: str, text: str) -> Codes | None:
    """The codes that a value may mean, to be confirmed."""
    if field in _ALL and fold(text) in folded("all"):
        return _ALL[field]
    return of(field).likely(text)


def codes_of(field: str) -> frozenset[str]:
    """All codes of a field."""
    return frozenset(code for codes in of(field).codes.values() for code in codes)


def _subscribed(text: str) -> Codes | None:
    said = answer(text) if text.strip() else None
    return of("subscribed").find(text) if said is None else (ACTIVE if said else LEFT,)

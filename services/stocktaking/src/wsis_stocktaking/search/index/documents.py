"""What the index keeps of a card: fields for words, for codes, for the order, and the card itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

from tantivy import Document, Schema, SchemaBuilder
from wsis_shared import clock
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.register.rules.cards import FACETS, Card, facet_values
from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.rules import END, SPANS, START, UPDATE

VERSION = 11  # of fields and analysis: an index of another version is filled anew
ENTRY, SEQUENCE, CARD, WORDS, WEBSITE = "entry", "sequence", "card", "words", "website"
ABBREVIATIONS = "abbreviations"  # IT, UN: words in capitals that are stop words in small letters
TITLE, ORGANIZATION = "title", "organization"  # the title as it is sorted; the name of the organization
UPDATED = UPDATE  # seconds since 1970; 0 for what is older, none for what is unknown
TITLE_LANGUAGES = LOCALES
BODY_LANGUAGES = words.STEMMED  # Chinese is in WORDS, character by character
_MOMENTS = ("published_at", "revised_at", "last_updated_at")


@cache
def schema() -> Schema:
    """The fields."""
    builder = SchemaBuilder()
    builder.add_text_field(ENTRY, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(SEQUENCE, indexed=True, fast=True)
    for name in SPANS:
        builder.add_unsigned_field(name, fast=True)
    builder.add_text_field(TITLE, tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_text_field(ORGANIZATION, tokenizer_name=words.PLAIN)
    builder.add_bytes_field(CARD, stored=True)
    for facet in FACETS:
        builder.add_text_field(facet, tokenizer_name="raw", fast=True, index_option="basic")
    builder.add_text_field(WEBSITE, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(WORDS, tokenizer_name=words.PLAIN)
    builder.add_text_field(ABBREVIATIONS, tokenizer_name="raw", index_option="basic")
    for language in TITLE_LANGUAGES:
        builder.add_text_field(f"title_{language}", tokenizer_name=words.analyzer_of(language))
    for language in BODY_LANGUAGES:
        builder.add_text_field(f"body_{language}", tokenizer_name=words.analyzer_of(language))
    return builder.build()


def document(card: Card) -> Document:
    """The document of a card."""
    made = Document()
    made.add_text(ENTRY, card["entry"])
    made.add_unsigned(SEQUENCE, card["sequence"])
    if card["last_updated_at"] is not None:
        made.add_unsigned(UPDATED, max(0, int(card["last_updated_at"].timestamp())))
    for name, day in ((START, card["start_date"]), (END, card["end_date"])):
        if day:
            made.add_unsigned(name, day_number(day))
    language = card["original_language"]
    made.add_text(TITLE, words.sort_key(card["title"][language], language))
    made.add_text(ORGANIZATION, words.prepare(card["organization"]["name"]))
    made.add_bytes(CARD, _dumps(card))
    for facet, codes in facet_values(card, clock.now().year).items():
        for code in codes:
            made.add_text(facet, code)
    for language, text in card["title"].items():
        _add(made, f"title_{language}", language, text)
    for language, text in _bodies(card):
        _add(made, f"body_{language}" if language in BODY_LANGUAGES else "", language, text)
    for address in [card["organization"]["website"], *(link["url"] for link in card["links"])]:
        if address:
            made.add_text(WEBSITE, website(address))
    return made


def day_number(day: str) -> int:
    """A day as a number that sorts: 2010-01-31 as 20100131."""
    return int(day.replace("-", ""))


def read(stored: bytes) -> Card:
    """The card of a document."""
    found = json.loads(stored)
    for name in _MOMENTS:
        found[name] = found[name] and clock.parse(found[name])
    card: Card = found
    return card


def website(address: str) -> str:
    """An address of the web without what differs between two ways to write it: host without www, path."""
    parts = urlsplit(address if "//" in address else f"//{address}")
    return (parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/")).lower()


def _add(made: Document, field: str, language: str, text: str) -> None:
    plain = words.prepare(text)
    made.add_text(WORDS, plain)
    if field:
        made.add_text(field, words.reduce(plain, language))
    for word in words.abbreviations(text):
        made.add_text(ABBREVIATIONS, word)


def _bodies(card: Card) -> Iterator[tuple[str, str]]:
    yield from card["description"].items()
    named = [card["organization"]["name"], *card["partners"], *card["keywords"]]
    yield card["original_language"], "\n".join(named)


def _dumps(card: Card) -> bytes:
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"), default=clock.iso).encode()

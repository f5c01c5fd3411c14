"""Versions of a document: their states and numbers, which languages are to be rendered again, the form of a model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypedDict

from wsis_shared.json_types import JsonObject

FIRST = "1.0"
DRAFT, PUBLISHED, REMOVED = "draft", "published", "removed"


class StoredFile(TypedDict):
    """A file in the blob store."""

    blob: str
    size: int
    sha256: str


class Rendering(TypedDict):
    """The files of a language by format: `revision` is that of their prose, `missing` what no font has."""

    revision: int
    missing: list[str]
    formats: dict[str, StoredFile]


class Version(TypedDict):
    """A version of a document, and what a service adds. The id is that of its series with its number, "1.1"; prose is
    by name and language, files by language. `job` has built it."""

    _id: str
    number: str
    as_of: datetime
    status: str
    total: int
    statistics: Mapping[str, object]
    languages: list[str]
    model: StoredFile
    prose: dict[str, dict[str, str]]
    prose_revision: int
    files: dict[str, Rendering]
    job: str
    built_at: datetime
    published_at: datetime | None


class NumberTooLow(ValueError):
    """A number that is not after all others. `number` is the one that was wanted, `last` the last one."""

    def __init__(self, number: str, last: str) -> None:
        super().__init__(f"{number} is not after {last}")
        self.number, self.last = number, last


def order(number: str) -> tuple[int, int]:
    """The place of a version among others: "1.10" is after "1.9"."""
    major, minor = number.split(".")
    return int(major), int(minor)


def next_number(taken: Iterable[str], wanted: str | None) -> str:
    """The number of a new version: the one that is wanted, or one more than the last. Raises NumberTooLow unless it is
    after all others."""
    last = max(taken, key=order, default=None)
    if wanted is None:
        if last is None:
            return FIRST
        major, minor = order(last)
        return f"{major}.{minor + 1}"
    if last is not None and order(wanted) <= order(last):
        raise NumberTooLow(wanted, last)
    return f"{order(wanted)[0]}.{order(wanted)[1]}"


def edited(version: Version) -> JsonObject:
    """What officers edit: the prose."""
    return version["prose"]


def outdated_languages(version: Version) -> list[str]:
    """The languages that are not rendered, or not with the prose as it is now."""
    files = version["files"]
    return [
        language
        for language in version["languages"]
        if language not in files or files[language]["revision"] != version["prose_revision"]
    ]


def canonical(model: object) -> bytes:
    """JSON in UTF-8, keys in order, no spaces: the same for the same model."""
    return json.dumps(model, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def canonical_parts(model: Mapping[str, object]) -> Iterator[bytes]:
    """The canonical JSON of a large model in parts, item by item of its lists: the caller may rest between them."""
    yield b"{"
    for place, key in enumerate(sorted(model)):
        value = model[key]
        yield (b"," if place else b"") + canonical(key) + b":"
        if isinstance(value, list):
            yield b"["
            for number, item in enumerate(value):
                yield (b"," if number else b"") + canonical(item)
            yield b"]"
        else:
            yield canonical(value)
    yield b"}"

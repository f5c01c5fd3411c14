"""What a reader of a language gets of an issue: their own language where it is written, else the issue's main one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict

Texts = Mapping[str, str]
"""By language."""


class ShownImage(TypedDict):
    """An image of the issue, in a section."""

    id: str
    alt: Texts


class ContentLink(TypedDict):
    """Where a section leads."""

    url: str
    label: Texts


class WrittenSection(TypedDict):
    """A section in all its languages. `id` is unique in its issue."""

    id: str
    kind: str
    title: Texts
    text: Texts
    image: ShownImage | None
    link: ContentLink | None


class Content(TypedDict):
    """What officers write. `language` is the main one, `languages` those in which it shall be written."""

    month: str
    language: str
    languages: list[str]
    title: Texts
    summary: Texts
    topics: list[str]
    sections: list[WrittenSection]


class StoredImage(TypedDict):
    """A blob, with its size in bytes, and in pixels unless a former version stored it."""

    id: str
    filename: str
    media_type: str
    size: int
    width: NotRequired[int]
    height: NotRequired[int]


class Change(TypedDict):
    """What the fields had that got other values in that version."""

    version: int
    before: Sequence[tuple[str, object]]


class Issue(Content):
    """An issue of WSIS Flash, or an announcement, which has no number. `changes` are those since `remembered_from`."""

    _id: str
    kind: str
    number: NotRequired[int | None]
    state: str
    images: list[StoredImage]
    created_at: datetime
    released_at: datetime | None
    sent_at: datetime | None
    version: NotRequired[int]
    updated_at: NotRequired[datetime]
    changes: NotRequired[list[Change]]
    remembered_from: NotRequired[int]


@dataclass(frozen=True)
class Image:
    """A picture; `width` is None where it is not known."""

    id: str
    alt: str
    width: int | None


@dataclass(frozen=True)
class Section:
    """A section in one language. `label` is "" for a link without words of its own."""

    kind: str
    language: str
    title: str
    text: str
    image: Image | None
    url: str
    label: str


def in_language(texts: Texts, language: str, main: str) -> str:
    """The text in the reader's language, else in the main one, else in any; "" where there is none."""
    return texts.get(language) or texts.get(main) or next(iter(texts.values()), "")


def sections(issue: Issue, language: str) -> list[Section]:
    """All sections as the reader gets them."""
    return [_section(section, issue, language) for section in issue["sections"]]


def written_in(section: WrittenSection, language: str) -> bool:
    """Whether title and text are there."""
    return bool(section["title"].get(language) and section["text"].get(language))


def language_of(section: WrittenSection, language: str, main: str) -> str:
    """The one language in which a reader gets title and text."""
    if written_in(section, language) or not (section["title"] or section["text"]):
        return language
    if written_in(section, main):
        return main
    return next(iter(section["text"] or section["title"]))


def _section(section: WrittenSection, issue: Issue, language: str) -> Section:
    main = issue["language"]
    chosen = language_of(section, language, main)
    link = section.get("link")
    return Section(
        kind=section["kind"],
        language=chosen,
        title=section["title"].get(chosen, ""),
        text=section["text"].get(chosen, ""),
        image=_image(section.get("image"), issue, language),
        url=link["url"] if link else "",
        label=link["label"].get(chosen, "") if link else "",
    )


def _image(image: ShownImage | None, issue: Issue, language: str) -> Image | None:
    if image is None:
        return None
    width = next((one.get("width") for one in issue["images"] if one["id"] == image["id"]), None)
    return Image(image["id"], in_language(image["alt"], language, issue["language"]), width)

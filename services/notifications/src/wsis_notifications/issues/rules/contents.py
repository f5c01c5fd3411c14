"""What a reader of a language gets of an issue: their own language where it is written, else the issue's main one.

An issue is {_id, kind, number, month, language (the main one), languages (in which it shall be written), title,
summary, topics, sections, images, state, ...}; texts are {language: text}. A section is {kind, title, text, image:
{id, alt} or None, link: {url, label} or None}; an image is {id, media_type, size, width, height}, in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Issue = dict[str, Any]
Texts = Mapping[str, str]


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


def sections(issue: Mapping[str, Any], language: str) -> list[Section]:
    """All sections as the reader gets them."""
    return [_section(section, issue, language) for section in issue["sections"]]


def written_in(section: Mapping[str, Any], language: str) -> bool:
    """Whether title and text are there."""
    return bool(section["title"].get(language) and section["text"].get(language))


def language_of(section: Mapping[str, Any], language: str, main: str) -> str:
    """The one language in which a reader gets title and text."""
    if written_in(section, language) or not (section["title"] or section["text"]):
        return language
    if written_in(section, main):
        return main
    return next(iter(section["text"] or section["title"]))


def _section(section: Mapping[str, Any], issue: Mapping[str, Any], language: str) -> Section:
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


def _image(image: Mapping[str, Any] | None, issue: Mapping[str, Any], language: str) -> Image | None:
    if image is None:
        return None
    stored: Mapping[str, Any] = next((one for one in issue["images"] if one["id"] == image["id"]), {})
    return Image(image["id"], in_language(image["alt"], language, issue["language"]), stored.get("width"))

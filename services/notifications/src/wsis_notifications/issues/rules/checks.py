"""What is wrong with an issue before it is sent. An error keeps it from being ready; a warning is for its officers.

Whether links lead somewhere is not asked: this process reaches no addresses outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from wsis_shared.schemas import LOCALES

from wsis_notifications.issues.rules import markdown
from wsis_notifications.issues.rules.contents import Issue, ShownImage, WrittenSection, written_in
from wsis_notifications.issues.rules.phrases import language_name, say
from wsis_notifications.issues.rules.rendering import render_parts

PART = "issue_checks"  # of the texts
ERROR, WARNING = "error", "warning"
MAX_HTML_BYTES = 100_000  # Gmail cuts off what comes after 102 kB
MAX_TITLE = 70  # characters that programs show of a subject
LEAST_TEXT = 100  # characters for each image
_ERRORS = {"title_missing", "sections_missing", "text_missing", "alt_missing", "link_invalid", "html_too_large"}
# RFC 3986 without user information, by whose look a reader takes one host for another.
_WEB = re.compile(r"https?://[^\s/?#@\\<>\"]+\.[^\s/?#@.\\<>\"]+(?:[/?#][^\s\\<>\"]*)?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^\s@:/<>\"]+@[^\s@/<>\"]+", re.IGNORECASE)
# An address of another kind that CommonMark leaves as text, such as "[x](javascript:...)" or "[x](//host)".
_WRITTEN_LINK = re.compile(r"\]\(\s*<?([a-z][a-z0-9+.-]*:[^)\s>]*|//[^)\s>]*)", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\s?[(\[][^)\]\s]*")  # CommonMark without images: "!" and a link
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_EXCLAMATIONS = re.compile(r"[!！¡]\s*[!！]")


@dataclass(frozen=True)
class Finding:
    """`section` counts from 1; None concerns the whole issue. `language` is None where it concerns all. `value` is what
    was found: a text, a number, or the code of the language that stands in."""

    code: str
    section: int | None = None
    language: str | None = None
    value: str | int = ""

    @property
    def level(self) -> str:
        """ "error" or "warning"."""
        return ERROR if self.code in _ERRORS else WARNING

    def message(self, language: str) -> str:
        """What it says, in the officer's language."""
        if self.code == "language_missing" and self.language:
            here, instead = language_name(self.language, language), language_name(str(self.value), language)
            return say(self.code, language, part=PART, language_name=here, value=instead)
        return say(self.code, language, part=PART, value=self.value, count=self.value)


def check(issue: Issue, public_url: str) -> list[Finding]:
    """All findings, errors first."""
    found = [*_whole(issue), *_sizes(issue, public_url)]
    for number, section in enumerate(issue["sections"], 1):
        found += _section(number, section, issue, public_url)
    unique = list(dict.fromkeys(found))
    return sorted(unique, key=lambda finding: finding.level != ERROR)


def sizes(issue: Issue, public_url: str) -> dict[str, int]:
    """Bytes of HTML by language."""
    return {language: len(render_parts(issue, language, public_url).html.encode()) for language in LOCALES}


def is_address(url: str) -> bool:
    """An address of the web with a host, or of mail."""
    return len(url) <= 2000 and bool(_WEB.fullmatch(url) or _MAIL.fullmatch(url))


def _whole(issue: Issue) -> Iterator[Finding]:
    main = issue["language"]
    if not issue["title"].get(main):
        yield Finding("title_missing", None, main)
    if not issue["sections"]:
        yield Finding("sections_missing")
    for language, title in issue["title"].items():
        if len(title) > MAX_TITLE:
            yield Finding("title_long", None, language, len(title))
        yield from _shouting(title, None, language)
    for language in sorted({*issue["languages"]} - {*issue["title"]} - {main}):
        yield Finding("language_missing", None, language, main)


def _sizes(issue: Issue, public_url: str) -> Iterator[Finding]:
    for language, size in sizes(issue, public_url).items():
        if size > MAX_HTML_BYTES:
            yield Finding("html_too_large", None, language, round(size / 1000))


def _section(number: int, section: WrittenSection, issue: Issue, public_url: str) -> Iterator[Finding]:
    main = issue["language"]
    if not written_in(section, main):
        yield Finding("text_missing", number, main)
    for language in sorted({*issue["languages"]} - {main}):
        if not written_in(section, language):
            yield Finding("language_missing", number, language, main)
    if section["image"]:
        yield from _image(number, section, section["image"], issue)
    if section["link"]:
        yield from _link(section["link"]["url"], number, None, public_url)
    for language, text in section["text"].items():
        for url in [*markdown.links(markdown.parse(text, public_url)), *_WRITTEN_LINK.findall(text)]:
            yield from _link(url, number, language, public_url)
        if tag := _TAG.search(text):
            yield Finding("html_in_text", number, language, tag[0])
        if image := _IMAGE.search(text):
            yield Finding("image_in_text", number, language, image[0][:MAX_TITLE])
    for texts in (section["title"], section["text"]):
        for language, text in texts.items():
            yield from _shouting(text, number, language)


def _image(number: int, section: WrittenSection, image: ShownImage, issue: Issue) -> Iterator[Finding]:
    main, alt = issue["language"], image["alt"]
    if not alt.get(main):
        yield Finding("alt_missing", number, main)
    for language, text in section["text"].items():
        if language != main and not alt.get(language):
            yield Finding("alt_untranslated", number, language)
        if len(text) < LEAST_TEXT:
            yield Finding("little_text", number, language, len(text))


def _link(url: str, number: int, language: str | None, public_url: str) -> Iterator[Finding]:
    absolute = markdown.absolute(url, public_url)
    if not is_address(absolute) and absolute == url:
        yield Finding("link_invalid", number, language, url)
    elif url.lower().startswith("http:"):
        yield Finding("link_not_https", number, language, url)


def _shouting(text: str, number: int | None, language: str) -> Iterator[Finding]:
    """Signs by which filters know junk mail."""
    for loud, group in groupby(_WORD.findall(text), key=lambda word: len(word) > 3 and word.isupper()):
        words = list(group)
        if loud and len(words) > 2:  # "UNESCO, UNDP" are names
            yield Finding("all_capitals", number, language, " ".join(words)[:60])
            break
    if marks := _EXCLAMATIONS.search(text):
        yield Finding("exclamations", number, language, marks[0])

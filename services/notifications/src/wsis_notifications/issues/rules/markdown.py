"""Officers' texts: CommonMark without raw HTML and without images, as tokens and as sanitized HTML.

A heading is one of a section, which has a title already: "# ..." becomes h3. An address that begins with "/" is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from wsis_notifications.issues.rules import typography

# Indented code would swallow what somebody pasted with spaces in front.
_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "fence", "html_block", "html_inline"])
_TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "strong", "ul"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"https", "http", "mailto"}
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


@lru_cache(maxsize=256)  # a text that stands for a missing translation is parsed for each of seven languages
def parse(text: str, public_url: str, language: str = "") -> Sequence[Token]:
    """The tokens of a text, with absolute addresses; do not change them."""
    tokens = _PARSER.parse(typography.bound(text, language))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", absolute(str(child.attrGet("href")), public_url))
            elif child.tag == "em" and language in typography.WITHOUT_ITALICS:
                child.tag = "strong"
    return tokens


def to_html(tokens: Sequence[Token]) -> str:
    """HTML of known elements alone; addresses of the web and of mail alone."""
    html = typography.without_han_breaks(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def links(tokens: Sequence[Token]) -> Iterator[str]:
    """The addresses that a text links to, in their order."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrGet("href"))


def absolute(url: str, public_url: str) -> str:
    """The same address; one that begins with a single "/" is ours."""
    return public_url.rstrip("/") + url if url.startswith("/") and not url.startswith("//") else url


def escaped(text: str) -> str:
    """Markdown that shows `text` as it is (CommonMark 2.4)."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))

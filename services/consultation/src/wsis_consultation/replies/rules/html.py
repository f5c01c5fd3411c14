"""The text of a mail that is HTML alone. Quotes of clients become lines with ">"."""

from __future__ import annotations

import re

from inscriptis.html_engine import Inscriptis  # type: ignore[import-untyped]  # the library has no types
from lxml.etree import ParserError  # type: ignore[import-untyped]  # the library has no types
from lxml.html import document_fromstring  # type: ignore[import-untyped]  # nor here

# Stand in the text for the begin and the end of a quote; private characters, which `to_text` removes from the mail.
_BEGIN, _END = "\ue000", "\ue001"
_LIST_ITEM = re.compile(r"\s*(?:[*+o-]|\d+\.) ")
_QUOTES = "//blockquote[@type='cite' or contains(@class, 'quote')]"


def to_text(source: str) -> str:
    """The text as a reader sees it; empty for what is no HTML."""
    source = re.sub(f"[{_BEGIN}{_END}\0]", "", source)
    source = re.sub(r"^\s*<\?xml[^>]*>", "", source)  # lxml refuses text that declares a charset
    try:
        tree = document_fromstring(source)
    except ParserError:  # nothing in it
        return ""
    for quote in tree.xpath(_QUOTES):
        quote.text = f"{_BEGIN} {quote.text or ''}"
        end = quote.makeelement("div")
        end.text = _END
        quote.append(end)
    return "\n".join(_quoted(Inscriptis(tree).get_text()))


def _quoted(text: str) -> list[str]:
    lines, depth = [], 0
    for line in text.split("\n"):
        depth += line.count(_BEGIN)
        plain = line.replace(_BEGIN, "").replace(_END, "").replace("\u00a0", " ").rstrip()
        if depth or not _LIST_ITEM.match(plain):  # an indent is layout, and code in Markdown
            plain = plain.lstrip()
        lines.append(f"{'>' * depth} {plain}" if depth else plain)
        depth = max(0, depth - line.count(_END))
    return lines

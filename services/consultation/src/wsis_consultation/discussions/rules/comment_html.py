"""The text of a comment as HTML: Markdown first, without HTML and images, then a sanitizer.

Links lead to http, https and mailto alone. Each block has `dir="auto"`: people write in both directions.
"""

from __future__ import annotations

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, link

_BLOCKS = ("p", "blockquote", "li", "ol", "pre", "ul")
_INLINE = ("a", "br", "code", "em", "hr", "strong")
# Browsers take "https:host" and "http:/\host" for other addresses than one reads.
_ADDRESS = re.compile(r"https?://[^/\\?#]|mailto:[^/\\]", re.IGNORECASE)

# Where a link begins. Its text has none of these characters: each could make the parser look for the end of the text up
# to the end of the comment, again for each bracket. So the work grows with the length of the comment alone.
_LINK = re.compile(r"\[[^][`<\\]*\]\(")


def _link(state: StateInline, silent: bool) -> bool:
    return _LINK.match(state.src, state.pos) is not None and link(state, silent)


# No link references, whose work would not be bounded either. A "#" at the start of a line is a number for most people,
# not a heading.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "reference", "heading", "lheading"])
_MARKDOWN.inline.ruler.at("link", _link)


def _only_addresses(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "href" or _ADDRESS.match(value) else None


_SANITIZER = nh3.Cleaner(
    tags={*_BLOCKS, *_INLINE},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    attribute_filter=_only_addresses,
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
    set_tag_attribute_values={tag: {"dir": "auto"} for tag in _BLOCKS},
)


def to_html(source: str) -> str:
    """HTML that is safe to show as it is."""
    return _SANITIZER.clean(_MARKDOWN.render(source)).strip()

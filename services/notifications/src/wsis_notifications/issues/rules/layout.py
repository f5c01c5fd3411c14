"""HTML of an issue: our MJML page with officers' texts put in, and styles in the elements, as mail programs need them.

Two kinds of marks stand for what comes later. Those of `Fragments` are replaced once MJML has made HTML: no text that
somebody wrote is ever read as MJML. The personal slots, "%%unsubscribe_url%%", are filled by the sender for each
reader; the same characters in an officer's text are made harmless at the end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import css_inline
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape
from mjml import mjml2html

SLOTS = ("greeting_name", "unsubscribe_url", "preferences_url", "archive_url", "why")
# Characters that no text contains (Unicode 23.7, noncharacters), so nobody can write a slot.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_FORBIDDEN = dict.fromkeys(range(0xFDD0, 0xFDF0))
_SLOT = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")
_BETWEEN_TAGS = re.compile(r">\s+<")  # MJML takes some of it for text
_MARK = re.compile(r"wsis-fragment-(\d+)-")


class Fragments:
    """Pieces of HTML by the marks that stand for them in the page."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def put(self, piece: str | Markup) -> str:
        """The mark of a piece; text that is no Markup is escaped, for an attribute too."""
        self._pieces.append(str(escape(piece)))
        return f"wsis-fragment-{len(self._pieces) - 1}-"

    def fill(self, html: str) -> str:
        """The page with the pieces, each as it is: marks in a piece are text."""
        return _MARK.sub(lambda mark: self._pieces[int(mark[1])], html)


def slot(name: str) -> str:
    """A personal slot inside a text of ours."""
    return f"{_OPEN}{name}{_CLOSE}"


def without_slots(text: str) -> str:
    """What somebody wrote, without the characters of slots."""
    return text.translate(_FORBIDDEN)


def with_slots(text: str, *, html: bool = False) -> str:
    """The finished part: "%%" of officers is broken up, then our slots become "%%name%%"."""
    safe = text.replace("%%", "%&#37;" if html else "%\u2060%")
    return _SLOT.sub(r"%%\1%%", safe)


def page(variables: Mapping[str, object]) -> str:
    """The HTML of the page with slots still to mark."""
    fragments = Fragments()
    mjml = _BETWEEN_TAGS.sub("><", _template().render(**variables, put=fragments.put).strip())
    html = fragments.fill(mjml2html(mjml))
    return str(_inliner().inline(html))


@cache
def _template() -> Template:
    source = (files("wsis_notifications") / "newsletter.html").read_text("utf-8")
    # Values of the template itself are colours and numbers; everything else comes through `put`.
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)

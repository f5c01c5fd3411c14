"""Templates of pages, from the gateway and from the packages of the plugins, in one environment of Jinja2.

Texts are escaped. HTML that a service sends passes a sanitizer again (`rich`): the only way for a text to be markup.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import nh3
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

OWN = "wsis_gateway/data/web"
SPOKEN = ("say", "has", "label", "labels", "pick", "number", "percent", "date", "moment")  # methods of `Words`
RESERVED = frozenset(SPOKEN) | {"language", "page", "title", "link", "query", "replies", "wrong", "etags", "address"}
RESERVED |= {"form", "forms", "panels", "this_page", "further", "failure"}
"""What templates are given by the gateway: no read and no variable of a path has one of these names."""
_RICH = {
    "a": {"href"},
    "span": {"lang", "dir"},
    "p": {"lang", "dir"},
    **{name: set[str]() for name in ("strong", "em", "ul", "ol", "li", "br", "blockquote", "code", "pre", "h3", "h4")},
    **{name: set[str]() for name in ("mark", "table", "thead", "tbody", "tr", "td", "th", "hr", "sup", "sub")},
}
_ATTRIBUTES = {name: allowed for name, allowed in _RICH.items() if allowed}


class _Environment(Environment):
    """Fields of JSON come before methods of a dict (`items`, `values`), and a field that is not there is none."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return obj.get(attribute) if isinstance(obj, dict) else super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        return obj.get(argument) if isinstance(obj, dict) else super().getitem(obj, argument)


def template(package: str, name: str) -> Template:
    """The template of a package: "ballots/pages/ballot.html"."""
    return _environment().get_template(f"{package}/{name}")


def source(name: str) -> str:
    """The text of a template; a bare name is one of the gateway's. Raises FileNotFoundError."""
    package, *path = (name if "/" in name else f"{OWN}/{name}").split("/")
    return files(package).joinpath(*path).read_text("utf-8")


def literal(text: str) -> str:
    """What a template says itself: its text without what is filled in."""
    return "".join(value for _, kind, value in _environment().lex(text) if kind == "data")


@cache
def _environment() -> Environment:
    environment = _Environment(
        loader=FunctionLoader(lambda name: (source(name), name, None)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: "" if value is None else value,
    )
    environment.filters["rich"] = _rich
    return environment


def _rich(html: str | None) -> Markup:
    clean = nh3.clean(html or "", tags=set(_RICH), attributes=_ATTRIBUTES, url_schemes={"https", "http", "mailto"})
    return Markup(clean)  # noqa: S704 -- sanitized

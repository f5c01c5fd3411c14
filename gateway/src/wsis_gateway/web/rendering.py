"""Templates of pages, from the gateway and from the packages of the plugins, in one environment of Jinja2.

Texts are escaped. HTML that a service sends passes a sanitizer again (`rich`): the only way for a text to be markup.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import nh3
from jinja2 import BytecodeCache, Environment, FunctionLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]  # the second is what `escape` calls

from wsis_gateway.web.bytecode import PackageCache

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
_OPENS, _CLOSES = re.compile(r"{[{%#]"), {"{{": "}}", "{%": "%}", "{#": "#}"}
_ATTRIBUTES = {name: allowed for name, allowed in _RICH.items() if allowed}


class _Generator(CodeGenerator):
    """What is shown passes one function, and not one for what is none and another that escapes. Functions are called
    as they are: none of ours asks for the context, which Jinja looks for at each call."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        self.visit(node.node, frame)
        self.write("(")
        listed = [("", each) for each in (*node.args, *node.kwargs)]
        for stars, each in (*listed, ("*", node.dyn_args), ("**", node.dyn_kwargs)):
            if each is not None:
                self.write(stars)
                self.visit(each, frame)
                self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write("environment.shown(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        self.write(")")


class _Environment(Environment):
    """Fields of JSON come before methods of a dict (`items`, `values`), and a field that is not there is none."""

    code_generator_class = _Generator

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict):
            return obj.get(attribute)
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return super().getattr(obj, attribute)

    @staticmethod
    def shown(value: object) -> str:
        """What stands for a value in the HTML."""
        if type(value) is str:
            return _escape_inner(value)
        if type(value) is Markup:
            return value
        return "" if value is None else escape(value)

    def make_globals(self, d: MutableMapping[str, object] | None) -> MutableMapping[str, object]:
        """In one map, for Jinja copies them each time that a template is rendered."""
        return {**self.globals, **(d or {})}

    def getitem(self, obj: Any, argument: Any) -> Any:
        return obj.get(argument) if isinstance(obj, dict) else super().getitem(obj, argument)


def template(package: str, name: str) -> Template:
    """The template of a package: "ballots/pages/ballot.html"."""
    return _environment().get_template(f"{package}/{name}")


def check(package: str, name: str) -> None:
    """Raise TemplateError where it cannot be compiled. It is loaded when a page is first shown."""
    environment, full = _environment(), f"{package}/{name}"
    bucket = _kept(environment).get_bucket(environment, full, full, source(full))
    if bucket.code is None:
        bucket.code = environment.compile(source(full), full, full)
        _kept(environment).set_bucket(bucket)


def _kept(environment: Environment) -> BytecodeCache:
    if environment.bytecode_cache is None:
        raise LookupError("the environment keeps nothing")
    return environment.bytecode_cache


def source(name: str) -> str:
    """The text of a template; a bare name is one of the gateway's. Raises FileNotFoundError."""
    package, *path = (name if "/" in name else f"{OWN}/{name}").split("/")
    return files(package).joinpath(*path).read_text("utf-8")


def literal(text: str) -> str:
    """What a template says itself: its text without what is filled in. (Jinja's lexer would be most of a check.)"""
    said, at = [], 0
    while opening := _OPENS.search(text, at):
        said.append(text[at : opening.start()])
        at = text.find(_CLOSES[opening[0]], opening.end()) + 2
        if at < 2:  # Jinja refuses what is not closed
            return "".join(said)
    return "".join((*said, text[at:]))


@cache
def _environment() -> Environment:
    environment = _Environment(
        loader=FunctionLoader(lambda name: (source(name), name, None)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=PackageCache(made_by=Path(__file__).read_text("utf-8"), own=OWN),
    )
    environment.filters["rich"], environment.filters["beside"] = _rich, _beside
    return environment


def _rich(html: str | None) -> Markup:
    clean = nh3.clean(html or "", tags=set(_RICH), attributes=_ATTRIBUTES, url_schemes={"https", "http", "mailto"})
    return Markup(clean)  # noqa: S704 -- sanitized


def _beside(text: object) -> Markup:
    """What stands beside each other, each in the direction of its own letters: "Institute · Kenya"."""
    parts = str(_Environment.shown(text)).split(" · ")
    return Markup(" · ".join([f"<bdi>{part}</bdi>" for part in parts if part]))  # noqa: S704 -- it is escaped

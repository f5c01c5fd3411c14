"""HTML by Jinja2 with autoescape: one page without scripts or further files, readable on a phone and on paper."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from wsis_shared.rendering.blocks import Document


def make(document: Document) -> bytes:
    """The page in UTF-8; the same document gives the same bytes."""
    return _template().render(d=document).encode()


@cache
def _template() -> Template:
    folder = files(__package__ or "") / "templates"
    loader = FunctionLoader(lambda name: (folder / name).read_text("utf-8"))
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["paragraphs"] = lambda text: [part for part in text.split("\n\n") if part.strip()]
    environment.filters["base64"] = lambda text: b64encode(text.encode()).decode()
    return environment.get_template("document.html")

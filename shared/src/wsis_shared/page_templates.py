"""Templates of HTML pages that a package brings. Needs the extra `[documents]`."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, Template


@cache
def page_template(package: str, folder: str, name: str = "page.html") -> Template:
    """The template `name` in a folder of a package. Texts are escaped unless they are Markup."""
    environment = Environment(
        loader=PackageLoader(package, folder), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)

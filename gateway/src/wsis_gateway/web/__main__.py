"""`python -m wsis_gateway.web`: compile the templates of the gateway and of all plugins.

The build of an image runs it: where the image runs nothing may be written, so that each worker would compile them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from wsis_shared.plugin import discover

from wsis_gateway.web import rendering

PLUGINS = "pages/*.html"


def templates() -> Iterator[tuple[str, str]]:
    """Each with its package: ("wsis_voting", "ballots/pages/vote.html")."""
    package, _, folder = rendering.OWN.partition("/")
    found = [(package, f"{folder}/*.html"), *((each.locale_package, PLUGINS) for each in discover() if each.pages)]
    for package, pattern in found:
        root = Path(str(files(package)))
        yield from ((package, path.relative_to(root).as_posix()) for path in sorted(root.rglob(pattern)))


if __name__ == "__main__":
    for template in templates():
        rendering.check(*template)

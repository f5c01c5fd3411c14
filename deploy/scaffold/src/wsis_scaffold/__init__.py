"""The template of a new service, and the one function that writes it (docs/add-a-service.md).

Each file of `template/` is a `string.Template` under a path that may contain placeholders too. The suffix `.tmpl` is
removed; with it no tool reads a template as a module. `$name` is the service; `$Name` is the prefix of its class,
`$NAME` that of its settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from wsis_shared.settings import MANIFESTS

SUFFIX = ".tmpl"
_NAME = re.compile(r"[a-z][a-z0-9]{1,23}")
# Names with another meaning in queues, users, databases or folders.
RESERVED = frozenset(
    {
        "admin",
        "config",
        "demo",
        "gateway",
        "health",
        "local",
        "operator",
        "scaffold",
        "shared",
        "suite",
        "system",
        "testkit",
        "wsis",
    }
)


class CannotScaffold(ValueError):
    """The name is invalid or exists already; the message names the rule."""


def write(name: str, services: Path) -> list[Path]:
    """Write `services/<name>` and return its files. Raises CannotScaffold and then writes nothing."""
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise CannotScaffold(f"{name!r} cannot be a service: 2 to 24 of a-z and 0-9, a letter first, and not reserved")
    if name in entry_points(group=MANIFESTS).names:
        raise CannotScaffold(f"a service called {name} is installed already")
    folder = services / name
    if folder.exists():
        raise CannotScaffold(f"{folder} is there already")
    words = {"name": name, "Name": name.capitalize(), "NAME": name.upper()}
    written = []
    for path, template in _templates(files(__name__) / "template"):
        target = folder / Template(path.removesuffix(SUFFIX)).substitute(words)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(template.read_text("utf-8")).substitute(words), "utf-8")
        written.append(target)
    return written


def _templates(folder: Traversable, path: str = "") -> Iterator[tuple[str, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            yield from _templates(item, f"{path}{item.name}/")
        elif item.name.endswith(SUFFIX):
            yield path + item.name, item

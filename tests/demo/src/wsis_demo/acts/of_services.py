"""The acts of services: `services/<name>/tests/demo_act.py`, or a package `demo_act/` where they are long, each with
`ACTS`, a tuple like the one of `acts`.

Acts that must come earlier, for example to see what is not public yet, stand in `ACTS_BEFORE`: the name of an act of
the play -> acts before it. They come before the first act of that name. Acts in `ACTS_LAST` come after those of all
services.

An act is a function of the play that returns the line to show. Mails that its requests cause it counts with
`play.count(mails={"<service>/<template>": n})`; figures of its own it appends to `play.lines`, and what does not fit to
`play.misfits`. Files that somebody may look at afterwards go to `play.folder`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsis_demo.play import Play

Act = tuple[str, Callable[["Play"], str]]
ROOT = Path(__file__).parents[5]
PLACES = ("demo_act.py", "demo_act/__init__.py")


def with_acts_of_services(acts: Sequence[Act], root: Path = ROOT) -> list[Act]:
    """The acts of the play, then those of services in the order of their names, and the early ones at their places.

    None of services where the demo is installed without the source tree. Raises ValueError where the play has no act of
    a name in ACTS_BEFORE.
    """
    modules = [act_of(name, root) for name in _services(root)]
    found = list(acts)
    for module in modules:
        for name, early in getattr(module, "ACTS_BEFORE", {}).items():
            place = [each for each, _ in found].index(name)
            found[place:place] = early
    found += [act for module in modules for act in module.ACTS]
    return found + [act for module in modules for act in getattr(module, "ACTS_LAST", ())]


def _services(root: Path) -> Iterator[str]:
    for folder in sorted(root.glob("services/*")):
        if any((folder / "tests" / place).exists() for place in PLACES):
            yield folder.name


def act_of(service: str, root: Path = ROOT) -> ModuleType:
    """The module with the acts of a service, imported once: its makers serve tests too. Raises ImportError."""
    name = f"{service}_demo_act"
    if name in sys.modules:
        return sys.modules[name]
    tests = root / "services" / service / "tests"
    path = next((tests / place for place in PLACES if (tests / place).exists()), None)
    spec = path and importlib.util.spec_from_file_location(name, path)
    if not spec or spec.loader is None:
        raise ImportError(f"{tests} has no acts of the demonstration")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its own modules import it by this name
    spec.loader.exec_module(module)
    return module

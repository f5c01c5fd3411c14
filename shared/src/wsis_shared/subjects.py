"""The manifest of a service adds up its subjects: folders with modules of fixed names, of which each has some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypedDict

from wsis_shared.events import EventDependency, EventSelection, EventType
from wsis_shared.jobs import JobKind
from wsis_shared.pages import Page, Panel
from wsis_shared.plugin import Route
from wsis_shared.resources import Deferred
from wsis_shared.waiting import Waiting


class Declared(TypedDict):
    """What subjects declare, by the fields of the manifest; the last two by string, as they need more to load."""

    routes: Sequence[Route]
    pages: Sequence[Page]
    panels: Sequence[Panel]
    waiting: Sequence[Waiting]
    jobs: Sequence[JobKind]
    publishes: tuple[EventType, ...]
    depends_on: tuple[EventDependency, ...]
    selects: tuple[EventSelection, ...]
    use_cases: tuple[str, ...]
    collections: tuple[str, ...]


def declared(
    package: str,
    *subjects: str,
    publishes: tuple[EventType, ...] = (),
    depends_on: tuple[EventDependency, ...] = (),
) -> Declared:
    """ROUTES and JOBS of each subject's `routes`, PAGES and PANELS of its `pages`, each EventType, DEPENDS_ON and
    SELECTS of its `events`, `compose` of its `use_cases` and COLLECTIONS of its `store`, in the order of the subjects;
    the package is a service's only subject where none is named. Routes, pages and jobs are loaded when somebody asks
    for them. WAITING, and its route, is of `waiting` of the package. What the service `publishes` and `depends_on` as a
    whole comes last."""
    homes = [f"{package}.{subject}" for subject in subjects] or [package]

    def modules(name: str) -> Iterator[str]:
        paths = (f"{home}.{name}" for home in homes)
        return (path for path in paths if (spec := find_spec(path)) and spec.origin)  # no left __pycache__

    waiting = [f"{package}.waiting"] if find_spec(f"{package}.waiting") else []
    events = [vars(import_module(path)) for path in modules("events")]

    def gather(name: str) -> tuple[Any, ...]:
        return tuple(one for module in events for one in module.get(name, ()))

    return {
        "routes": Deferred("ROUTES", *modules("routes"), *waiting),
        "pages": Deferred("PAGES", *modules("pages"), optional=True),
        "panels": Deferred("PANELS", *modules("pages"), optional=True),
        "waiting": Deferred("WAITING", *waiting),
        "jobs": Deferred("JOBS", *modules("routes"), optional=True),
        "publishes": (*(one for module in events for one in module.values() if isinstance(one, EventType)), *publishes),
        "depends_on": (*gather("DEPENDS_ON"), *depends_on),
        "selects": gather("SELECTS"),
        "use_cases": tuple(f"{path}:compose" for path in modules("use_cases")),
        "collections": tuple(f"{path}:COLLECTIONS" for path in modules("store")),
    }

"""Ends a process of ours, as kill -9 would, before or after a function: python imports this by itself where it is on
the path. CRASH_AT is "module:Class.function:before" or "...:after".
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

DIED = 137


def crashing(module: ModuleType) -> None:
    """Replace the function that CRASH_AT names."""
    _, place, when = os.environ["CRASH_AT"].split(":")
    owner, function = place.split(".")
    work = getattr(getattr(module, owner), function)

    def crash(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            work(*args, **kwargs)
        os._exit(DIED)

    setattr(getattr(module, owner), function, crash)


class AfterImport(MetaPathFinder):
    """Importing the module here would be before eventlet has patched what it imports."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's own spec, whose loader then replaces the function."""
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None, name
        loader: Any = spec.loader
        load = loader.exec_module

        def load_and_replace(module: ModuleType) -> None:
            load(module)
            crashing(module)

        loader.exec_module = load_and_replace
        return spec


if os.environ.get("CRASH_AT"):
    sys.meta_path.insert(0, AfterImport(os.environ["CRASH_AT"].split(":")[0]))

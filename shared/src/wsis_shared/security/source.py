"""What code says of itself: its syntax trees, read where a word in the file asks for it."""

from __future__ import annotations

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True, eq=False)
class Source:
    """A Python file. `name` begins with its part: `accounts/store/hashing.py`."""

    path: Path
    name: str

    @property
    def module(self) -> str:
        """The name by which it is imported."""
        return f"wsis_{self.name.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"

    @cached_property
    def text(self) -> str:
        """What is in it."""
        return self.path.read_text("utf-8")

    def nodes(self, *kinds: type[ast.AST]) -> list[Any]:
        """The nodes of its syntax tree of these kinds."""
        return [node for kind in kinds for node in self._nodes[kind]]

    @cached_property
    def _nodes(self) -> dict[type[ast.AST], list[ast.AST]]:
        found: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        for node in ast.walk(ast.parse(self.text, str(self.path))):
            found[type(node)].append(node)
        return found


def missing(names: Iterable[str]) -> Iterator[str]:
    """Those of the names, `module:function` or `module:Class.method`, that lead nowhere."""
    for name in names:
        module, _, path = name.partition(":")
        try:
            found: object = importlib.import_module(module)
            for part in path.split("."):
                found = getattr(found, part)
        except (ImportError, AttributeError):
            yield name

"""What the acts of stocktaking tell each other: the entries that were imported, and what the API said of them."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from wsis_demo.play import Play

NAME = "stocktaking"
WIDTH = 13
MAX_PAGE = 100
FULL, SMALL = 8000, 1000  # entries; the smaller register begins the larger one
LANGUAGES, FEW_LANGUAGES = ("en", "fr", "ar"), ("en",)  # of the reports


@dataclass
class Stocktaking:
    """The register as the play fills it."""

    play: Play
    count: int
    languages: tuple[str, ...]
    contents: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # import key -> content
    totals_before: dict[str, int] = field(default_factory=dict)  # search -> entries before the import
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)  # kind -> published report
    pictures_before: dict[str, bytes] = field(default_factory=dict)  # language -> heat map of the former matrix
    searches: int = 0
    lines: list[str] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where what somebody may look at afterwards stays."""
        folder = self.play.folder / NAME / self.play.edition
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def total(self, **query: Any) -> int:
        """How many entries a search finds now: with a page size of its own, since a stored response may be older."""
        self.searches = self.searches % MAX_PAGE + 1
        return int(self.play.suite.visitor.get("/v1/entries", limit=self.searches, **query)["total"])

    def differs(self, what: str) -> None:
        """Note what does not fit."""
        self.play.misfits.append(f"{NAME}: {what}")

    def say(self, line: str) -> None:
        """A line for the end of the play."""
        self.lines.append(line)


def of(play: Play) -> Stocktaking:
    """The register of a play, made by the act that asks first."""
    if NAME not in play.memory:
        full = play.size.full
        play.memory[NAME] = Stocktaking(play, FULL if full else SMALL, LANGUAGES if full else FEW_LANGUAGES)
    found: Stocktaking = play.memory[NAME]
    return found


@cache
def generator() -> ModuleType:
    """`generated.py`, which stands beside this package."""
    name, path = "stocktaking_generated", Path(__file__).parents[1] / "generated.py"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module

"""What the acts of agencies tell each other."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from wsis_demo.client import Person
from wsis_demo.play import Play

NAME = "agencies"
WIDTH = 13
Event = dict[str, Any]


@dataclass
class Agency:
    """An agency and what it got, in the order of arrival."""

    slug: str
    way: str  # webhook, queue or feed
    person: Person
    subscription: str = ""
    queue: dict[str, str] = field(default_factory=dict)  # uri and name
    events: list[Event] = field(default_factory=list)


@dataclass
class Agencies:
    """The agencies of a play."""

    play: Play
    by_way: dict[str, Agency] = field(default_factory=dict)
    receiver: Any = None  # of the webhook
    start: int = 0  # number of the last event before the agencies subscribed
    missed: int = 0  # events that the receiver missed while it was away

    @property
    def folder(self) -> Path:
        """Where what somebody may look at afterwards stays."""
        folder = self.play.folder / NAME / self.play.edition
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def differs(self, what: str) -> None:
        """Note what does not fit."""
        self.play.misfits.append(f"{NAME}: {what}")

    def say(self, name: str, line: str) -> None:
        """A line for the end of the play."""
        self.play.lines.append(f"{name:<{WIDTH}} {line}")


def of(play: Play) -> Agencies:
    """What a play has of it, made by the act that asks first."""
    found: Agencies = play.memory.setdefault(NAME, Agencies(play))
    return found


@cache
def module(name: str) -> ModuleType:
    """A module of the tests of agencies, which receive the events."""
    full, path = f"{NAME}_{name}", Path(__file__).parents[1] / f"{name}.py"
    spec = importlib.util.spec_from_file_location(full, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    made = importlib.util.module_from_spec(spec)
    sys.modules[full] = made  # dataclasses look it up
    spec.loader.exec_module(made)
    return made

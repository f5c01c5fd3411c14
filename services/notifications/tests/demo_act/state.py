"""What the acts of notifications tell each other."""

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

NAME = "notifications"
WIDTH = 13
FULL, SMALL = 400, 40  # readers
Event = dict[str, Any]


@dataclass
class Reader:
    """Somebody who gets WSIS Flash. `seen` is the last mail of theirs that was looked at, `link` unsubscribes."""

    form: dict[str, Any]
    seen: int = 0
    link: str = ""
    left: bool = False

    @property
    def email(self) -> str:
        """The address."""
        return str(self.form["email"])

    @property
    def language(self) -> str:
        """Of the mails."""
        return str(self.form["language"])

    def reads(self, *topics: str) -> bool:
        """Whether they have chosen one of these topics, and are still there."""
        return not self.left and not set(topics).isdisjoint(self.form["topics"])


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
class Notifications:
    """Readers and agencies of a play."""

    play: Play
    readers: list[Reader] = field(default_factory=list)
    campaigns: set[str] = field(default_factory=set)  # those of before, and those that the play has made
    agencies: dict[str, Agency] = field(default_factory=dict)  # by way
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


def of(play: Play) -> Notifications:
    """What a play has of it, made by the act that asks first."""
    found: Notifications = play.memory.setdefault(NAME, Notifications(play))
    return found


@cache
def module(name: str) -> ModuleType:
    """A module of the tests of agencies, which receive the events."""
    full, path = f"{NAME}_{name}", Path(__file__).parents[3] / "agencies" / "tests" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(full, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    made = importlib.util.module_from_spec(spec)
    sys.modules[full] = made  # dataclasses look it up
    spec.loader.exec_module(made)
    return made

"""What the acts of notifications tell each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wsis_demo.play import Play

NAME = "notifications"
WIDTH = 13
FULL, SMALL = 400, 40  # readers


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
class Notifications:
    """The readers of a play."""

    play: Play
    readers: list[Reader] = field(default_factory=list)
    campaigns: set[str] = field(default_factory=set)  # those of before, and those that the play has made

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

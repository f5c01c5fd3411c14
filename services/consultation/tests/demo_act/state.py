"""What the acts of the consultation tell each other: who contributed what, and how many of each."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from wsis_demo.client import Person
from wsis_demo.people import Organization
from wsis_demo.play import Play

from .volumes import Volumes, volumes

NAME = "consultation"


@dataclass
class Contribution:
    """An input: who sends it, what it says, and its receipt once it came in. Without `person` a mailed link is used:
    `email` gets it, and `key` opens the draft and later the submission."""

    organization: Organization
    form: dict[str, Any]  # of a registration: names, e-mail, locale
    answers: dict[str, Any]
    person: Person | None = None
    key: str | None = None
    receipt: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The submission."""
        return str(self.receipt["id"])

    @property
    def language(self) -> str:
        """In which it is written."""
        return str(self.form["locale"])


@dataclass
class Consultation:
    """The Open Consultation of the play's edition."""

    play: Play
    volumes: Volumes
    dice: random.Random
    contributions: list[Contribution] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=dict)  # what was said of a form with mistakes, by field
    meeting: str = ""  # its address
    comments: int = 0  # that came in
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)  # version -> published document

    @property
    def path(self) -> str:
        """The address of the consultation."""
        return f"/v1/consultations/{self.play.edition}"

    @property
    def first(self) -> Contribution:
        """The first contributor with an account: the NGO of scenario 11."""
        return next(one for one in self.contributions if one.person is not None)

    @property
    def requested(self) -> int:
        """Binding requests of all inputs."""
        return sum(len(one.answers.get("requests", ())) for one in self.contributions)


def of(play: Play) -> Consultation:
    """The consultation of a play, made by the act that asks first."""
    if NAME not in play.memory:
        play.memory[NAME] = Consultation(play, volumes(full=play.size.full), random.Random(f"{play.seed}|{NAME}"))
    found: Consultation = play.memory[NAME]
    return found

"""What the acts of the play share: the suite, the people, the sizes, and what the answers imply about mails."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import click
from wsis_local.patience import Deadline, load
from wsis_shared import reference

from wsis_demo.client import Person, Problem, Suite
from wsis_demo.people import Organization, Registry
from wsis_demo.projects import Writer

T = TypeVar("T")
R = TypeVar("R")
THREADS = 16
NEWSLETTER = "notifications/newsletter"  # what mails of campaigns count as, tests included: they have no template
BALLOT_MAIL = "voting/ballot_completed"
STANDSTILL = 20.0  # seconds without a further mail on the ledger: no more will come


class Mismatch(Exception):
    """The suite did something else than the play expects."""


@dataclass(frozen=True)
class Size:
    """How many take part."""

    organizations: int
    submitted: int
    nominated: int
    jurors: int
    voters: int
    full: bool = True  # False: a quick play


def size_of(*, full: bool = False, voters: int | None = None) -> Size:
    """A quick play, or the real figures of 2017 (voters apart: 300,000 would take a day on one machine)."""
    real = reference.participation(2017)["prizes"]
    quick = Size(30, 40, 20, jurors=5, voters=30, full=False)
    chosen = Size(320, real["submitted"], real["nominated"], jurors=24, voters=2000) if full else quick
    return replace(chosen, voters=voters or chosen.voters)


@dataclass
class Play:
    """One play of one edition."""

    suite: Suite
    officer: Person
    edition: str
    size: Size
    seed: int
    registry: Registry
    writer: Writer
    dice: random.Random
    submitters: dict[Organization, Person] = field(default_factory=dict)  # the member of each
    owners: dict[str, str] = field(default_factory=dict)  # project -> account, from the answers to submissions
    jurors: list[Person] = field(default_factory=list)
    voters: list[Person] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)  # accounts that were erased
    mails: Counter[str] = field(default_factory=Counter)  # template -> mails that answers imply
    accepted: Counter[str] = field(default_factory=Counter)  # answers to votes: stored, repeated, refused
    before: Counter[str] = field(default_factory=Counter)  # template -> mails on the ledger when the play began
    sent_before: int = 0
    skipped_before: int = 0
    memory: dict[str, Any] = field(default_factory=dict)  # what the acts of a service tell each other, by its name
    addresses: set[str] = field(default_factory=set)  # of people beside those who take part: they stay private
    lines: list[str] = field(default_factory=list)  # figures of the services' own acts, shown at the end
    misfits: list[str] = field(default_factory=list)  # what does not fit among them
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def path(self) -> str:
        """The address of the edition."""
        return f"/v1/editions/{self.edition}"

    @property
    def folder(self) -> Path:
        """Where the play leaves files behind: it outlives the suite."""
        return Path(os.environ.get("WSIS_RUN_DIR", ".run")) / "demo"

    # -- many at a time ---------------------------------------------------------------------------------------------

    def all(self, do: Callable[[T], R], items: Iterable[T], threads: int = THREADS) -> list[R]:
        """Do it for each, some at a time; the first failure ends it."""
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(do, items))

    def register(self, form: Mapping[str, Any]) -> Person:
        """Somebody registers and confirms."""
        return self.suite.register(form)

    def count(self, *, mails: Mapping[str, int] | None = None, votes: Mapping[str, int] | None = None) -> None:
        """Note what an answer says."""
        with self._lock:
            self.mails.update(mails or {})
            self.accepted.update(votes or {})

    # -- refusals ---------------------------------------------------------------------------------------------------

    def refused(self, code: str, do: Callable[[], Any]) -> Problem:
        """It must be refused, and with this code."""
        try:
            do()
        except Problem as problem:
            if problem.code == code:
                return problem
            raise Mismatch(f"expected a refusal with {code}, got {problem}") from problem
        raise Mismatch(f"expected a refusal with {code}, but it was accepted")

    # -- what the API says ------------------------------------------------------------------------------------------

    def accounts(self) -> int:
        """How many active accounts there are."""
        return sum(1 for _ in self.officer.each("/v1/accounts", state="active"))

    def concerned(self, *states: str) -> int:
        """How many accounts own projects in these states."""
        rows = self.projects()
        return len({self.owners[row["id"]] for row in rows if row["state"] in states and row["id"] in self.owners})

    def projects(self) -> list[dict[str, Any]]:
        """All projects that came in."""
        return list(self.officer.each(f"{self.path}/projects"))

    def expected(self) -> Counter[str]:
        """Mails by template that all answers so far imply."""
        with self._lock:
            return self.mails + self.suite.asked

    def ledger(self) -> Counter[str]:
        """Mails of all states by template, since the play began; of campaigns, those that are sent."""
        now: Counter[str] = Counter({NEWSLETTER: self._sent_by_campaigns()})
        for row in self.officer.get("/v1/deliveries/figures")["templates"]:
            now[row["template"]] += row["count"]
        return now - self.before

    def sent(self) -> int:
        """Mails that the ledger and the campaigns call sent, since the play began."""
        rows = self.officer.get("/v1/deliveries/figures")["templates"]
        sent: int = sum(row["count"] for row in rows if row["state"] == "sent")
        return sent + self._sent_by_campaigns() - self.sent_before

    def skipped_ballot_mails(self) -> int:
        """Mails of complete ballots that were not sent, since the play began: deliveries do not tell whose they are."""
        rows = self.officer.get("/v1/deliveries/figures")["templates"]
        skipped: list[int] = [
            row["count"] for row in rows if (row["template"], row["state"]) == (BALLOT_MAIL, "skipped")
        ]
        return sum(skipped) - self.skipped_before

    def _sent_by_campaigns(self) -> int:
        campaigns = [row["id"] for row in self.officer.each("/v1/campaigns")]
        figures = [self.officer.get(f"/v1/campaigns/{campaign}/figures")["states"] for campaign in campaigns]
        return sum(row["count"] for rows in figures for row in rows if row["state"] == "sent")

    def tell_everyone(self, template: str, do: Callable[[], R]) -> R:
        """Do what makes a mail to everyone, and wait until everyone stands on the ledger: who registers meanwhile may
        or may not get it."""
        wanted = self.accounts()
        result = do()
        self.count(mails={template: wanted})
        # Recipients are read no faster than mails are sent: while others go out, these may stand still.
        wait_while_it_moves(
            lambda: self.ledger()[template] >= wanted, lambda: self.ledger()[template] + self.sent(), STANDSTILL
        )
        return result


def wait_while_it_moves(done: Callable[[], bool], figure: Callable[[], int], idle: float) -> None:
    """Wait until it is done, or until the figure has stood still for `idle` seconds of a quiet machine."""
    seen, deadline = figure(), Deadline(idle)
    while not done() and not deadline.passed:
        time.sleep(0.5)
        if (now := figure()) != seen:
            seen, deadline = now, Deadline(idle)


def wait(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask until it is so. Raises Mismatch when the time, of a quiet machine, is up."""
    deadline = Deadline(seconds)
    while not condition():
        if deadline.passed:
            raise Mismatch(f"not in {seconds:.0f} s: {what} ({load()})")
        time.sleep(0.2)


class Clock:
    """Tells how long each act took, and how far the play is."""

    def __init__(self, lines: int) -> None:
        self._last = time.monotonic()
        self._lines, self._told = lines, 0

    def tell(self, act: str, text: str) -> None:
        """One line on the terminal."""
        now = time.monotonic()
        self._told += 1
        click.echo(f"{act:<13} {text}  ({now - self._last:.1f} s; {self._told} of {self._lines})")
        self._last = now

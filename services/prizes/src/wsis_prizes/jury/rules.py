"""Who may read what, and who is to read it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NotRequired, Self, TypedDict

from wsis_prizes.projects.rules import names
from wsis_prizes.projects.rules.projects import Project


class Profile(TypedDict):
    """Who somebody is, as accounts says; nothing but the account where it does not know them."""

    account: str
    names: NotRequired[str | dict[str, str] | None]
    organization: NotRequired[str | None]
    country: NotRequired[str | None]


class Seat(TypedDict, total=False):
    """Of a juror in an edition: the lines, and the `countries` and `entities` (organizations) of the profile at the
    appointment and at each assignment since."""

    categories: list[str]
    countries: list[str]
    entities: list[str]


@dataclass(frozen=True)
class Juror:
    """A member of the Expert Group. `categories` are the lines of expertise; none named means all. Who changes country
    or organization after the appointment stays bound to the former one too: an interest does not end with a profile,
    which jurors write themselves."""

    account: str
    countries: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()
    categories: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, profile: Profile, seat: Seat | None = None) -> Self:
        """From the account's profile as it is now, and what it was."""
        seat, country, organization = seat or {}, profile.get("country"), profile.get("organization")
        return cls(
            profile["account"],
            frozenset((*seat.get("countries", ()), *([country] if country else ()))),
            frozenset((*seat.get("entities", ()), *([names.entity(organization)] if organization else ()))),
            frozenset(seat.get("categories", ())),
        )

    def is_bound_to(self, project: Project) -> bool:
        """The juror's own project, or one of a country or organization of theirs."""
        return (
            project["country"] in self.countries
            or project["entity"] in self.entities
            or project["owner"] == self.account
        )

    def may_read(self, project: Project) -> bool:
        """Of the right line, and the juror is not bound to it."""
        return not self.is_bound_to(project) and (not self.categories or project["category"] in self.categories)


@dataclass(frozen=True)
class Assignment:
    """New pairs (project, juror), and the projects that still lack jurors with the number missing."""

    pairs: tuple[tuple[str, str], ...]
    unassigned: Mapping[str, int]


def assign(
    projects: Sequence[Project],
    jurors: Sequence[Juror],
    per_project: int,
    taken: Collection[tuple[str, str, bool]] = (),
) -> Assignment:
    """Give each project `per_project` jurors who may read it, the least loaded first.

    `taken` are (project, juror, counts): pairs that exist; `counts` is false for a declared conflict, which bars the
    juror from the project and leaves the place open. Projects with the smallest choice are served first. The same
    arguments give the same answer.
    """
    load: Counter[str] = Counter({juror.account: 0 for juror in jurors})
    barred: dict[str, set[str]] = {}
    places: Counter[str] = Counter()
    for project_id, account, counts in taken:
        barred.setdefault(project_id, set()).add(account)
        if counts:
            load[account] += 1
            places[project_id] += 1
    choice = {
        project["_id"]: [j for j in jurors if j.may_read(project) and j.account not in barred.get(project["_id"], ())]
        for project in projects
    }
    pairs: list[tuple[str, str]] = []
    unassigned: dict[str, int] = {}
    for project_id in sorted(choice, key=lambda id: (len(choice[id]), id)):
        wanted = max(0, per_project - places[project_id])
        # The hash spreads equal loads, so that projects next to each other do not always share their jurors.
        ranked = sorted(choice[project_id], key=lambda j: (load[j.account], _mix(project_id, j.account)))
        for chosen in ranked[:wanted]:
            load[chosen.account] += 1
            pairs.append((project_id, chosen.account))
        if len(ranked) < wanted:
            unassigned[project_id] = wanted - len(ranked)
    return Assignment(tuple(pairs), unassigned)


def _mix(*parts: str) -> bytes:
    return hashlib.blake2b("|".join(parts).encode(), digest_size=8).digest()

"""Links of the matrix, and patches of them. A version is a list of links; a patch leads from one version to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, NotRequired, TypedDict

from wsis_shared import reference

from wsis_stocktaking.matrix import errors

Key = tuple[str, int]
FIRST = 1
"""The number of the first version."""


class LinkSource(TypedDict):
    """The version since which a link is as it is, and the agency that proposed it."""

    version: int
    agency: str | None


class MatrixLink(TypedDict):
    """`goal_level`: the line supports the goal as a whole, with or without single targets. `note` is a remark on the
    source."""

    line: str
    sdg: int
    targets: list[str]
    goal_level: bool
    rationale: dict[str, str] | None
    note: str | None
    source: LinkSource | None  # None of a proposal for a new link


class Numbers(TypedDict):
    """How many links a patch adds, changes and removes."""

    added: int
    changed: int
    removed: int


class Version(Numbers):
    """`_id` is its number, `lines` are those of the links that it changes, `proposals` those that it is made of."""

    _id: int
    valid_from: str
    links: list[MatrixLink]
    lines: list[str]
    note: str | None
    proposals: list[str]
    by: NotRequired[str]
    published_at: NotRequired[datetime | None]


class Change(NamedTuple):
    """A link before and after; None where there is none."""

    before: MatrixLink | None
    after: MatrixLink | None


Patch = Mapping[Key, Change]


def key(link: MatrixLink) -> Key:
    """The line and the goal: a matrix has at most one link of the two."""
    return link["line"], link["sdg"]


def in_order(links: Iterable[MatrixLink]) -> list[MatrixLink]:
    """By action line, then by goal."""
    return sorted(links, key=lambda link: rank(key(link)))


def rank(pair: Key) -> tuple[int, int]:
    """The place of a line and a goal in the matrix."""
    return reference.action_line(pair[0]).number, pair[1]


def first_version() -> Version:
    """The matrix of June 2015, as the suite delivers it."""
    matrix = reference.matrix(date(2015, 12, 31))
    links: list[MatrixLink] = [
        {
            "line": link.line,
            "sdg": link.sdg,
            "targets": list(link.targets),
            "goal_level": link.goal_level,
            "rationale": None,
            "note": link.note,
            "source": {"version": FIRST, "agency": None},
        }
        for link in matrix.links
    ]
    return new_version(FIRST, matrix.valid_from, links, {key(link): Change(None, link) for link in links})


def new_version(number: int, valid_from: date, links: Sequence[MatrixLink], patch: Patch) -> Version:
    """A version with these links, which a patch has led to."""
    changed_lines, numbers = {line for line, _ in patch}, counts(patch)
    return {
        "_id": number,
        "valid_from": valid_from.isoformat(),
        "links": in_order(links),
        "added": numbers["added"],
        "changed": numbers["changed"],
        "removed": numbers["removed"],
        "lines": [line.code for line in reference.action_lines() if line.code in changed_lines],
        "note": None,
        "proposals": [],
    }


def in_force(versions: Iterable[Version], day: date) -> Version | None:
    """The version in force on a day, the later one of two that begin on the same day; None before the first."""
    begun = [version for version in versions if version["valid_from"] <= day.isoformat()]
    return max(begun, key=lambda version: (version["valid_from"], version["_id"]), default=None)


def between(before: Iterable[MatrixLink], after: Iterable[MatrixLink]) -> Patch:
    """The patch that leads from one list of links to the other."""
    old, new = {key(link): link for link in before}, {key(link): link for link in after}
    return {
        key(link): Change(old.get(key(link)), new.get(key(link)))
        for link in in_order({**old, **new}.values())
        if old.get(key(link)) != new.get(key(link))
    }


def apply(links: Iterable[MatrixLink], patch: Patch) -> list[MatrixLink]:
    """The links after a patch. Raises Conflict where a link is not as the patch expects it."""
    changed = {key(link): link for link in links}
    for place, change in patch.items():
        if changed.get(place) != change.before:
            raise errors.link_changed(*place)
        if change.after is None:
            del changed[place]
        else:
            changed[place] = change.after
    return in_order(changed.values())


def inverse(patch: Patch) -> Patch:
    """The patch that undoes another."""
    return {place: Change(change.after, change.before) for place, change in patch.items()}


def counts(patch: Patch) -> Numbers:
    """How many links a patch adds, changes and removes."""
    added = sum(change.before is None for change in patch.values())
    removed = sum(change.after is None for change in patch.values())
    return {"added": added, "changed": len(patch) - added - removed, "removed": removed}


def pairs(links: Iterable[MatrixLink]) -> frozenset[Key]:
    """Lines with their goals."""
    return frozenset(key(link) for link in links)

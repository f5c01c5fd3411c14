"""The Sustainable Development Goals, and the WSIS-SDG Matrix that links the action lines to them."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache

from wsis_shared.reference.lines import action_line
from wsis_shared.reference.loading import Titles, UnknownCode, find, names, read, table


@dataclass(frozen=True, slots=True)
class Sdg:
    number: int
    colour: str  # "#E5243B"
    targets: tuple[str, ...]  # "8.10" is text: as a number it would be 8.1
    title: Titles = field(compare=False)


@dataclass(frozen=True, slots=True)
class MatrixLink:
    line: str
    sdg: int
    targets: tuple[str, ...]
    goal_level: bool = False  # the line links to the goal as a whole (targets or not)
    cross_checked: bool = True  # false: in one of the source's two views only
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    version: str
    valid_from: date
    links: tuple[MatrixLink, ...]


@cache
def _sdgs() -> dict[int, Sdg]:
    return table(Sdg, read("sdgs"), key="number")


@cache
def _targets() -> frozenset[str]:
    return frozenset(target for goal in sdgs() for target in goal.targets)


@cache
def _matrices() -> tuple[Matrix, ...]:
    return tuple(sorted((_matrix(name) for name in names("matrix")), key=lambda version: version.valid_from))


def _matrix(name: str) -> Matrix:
    data = read(name)
    links = [MatrixLink(**row | {"targets": tuple(row["targets"])}) for row in data["links"]]
    return Matrix(data["version"], date.fromisoformat(data["valid_from"]), tuple(links))


def sdgs() -> tuple[Sdg, ...]:
    """The 17 goals by number."""
    return tuple(_sdgs().values())


def sdg(number: int) -> Sdg:
    """A goal by its number; raises UnknownCode."""
    return find(_sdgs(), number, "SDG")


def is_sdg_target(code: object) -> bool:
    """True for the 169 targets as text ("8.10", "9.c"); a number is never one."""
    return isinstance(code, str) and code in _targets()


def matrix(on: date | None = None) -> Matrix:
    """The version in force on that day, the newest without one; raises UnknownCode before the first version."""
    in_force = [version for version in _matrices() if on is None or version.valid_from <= on]
    if not in_force:
        raise UnknownCode("matrix version on", str(on), f"the first is valid from {_matrices()[0].valid_from}")
    return in_force[-1]


def links_of_line(code: str, on: date | None = None) -> tuple[MatrixLink, ...]:
    """Goals and targets that a line serves; raises UnknownCode."""
    known = action_line(code).code
    return tuple(link for link in matrix(on).links if link.line == known)


def links_of_sdg(number: int, on: date | None = None) -> tuple[MatrixLink, ...]:
    """Lines that serve a goal; raises UnknownCode."""
    known = sdg(number).number
    return tuple(link for link in matrix(on).links if link.sdg == known)


def in_matrix(line: str, number: int, on: date | None = None) -> bool:
    """Whether the matrix links the two. A link outside it is flagged to the author, never refused."""
    known = sdg(number).number
    return any(link.sdg == known for link in links_of_line(line, on))

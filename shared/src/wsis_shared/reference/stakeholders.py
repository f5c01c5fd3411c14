"""Who takes part: types of stakeholders, and the UN agencies that follow the action lines."""

from dataclasses import dataclass, field
from functools import cache

from wsis_shared.reference.lines import action_line
from wsis_shared.reference.loading import Titles, find, read, table


@dataclass(frozen=True, slots=True)
class StakeholderType:
    code: str
    processes: tuple[str, ...]  # which of consultation, prizes, stocktaking accept it
    title: Titles = field(compare=False)


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency as delivered with the suite: configuration. Who subscribes to what is kept elsewhere."""

    slug: str
    acronym: str
    name: str
    role: str  # chair, vice_chair, member


@cache
def _types() -> dict[str, StakeholderType]:
    return table(StakeholderType, read("stakeholders")["types"])


@cache
def _agencies() -> dict[str, Agency]:
    return table(Agency, read("agencies")["agencies"], key="slug")


def stakeholder_types() -> tuple[StakeholderType, ...]:
    """The six types and "other"; `processes` tells who accepts which."""
    return tuple(_types().values())


def stakeholder_type(code: str) -> StakeholderType:
    """A type by its code ("civil_society"); raises UnknownCode."""
    return find(_types(), code, "stakeholder type")


def is_stakeholder_type(code: object, process: str | None = None) -> bool:
    """Whether it is a type at all, or one that the process ("consultation") accepts."""
    known = _types().get(code) if isinstance(code, str) else None
    return known is not None and (process is None or process in known.processes)


def stakeholder_groups(grouping: str) -> tuple[tuple[str, ...], ...]:
    """The slices of a chart, for example of "prizes_statistics", each a tuple of types; raises UnknownCode."""
    slices = find(read("stakeholders")["groupings"], grouping, "grouping of stakeholder types")
    return tuple(tuple(types) for types in slices)


def agencies() -> tuple[Agency, ...]:
    """The agencies delivered with the suite, in the order of their file."""
    return tuple(_agencies().values())


def agency(slug: str) -> Agency:
    """An agency by its slug ("un_habitat"); raises UnknownCode."""
    return find(_agencies(), slug, "agency")


def agencies_of_line(code: str) -> tuple[Agency, ...]:
    """Lead facilitators of a line, then co-facilitators, groups spelled out, each once; raises UnknownCode."""
    line = action_line(code)
    groups = read("agencies")["groups"]
    slugs = [slug for name in line.lead_facilitators + line.co_facilitators for slug in groups.get(name, [name])]
    return tuple(agency(slug) for slug in dict.fromkeys(slugs))

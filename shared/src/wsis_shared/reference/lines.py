"""WSIS Action Lines: 18 to file under, and C7 above eight of them."""

from dataclasses import dataclass, field
from functools import cache

from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles, find, read, table


@dataclass(frozen=True, slots=True)
class SubTheme:
    code: str
    title: Titles = field(compare=False)


@dataclass(frozen=True, slots=True)
class ActionLine:
    code: str  # "C1" ... "C11", "C7.e-health"
    number: int  # 1..18
    title: Titles = field(compare=False)
    lead_facilitators: tuple[str, ...]  # slugs of agencies, or the name of a group of them
    co_facilitators: tuple[str, ...] = ()
    parent: str | None = None
    sub_themes: tuple[SubTheme, ...] = ()


@dataclass(frozen=True, slots=True)
class ParentLine:
    """A heading above several lines: for display, nothing is filed under it."""

    code: str
    title: Titles = field(compare=False)

    @property
    def lines(self) -> tuple[ActionLine, ...]:
        return tuple(line for line in action_lines() if line.parent == self.code)


@cache
def _lines() -> dict[str, ActionLine]:
    rows = read("action_lines")["lines"]
    return table(ActionLine, (row | {"sub_themes": _sub_themes(row)} for row in rows))


def _sub_themes(row: Input) -> list[SubTheme]:
    return list(table(SubTheme, row.get("sub_themes", ())).values())


@cache
def _parents() -> dict[str, ParentLine]:
    return table(ParentLine, read("action_lines")["parents"])


def action_lines() -> tuple[ActionLine, ...]:
    """The 18 lines that things are filed under, in their order."""
    return tuple(_lines().values())


def action_line(code: str) -> ActionLine:
    """A line to file under; raises UnknownCode, for a parent such as "C7" too, with its lines as the hint."""
    parent = _parents().get(code) if isinstance(code, str) else None
    hint = f"file under one of {', '.join(line.code for line in parent.lines)}" if parent else ""
    return find(_lines(), code, "action line", hint)


def is_action_line(code: object) -> bool:
    """True for the 18 lines; false for bare "C7"."""
    return isinstance(code, str) and code in _lines()


def parent_line(code: str) -> ParentLine:
    """The heading above several lines ("C7"); raises UnknownCode, for a line too."""
    return find(_parents(), code, "parent line")

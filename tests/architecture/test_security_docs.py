"""docs/security/ says what the code does: limits against guessing, and what ends with an account."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

_CODE = re.compile(r"`([^`]+)`")


def tables(page: Path) -> Iterator[list[str]]:
    """The rows of all tables of a page, without their heads."""
    lines = page.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if line.startswith("| ") and not line.startswith("| ---") and not below.startswith("| ---"):
            yield re.split(r"\s*\|\s*", line.strip("| "))


# -- authentication.md ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authentication(project: Any) -> list[list[str]]:
    return list(tables(project.root / "docs/security/authentication.md"))


def test_limits_against_guessing_are_those_of_the_code(authentication: list[list[str]]) -> None:
    """Each is a number, or a time in the unit with which its row begins."""
    told = [
        (cells[-1].strip("`"), cells[0].split()[0], float(cells[1])) for cells in authentication if ":" in cells[-1]
    ]
    assert told == [(constant, unit, _limit(constant, unit)) for constant, unit, _ in told]
    assert len(told) == 7


def _limit(constant: str, unit: str) -> float:
    value = pkgutil.resolve_name(constant)
    return value / timedelta(**{unit: 1}) if isinstance(value, timedelta) else float(value)


# -- ends.md ----------------------------------------------------------------------------------------------------------


def test_what_ends_with_an_account_is_tested(project: Any) -> None:
    """A test for each row."""
    rows = list(tables(project.root / "docs/security/ends.md"))
    ends = [cells for cells in rows if len(cells) == 6]
    assert len(ends) >= 12
    assert [
        cells[0] for cells in ends if not all(cells) or not re.fullmatch(r"`[\w/]+\.py::test_\w+`", cells[-1])
    ] == []

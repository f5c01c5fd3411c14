"""docs/security/ says what the code does: limits against guessing, and what ends with an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
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


def test_limits_against_guessing_are_those_of_the_settings(project: Any, authentication: list[list[str]]) -> None:
    settings = {one.variable: one.default for kind in project.settings() for one in kind.described()}
    told = {(cells[-1].strip("`"), float(cells[1])) for cells in authentication if cells[-1].startswith("`WSIS_")}
    assert told == {(name, float(settings[name])) for name, _ in told}
    assert len(told) == 6


# -- ends.md ----------------------------------------------------------------------------------------------------------


def test_what_ends_with_an_account_is_tested(project: Any) -> None:
    """A test for each row."""
    rows = list(tables(project.root / "docs/security/ends.md"))
    ends = [cells for cells in rows if len(cells) == 6]
    assert len(ends) >= 12
    assert [
        cells[0] for cells in ends if not all(cells) or not re.fullmatch(r"`[\w/]+\.py::test_\w+`", cells[-1])
    ] == []

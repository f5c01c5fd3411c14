"""A register that somebody else wrote comes in by the mapping that is proposed for it, confirmed as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .file_kit import printed
from .foreign_kit import ROWS, Register, is_as_meant, meant
from .foreign_registers import LAYOUTS, PLAIN

LEAST = 0.9
"""The share of the good rows of a file that comes in, as it was meant."""


def rows(register: Register, folder: Path) -> list[dict[str, Any]]:
    """What the reader makes of the file."""
    found: list[Any] = list(printed(register.write(folder), source="ministry"))
    assert "refused" not in found[-1], found[-1]
    return [each for each in found if "row" in each]


@pytest.mark.parametrize("register", [*PLAIN, *LAYOUTS], ids=lambda register: register.name)
def test_a_register_comes_in_as_it_is(tmp_path: Path, register: Register) -> None:
    found = [each for each in rows(register, tmp_path) if "content" in each]
    sound = [
        row
        for row in meant(register.language)
        if any(is_as_meant(each["content"], row, register.without) for each in found)
    ]
    assert len(sound) >= LEAST * ROWS, [each for each in rows(register, tmp_path)][:2]

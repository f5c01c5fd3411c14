"""Registers as they come from ministries, agencies and organizations (`registers/*.yaml`), by one mapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from .register_kit import Register, Result, read, registers

LEAST = 0.9
"""The share of the good rows that comes in by one mapping with the answers of a person."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Each register by its mapping as a person confirms it."""
    folder = tmp_path_factory.mktemp("registers")
    return {register.name: read(register, folder, confirmed=True) for register in registers().values()}


def test_most_rows_come_in_by_one_mapping(results: dict[str, Result]) -> None:
    good, every = (sum(getattr(each, name) for each in results.values()) for name in ("good", "all"))
    assert good >= LEAST * every, [line for each in results.values() for line in each.lacking]


@pytest.mark.parametrize("name", registers())
def test_no_value_gets_a_code_that_it_does_not_mean(results: dict[str, Result], name: str) -> None:
    assert results[name].wrong == []


@pytest.mark.parametrize("register", registers().values(), ids=lambda register: register.name)
def test_what_is_not_certain_is_asked_before_anybody_imports_it(tmp_path: Path, register: Register) -> None:
    """A wrong code of a proposal stands among the values that a person confirms."""
    assert read(register, tmp_path, confirmed=False).unasked == []

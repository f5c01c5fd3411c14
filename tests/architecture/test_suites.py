"""What `.ci/suites.py` gives to each process of pytest."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def suites() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / ".ci/suites.py"))


@pytest.mark.parametrize(("modules", "sizes"), [(1, [1]), (40, [40]), (41, [21, 20]), (81, [27, 27, 27])])
def test_each_module_is_in_one_suite(suites: dict[str, Any], tmp_path: Path, modules: int, sizes: list[int]) -> None:
    (tmp_path / "deeper").mkdir()
    made = [tmp_path / ("deeper" if number % 2 else "") / f"test_{number}.py" for number in range(modules)]
    for path in made:
        path.touch()
    found = suites["split"](str(tmp_path))
    if len(sizes) == 1:
        assert [suite.paths for suite in found] == [[str(tmp_path)]]
        return
    assert sorted(path for suite in found for path in suite.paths) == sorted(map(str, made))
    assert [(suite.name, len(suite.paths)) for suite in found] == [
        (f"{tmp_path} {number}/{len(sizes)}", size) for number, size in enumerate(sizes, 1)
    ]

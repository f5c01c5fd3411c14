"""Tests are small in an ordinary run, and the same in each."""

from __future__ import annotations

import subprocess
import sys

import pytest

SAY = """
from hypothesis import settings
from wsis_testkit import sizes
sizes.load_profile()
print(sizes.size("small", "large"), settings.default.max_examples, settings.default.derandomize)
"""


@pytest.mark.parametrize(("nightly", "said"), [("", "small 40 True"), ("1", "large 400 False")])
def test_sizes_are_large_in_nightly_runs_alone(nightly: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSIS_NIGHTLY", nightly)
    assert subprocess.check_output([sys.executable, "-c", SAY], text=True).strip() == said

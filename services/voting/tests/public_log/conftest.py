from __future__ import annotations

from pathlib import Path

import pytest

from .verifying import example


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small published log: 60 votes, 5 heads."""
    return example.publish(str(tmp_path_factory.mktemp("log")), votes=60, heads=5)

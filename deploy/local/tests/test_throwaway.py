"""The data of a stack that nobody keeps is in memory where there is room for it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from wsis_local import throwaway


@pytest.mark.parametrize(("needed", "in_memory"), [(1, True), (1 << 60, False)])
def test_data_is_in_memory_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, needed: int, in_memory: bool
) -> None:
    monkeypatch.setattr(throwaway, "MEMORY", tmp_path)
    monkeypatch.setattr(throwaway, "NEEDED_BYTES", needed)
    with throwaway.folder() as folder:
        assert Path(folder).parent == (tmp_path if in_memory else Path(tempfile.gettempdir()))
    assert not Path(folder).exists()


def test_where_there_is_no_such_memory_data_is_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(throwaway, "MEMORY", tmp_path / "none")
    with throwaway.folder() as folder:
        assert Path(folder).parent == Path(tempfile.gettempdir())

"""The child process that reads a file: batches, limits, and what happens when it dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from wsis_stocktaking.importing import FileRefused
from wsis_stocktaking.importing.child import Reader

from . import generated


def test_rows_come_in_batches_behind_the_row_that_was_stored(tmp_path: Path) -> None:
    path = generated.write_json(tmp_path / "register", 1250)
    with Reader(path, None, after=30) as reader:
        batches = list(reader.batches())
    assert [len(batch) for batch in batches] == [500, 500, 220]
    assert batches[0][0]["row"] == 31
    assert reader.about["format"] == "json"


def test_a_child_that_dies_leaves_a_refusal_and_no_process(tmp_path: Path) -> None:
    path = generated.write_csv(tmp_path / "register", 3000)
    with Reader(path, None, after=0) as reader:
        batches = reader.batches()
        assert len(next(batches)) == 500
        reader._child.kill()
        with pytest.raises(FileRefused) as refused:
            list(batches)
    assert refused.value.reason == "expands"
    assert reader._child.poll() is not None


def test_a_file_of_one_text_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "register"
    path.write_text('[{"title": "' + "x" * 30_000_000)
    with Reader(path, None, after=0) as reader, pytest.raises(FileRefused) as refused:
        list(reader.batches())
    assert refused.value.reason == "deep"

"""The child process that reads a file: batches, limits, and what happens when it dies."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest
from wsis_shared.tables import TableRefused, child
from wsis_shared.tables.child import ReaderBusy

from wsis_stocktaking.imports.reading.child import Reader

from .. import generated


def test_rows_come_in_batches_behind_the_row_that_was_stored(tmp_path: Path) -> None:
    path = generated.write_json(tmp_path / "register", 1250)
    with Reader(path, {}, after=30) as reader:
        batches = list(reader.batches())
    assert [len(batch) for batch in batches] == [500, 500, 220]
    assert batches[0][0]["row"] == 31
    assert reader.about["format"] == "json"


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_is_ended_from_outside_refuses_no_file(tmp_path: Path, end: signal.Signals) -> None:
    path = generated.write_csv(tmp_path / "register", 3000)
    with Reader(path, {}, after=0) as reader:
        batches = reader.batches()
        assert len(next(batches)) == 500
        reader._child.send_signal(end)
        with pytest.raises(ReaderBusy):
            list(batches)
    assert reader._child.poll() is not None


@pytest.mark.parametrize("limit", [signal.SIGXCPU, signal.SIGABRT, signal.SIGSEGV])
def test_what_the_limits_of_the_child_end_is_refused(tmp_path: Path, limit: signal.Signals) -> None:
    path = generated.write_csv(tmp_path / "register", 3000)
    with Reader(path, {}, after=0) as reader:
        batches = reader.batches()
        next(batches)
        reader._child.send_signal(limit)
        with pytest.raises(TableRefused) as refused:
            list(batches)
    assert refused.value.reason == "expands"


def test_the_limit_of_cpu_time_ends_the_child_by_a_signal_of_its_own(tmp_path: Path) -> None:
    """Not by SIGKILL, which says nothing of the file. No processor reads so many rows within the second that it has."""
    path = generated.write_csv(tmp_path / "register", 1000)
    columns, _, rows = path.read_text("utf-8").partition("\n")
    path.write_text(f"{columns}\n{rows * 200}", "utf-8")
    with Reader(path, {}, after=0) as reader:
        batches = reader.batches()
        next(batches)
        soft, hard = resource.prlimit(reader._child.pid, resource.RLIMIT_CPU)
        assert soft < hard
        resource.prlimit(reader._child.pid, resource.RLIMIT_CPU, (1, hard))
        with pytest.raises(TableRefused) as refused:
            list(batches)
    assert (refused.value.reason, reader._child.returncode) == ("expands", -signal.SIGXCPU)


def test_a_child_without_time_refuses_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MAX_WAIT_SECONDS", 0.0)
    with Reader(generated.write_csv(tmp_path / "register", 10), {}, after=0) as reader, pytest.raises(ReaderBusy):
        list(reader.batches())


def test_a_file_of_one_text_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "register"
    path.write_text('[{"title": "' + "x" * 30_000_000)
    with Reader(path, {}, after=0) as reader, pytest.raises(TableRefused) as refused:
        list(reader.batches())
    assert refused.value.reason == "deep"

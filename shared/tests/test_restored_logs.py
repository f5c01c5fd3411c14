"""What `wsis restore` writes of a public log is marked: it proves nothing of what was published since the backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wsis_shared.backup import archive, reading, writing
from wsis_shared.backup.reading import Backup


@pytest.fixture
def backup(tmp_path: Path) -> Backup:
    """Of two editions."""
    path, head = tmp_path / "wsis.tar.gz", dict[str, Any]()
    with path.open("wb") as out:
        writer = archive.Writer(out)
        for edition in ("2016", "2017"):
            writer.add(f"public-log/{edition}/head.json", b"{}")
        writer.close()
    return Backup(path, None, head, {}, {"2016", "2017"})  # type: ignore[arg-type]  # nothing of it is read


def marks(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_an_edition_that_was_missing_is_marked(backup: Backup, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    (folder / "2017").mkdir(parents=True)
    (folder / "2017/head.json").write_text("published")
    assert reading.restore_log(backup, folder) == {"2016"}
    assert marks(folder) == [".2016.restored"]
    assert (folder / "2017/head.json").read_text() == "published"


def test_an_empty_folder_is_marked_for_all_and_no_backup_has_the_mark(backup: Backup, tmp_path: Path) -> None:
    """Nobody serves it, and the verifier of an edition does not meet it."""
    folder = tmp_path / "log"
    assert reading.restore_log(backup, folder) == {"2016", "2017"}
    assert marks(folder) == [".restored"]
    assert (folder / ".restored").stat().st_mode & 0o077 == 0
    assert reading.restore_log(backup, folder) == set()
    assert marks(folder) == [".restored"]
    with (tmp_path / "again.tar.gz").open("wb") as out:
        writer = archive.Writer(out)
        writing._save_log(writer, folder)
        assert [name for name in writer.close() if "restored" in name] == []


def test_what_was_published_is_not(backup: Backup, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    for edition in backup.editions:
        (folder / edition).mkdir(parents=True)
        (folder / edition / "head.json").touch()
    assert reading.restore_log(backup, folder) == set()
    assert marks(folder) == []

"""`wsis doctor backup`, in the container that writes the backups: an image of the gateway that is told little."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from wsis_shared import clock
from wsis_shared.cli import main
from wsis_testkit.process import free_port


@pytest.fixture
def wrong(environment: dict[str, str], tmp_path: Path) -> Callable[..., list[str]]:
    """`wrong(WSIS_MONGO_URI=...)`: what it finds in the environment of that container. Nobody can write to /proc, as
    the container cannot to the public log."""
    folders = {"WSIS_BACKUP_DIR": str(tmp_path), "WSIS_LOG_DIR": "/proc"}
    image = {"SERVICE": "gateway", "WSIS_PROFILE": "production", "WSIS_STAFF_SECOND_FACTOR": "yes"}
    told = {**image, **folders, "WSIS_MONGO_URI": environment["WSIS_MONGO_URI"], "WSIS_BACKUP_RECIPIENTS": "age1x"}

    def ask(**more: str) -> list[str]:
        others = dict.fromkeys(name for name in os.environ if name.startswith("WSIS_"))
        ended = CliRunner().invoke(main, ["doctor", "backup", "--json"], env={**others, **told, **more})
        found: list[dict[str, Any]] = json.loads(ended.stdout)["findings"]
        return [one["problem"] for one in found if one["wrong"] and "the disk of" not in one["problem"]]

    return ask


def test_nothing_is_wrong_where_the_newest_backup_is_fresh(wrong: Callable[..., list[str]], tmp_path: Path) -> None:
    assert wrong() == [f"no backup in {tmp_path}"]
    (tmp_path / f"wsis-{clock.now():%Y%m%dT%H%M%SZ}.tar.gz.age").touch()
    assert wrong() == []


def test_it_asks_where_store_and_files_are(wrong: Callable[..., list[str]], tmp_path: Path) -> None:
    (tmp_path / f"wsis-{clock.now():%Y%m%dT%H%M%SZ}.tar.gz.age").touch()
    nobody = f"127.0.0.1:{free_port()}"
    assert wrong(WSIS_MONGO_URI=f"mongodb://{nobody}/?directConnection=true") == [
        "WSIS_MONGO_URI must have a user and a password",
        "no primary answers: ServerSelectionTimeoutError",
    ]
    assert wrong(WSIS_BLOBS_URI=f"s3://key:secret@{nobody}/files?secure=0") == [
        "the bucket of WSIS_BLOBS_URI cannot be used: EndpointConnectionError"
    ]

"""`deploy/compose` makes what containers read: whole, for them to read and for nobody else."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _suite(root: Path, folder: Path) -> Path:
    """A folder that looks like the project."""
    (folder / "deploy").mkdir()
    for name in ("services", "shared"):
        (folder / name).symlink_to(root / name)
    for path in (root / "deploy").iterdir():
        if path.name in ("compose", "rabbitmq"):
            (shutil.copytree if path.is_dir() else shutil.copy)(path, folder / "deploy" / path.name)
        else:
            (folder / "deploy" / path.name).symlink_to(path)
    return folder


def _run(
    suite: Path, umask: str = "022", python: str = sys.executable, **more: str
) -> subprocess.CompletedProcess[str]:
    """With an engine that does nothing."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}
    env |= {"COMPOSE": "true", "PYTHON": python, "WSIS_PUBLIC_URL": "https://wsis.example.org", **more}
    command = ["sh", "-c", f"umask {umask}; exec deploy/compose up -d"]
    return subprocess.run(command, cwd=suite, env=env, capture_output=True, text=True)


@pytest.fixture(scope="module")
def suite(project: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _suite(project.root, tmp_path_factory.mktemp("suite"))


@pytest.fixture(scope="module")
def run(suite: Path) -> Run:
    return partial(_run, suite)


@pytest.fixture(scope="module")
def made(suite: Path, run: Run) -> Path:
    """What the first run makes, where somebody put a certificate before it, and nobody may read what root makes."""
    folder = suite / ".run/deploy"
    (folder / "tls").mkdir(parents=True)
    done = run("077")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("made a certificate for"), "an operator reads what matters"
    return folder


def test_containers_read_what_they_mount_and_nobody_else_does(made: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made.iterdir() if path.is_file()}
    assert {name for name, mode in modes.items() if mode != 0o600} == {"definitions.json", "scrape.json"}
    assert modes["definitions.json"] == modes["scrape.json"] == 0o644
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert (made / "tls/tls.crt").exists()


def test_a_run_that_fails_leaves_what_a_broker_reads_when_it_starts(made: Path, run: Run, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncase "$1" in *definitions.py) exit 1 ;; esac\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    former = (made / "definitions.json").read_bytes()
    assert run(python=str(python)).returncode == 1
    assert json.loads(former)["users"]
    assert (made / "definitions.json").read_bytes() == former
    assert [path.name for path in made.iterdir() if path.name.startswith("definitions.json.")] == []


def test_a_full_disk_does_not_cost_the_passwords(made: Path, suite: Path) -> None:
    """Here one password is to be made anew, and no byte can be written."""
    path = made / "passwords.json"
    kept = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({name: word for name, word in kept.items() if name != "operator"}))
    former = path.read_text("utf-8")
    command = f"ulimit -f 0; exec {sys.executable} deploy/passwords.py .run/deploy"
    done = subprocess.run(["bash", "-c", command], cwd=suite, capture_output=True, text=True)
    assert "File too large" in done.stderr
    assert path.read_text("utf-8") == former


def test_a_certificate_that_ends_soon_is_named_each_time(project: Any, tmp_path: Path) -> None:
    suite = _suite(project.root, tmp_path)
    (suite / ".run/deploy").mkdir(parents=True)
    assert "ends within two weeks" not in (first := _run(suite, python="true")).stderr
    assert "made a certificate for wsis.example.org" in first.stderr
    read = (suite / ".run/deploy/definitions.json").stat().st_ino
    tls = suite / ".run/deploy/tls"
    make = ("openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "13", "-subj", "/CN=localhost")
    subprocess.run((*make, "-keyout", tls / "tls.key", "-out", tls / "tls.crt"), check=True, capture_output=True)
    assert "ends within two weeks" in _run(suite, python="true").stderr
    assert (suite / ".run/deploy/definitions.json").stat().st_ino == read, "a broker that runs has mounted this file"


def test_an_upgrade_leaves_the_images_of_the_former_version(project: Any, tmp_path: Path) -> None:
    """Under one name for all versions a rollback would start the new one again."""
    suite = _suite(project.root, tmp_path)
    (suite / ".run/deploy").mkdir(parents=True)
    engine = tmp_path / "engine"
    engine.write_text('#!/bin/sh\necho "$WSIS_VERSION"\n')
    engine.chmod(0o755)
    described = tomllib.loads((project.root / "shared/pyproject.toml").read_text("utf-8"))
    assert _run(suite, python="true", COMPOSE=str(engine)).stdout.strip() == described["project"]["version"]
    assert _run(suite, python="true", COMPOSE=str(engine), WSIS_VERSION="0.0.9").stdout.strip() == "0.0.9"


def test_a_tree_that_containers_cannot_read_is_refused_with_its_mend(made: Path, run: Run, suite: Path) -> None:
    """As a clone under a umask of 027 has it."""
    (suite / "deploy/rabbitmq/rabbitmq.conf").chmod(0o640)
    done = run()
    assert done.returncode == 1
    assert "chmod -R o+rX deploy" in done.stderr

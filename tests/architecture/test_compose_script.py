"""`deploy/compose` makes what containers read: whole, for them to read and for nobody else."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tomllib
from base64 import b64decode
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


def test_what_is_not_set_any_more_is_nowhere(made: Path, run: Run) -> None:
    """Else files would go to a store that the settings no longer name."""
    collector = "WSIS_OTLP_URI=https://collector.example:4318"
    assert run(WSIS_OTLP_URI="https://collector.example:4318").returncode == 0
    assert collector in (made / "voting.env").read_text("utf-8")
    assert run().returncode == 0
    assert collector not in (made / "voting.env").read_text("utf-8")


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


@pytest.fixture(scope="module")
def encrypted(project: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first run makes where the network is not private."""
    suite = _suite(project.root, tmp_path_factory.mktemp("encrypted"))
    done = _run(suite, "077", WSIS_PRIVATE_NETWORK="no")
    assert done.returncode == 0, done.stderr
    return suite


def _verify(folder: Path, host: str, name: str, *trust: str | Path) -> bool:
    text = (folder / f"{host}.env").read_text("utf-8").removeprefix("TLS_CERTIFICATE=")
    command = ("openssl", "verify", "-verify_hostname", name, *trust)
    return subprocess.run(command, input=b64decode(text), capture_output=True).returncode == 0


def test_parts_have_certificates_for_their_names_of_an_authority_that_containers_trust(encrypted: Path) -> None:
    folder = encrypted / ".run/deploy"
    trusted = ("-no-CAfile", "-CApath", folder / "trusted")
    for host in ("rabbitmq-0", "rabbitmq-2", "mongo-0", "mongo-2"):
        assert _verify(folder, host, host, *trusted)
        assert not _verify(folder, host, "other.example", *trusted)
        assert not _verify(folder, host, host, "-no-CAfile", "-CApath", "/etc/ssl/certs")
        assert stat.S_IMODE((folder / f"{host}.env").stat().st_mode) == 0o600
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder / "trusted").iterdir()} == {0o644}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder / "authority").iterdir()} == {0o600}
    settings = (folder / "voting.env").read_text("utf-8")
    assert "@rabbitmq-0:5671/" in settings
    assert "&tls=true&" in settings


def test_certificates_stay_while_they_are_good(encrypted: Path) -> None:
    folder = encrypted / ".run/deploy"
    first, other = folder / "mongo-1.env", folder / "mongo-2.env"
    former = first.read_text("utf-8")
    other.write_text(former)  # of another name
    (folder / "mongo-0.env").write_text("TLS_CERTIFICATE=broken off")
    subprocess.run([encrypted / "deploy/certificates", folder, "mongo-0", "mongo-1", "mongo-2"], check=True)
    assert first.read_text("utf-8") == former
    for host in ("mongo-0", "mongo-2"):
        assert _verify(folder, host, host, "-no-CAfile", "-CApath", folder / "trusted")


def test_a_network_is_private_or_not(suite: Path) -> None:
    """What is misspelt must not send passwords in plain."""
    done = _run(suite, WSIS_PRIVATE_NETWORK="No")
    assert (done.returncode, done.stdout) == (1, "")
    assert "WSIS_PRIVATE_NETWORK must be yes or no, not No" in done.stderr


@pytest.mark.parametrize(("given", "is_added"), [("yes", False), ("no", True)])
def test_the_project_speaks_tls_where_the_network_is_not_private(suite: Path, given: str, is_added: bool) -> None:
    done = subprocess.run(
        ["deploy/compose", "--files"],
        cwd=suite,
        env={**os.environ, "WSIS_PRIVATE_NETWORK": given},
        capture_output=True,
        text=True,
    )
    assert ("-f deploy/tls.yaml" in done.stdout) is is_added

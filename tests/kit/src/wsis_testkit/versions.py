"""The code of a former commit beside that of today, on the libraries that are installed here."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wsis_shared.plugin import discover

ROOT = Path(__file__).parents[4]
WSIS = "import sys; from wsis_shared.cli import main; main(prog_name='wsis')"
LAST_RELEASE = ROOT / "tests/contract/last_release.json"


class NotHere(Exception):
    """The commit is not in this clone. The message says so in one line."""


@dataclass(frozen=True)
class Side:
    """The code of one commit: what its processes need in their environment, its plugins, its gateway's package."""

    environment: Mapping[str, str]
    names: tuple[str, ...]
    gateway: Path

    def python(
        self, environment: Mapping[str, str], *arguments: str, timeout: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python with this code, and `environment` beside that of the caller."""
        return subprocess.run(
            [sys.executable, *arguments],
            env={**os.environ, **environment, **self.environment},
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def wsis(self, environment: Mapping[str, str], *arguments: str, timeout: float = 120) -> None:
        """Run the command `wsis` of this side. Raises AssertionError with what it said."""
        done = self.python(environment, "-c", WSIS, *arguments, timeout=timeout)
        assert done.returncode == 0, (done.stderr or done.stdout)[-3000:]


def last_release() -> str:
    """The last tag; in a clone without tags, the commit of `last_release.json`."""
    tag = git("describe", "--tags", "--abbrev=0").stdout.decode().strip()
    return tag or str(json.loads(LAST_RELEASE.read_text("utf-8"))["commit"])


def today() -> Side:
    """What is installed here."""
    return Side({}, tuple(plugin.name for plugin in discover(routes=False)), ROOT / "gateway/src/wsis_gateway")


def former(commit: str, folder: Path) -> Side:
    """The code of that commit, unpacked to `folder`. Raises NotHere."""
    archive = git("archive", commit)
    if archive.returncode:
        raise NotHere(f"commit {commit} is not here{': this is a shallow clone, or no clone' if is_shallow() else ''}")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(folder, filter="data")
    projects = [*folder.glob("*/pyproject.toml"), *folder.glob("services/*/pyproject.toml")]
    paths = [folder / "metadata", *(project.parent / "src" for project in projects)]
    names = [_describe(project, folder / "metadata") for project in projects]
    for plugin in discover(routes=False):
        if plugin.name not in names:
            _hide(f"wsis-{plugin.name}", folder / "metadata")  # an image of that commit does not have it
    return Side(
        {"PYTHONPATH": os.pathsep.join(map(str, paths))},
        tuple(name for name in names if name),
        folder / "gateway/src/wsis_gateway",
    )


def is_shallow() -> bool:
    """Is this a shallow clone, or none at all?"""
    return git("rev-parse", "--is-shallow-repository").stdout.strip() != b"false"


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """git in this clone."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)


def _describe(project: Path, folder: Path) -> str:
    """Write the metadata of a distribution as an installation would: a plugin is found by its entry point. Return the
    name of the plugin, if it is one."""
    described = tomllib.loads(project.read_text("utf-8"))["project"]
    info = folder / f"{described['name'].replace('-', '_')}-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {described['name']}\nVersion: 0\n")
    services = described.get("entry-points", {}).get("wsis.services", {})
    lines = "".join(f"{name} = {place}\n" for name, place in services.items())
    (info / "entry_points.txt").write_text(f"[wsis.services]\n{lines}")
    return next(iter(services), "")


def _hide(name: str, folder: Path) -> None:
    """Write a distribution of this name without plugins: of two with one name the first on the path counts."""
    info = folder / f"{name.replace('-', '_')}-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n")

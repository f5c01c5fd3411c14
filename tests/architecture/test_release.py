"""deploy/make_release.py refuses what must not be given out; `make release` makes a version."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def release(project: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.syspath_prepend(str(project.root / "deploy"))
    return runpy.run_path(str(project.root / "deploy/make_release.py"))


@pytest.fixture
def tree(project: Any, release: dict[str, Any], tmp_path: Path) -> Path:
    """What says the version, as the commit has it."""
    files = [f"{folder}/pyproject.toml" for folder in release["projects"](project.root)]
    for name in (*files, "deploy/chart/Chart.yaml", "deploy/installation.values.yaml", "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project.root / name, tmp_path / name)
    return tmp_path


def test_there_is_one_version_which_the_changelog_describes(release: dict[str, Any], tree: Path) -> None:
    assert release["version"](tree).count(".") == 2


@pytest.mark.parametrize(
    "name", ["gateway/pyproject.toml", "deploy/chart/Chart.yaml", "deploy/installation.values.yaml"]
)
def test_a_second_version_is_refused(release: dict[str, Any], tree: Path, name: str) -> None:
    path, number = tree / name, release["version"](tree)
    path.write_text(path.read_text("utf-8").replace(number, "9.9.9"), "utf-8")
    with pytest.raises(release["NotReleased"], match=r"several versions: .* 9\.9\.9"):
        release["version"](tree)


def test_a_version_that_the_changelog_lacks_is_refused(release: dict[str, Any], tree: Path) -> None:
    number = release["version"](tree)
    path = tree / "CHANGELOG.md"
    path.write_text(path.read_text("utf-8").replace(f"## [{number}]", "## [9.9.9]"), "utf-8")
    with pytest.raises(release["NotReleased"], match="CHANGELOG"):
        release["version"](tree)


def test_a_tree_that_is_not_that_of_the_commit_is_refused(project: Any, tmp_path: Path) -> None:
    """In one line. As committed it gets to the version, of which this one has nothing."""
    (tmp_path / "deploy").mkdir()
    for name in ("make_release.py", "sbom.py"):
        shutil.copy(project.root / "deploy" / name, tmp_path / "deploy")
    (tmp_path / ".gitignore").write_text("__pycache__/\n")
    git = ("git", "-c", "user.name=one", "-c", "user.email=one@example.org")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "one")):
        subprocess.run((*git, *words), cwd=tmp_path, check=True)
    assert "Chart.yaml" in _refused(tmp_path)
    (tmp_path / "more.txt").touch()
    assert _refused(tmp_path).startswith("release: NOT made: not as in the commit: more.txt. ")
    (tmp_path / "more.txt").unlink()
    (tmp_path / "deploy/sbom.py").write_text("changed = True\n")
    said = _refused(tmp_path)
    assert said.startswith("release: NOT made: not as in the commit: deploy/sbom.py. ")
    assert said.count("\n") == 1


def _refused(tree: Path) -> str:
    """What it says."""
    command = (sys.executable, "deploy/make_release.py")
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    assert done.returncode == 1
    return done.stdout or done.stderr


@pytest.mark.parametrize(
    ("licences", "refused"),
    [
        (["MIT"], False),
        (["GNU Lesser General Public License v3 or later (LGPLv3+)"], False),
        (["LGPL-2.1-only"], False),
        (["GPL-3.0-or-later"], True),
        (["GNU General Public License v2"], True),
        (["AGPL-3.0-only"], True),
        (["SSPL-1.0"], True),
        (["MIT", "GPL-2.0-only"], True),
        ([], True),
    ],
)
def test_licences_that_no_image_may_have(release: dict[str, Any], licences: list[str], refused: bool) -> None:
    component = {
        "name": "some",
        "type": "library",
        "bom-ref": "some==1",
        "licenses": [{"license": {"name": name}} for name in licences],
    }
    assert bool(list(release["refused_licences"]({"components": [component]}))) is refused


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen: install openssh-client")
def test_a_signature_is_good_until_something_changes(release: dict[str, Any], tmp_path: Path) -> None:
    key, folder = tmp_path / "key", tmp_path / "release"
    folder.mkdir()
    (folder / "wsis.whl").write_bytes(b"content")
    subprocess.run(("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key), check=True)
    release["sign"](folder, key)
    assert release["verify"](folder)
    (folder / "wsis.whl").write_bytes(b"changed")
    assert not release["verify"](folder)

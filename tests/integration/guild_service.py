"""A service with one of everything: the scaffold, grown by the modules of guild/, and installed by pip as one from
outside the repository is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from wsis_scaffold import write
from wsis_shared.resources import parse_yaml

NAME = "guild"
GROWTH = Path(__file__).with_name(NAME)


@contextmanager
def installed(folder: Path) -> Iterator[None]:
    """The service, written to `folder`, is installed for this process and those that it starts."""
    write(NAME, folder)
    package = folder / NAME / "src" / f"wsis_{NAME}"
    for module in (path for path in GROWTH.iterdir() if path.is_file()):
        shutil.copy(module, package)
    for texts in GROWTH.glob("texts/*.yaml"):
        grown = package / "texts" / texts.name
        parts, more = (parse_yaml(path.read_text("utf-8")) for path in (grown, texts))
        grown.write_text(json.dumps(parts | {part: parts.get(part, {}) | more[part] for part in more}))  # YAML as well
    project = folder / NAME / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace(f"wsis_{NAME}.plugin:", f"wsis_{NAME}.manifest:"))
    site = folder / "site-packages"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", str(site)]
    subprocess.run([*pip, str(project.parent)], check=True)
    with on_path(site):
        yield


@contextmanager
def described(name: str, source: Path) -> Iterator[None]:
    """A service whose package is in `source` counts as installed, here and in processes that start meanwhile."""
    with tempfile.TemporaryDirectory() as about:
        distribution = Path(about, f"wsis_{name}-0.1.dist-info")
        distribution.mkdir()
        (distribution / "METADATA").write_text(f"Metadata-Version: 2.1\nName: wsis-{name}\nVersion: 0.1\n")
        (distribution / "entry_points.txt").write_text(f"[wsis.services]\n{name} = wsis_{name}.plugin:plugin\n")
        with on_path(source, Path(about)):
            yield


@contextmanager
def on_path(*folders: Path) -> Iterator[None]:
    """Python looks in these folders too, here and in processes that start meanwhile."""
    paths = [str(folder) for folder in folders]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([*paths, *filter(None, [os.environ.get("PYTHONPATH")])]))
        for path in paths:
            patch.syspath_prepend(path)
        yield

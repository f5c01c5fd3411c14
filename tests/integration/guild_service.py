"""A service with one of everything: the scaffold, grown by the modules of guild/. It is installed by a path alone."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from wsis_scaffold import write
from wsis_shared.security import STATEMENTS

NAME = "guild"
GROWTH = Path(__file__).with_name(NAME)


@contextmanager
def installed(folder: Path) -> Iterator[Path]:
    """The service in `folder`, on the path of this process and of those that it starts."""
    write(NAME, folder)
    package = folder / NAME / "src" / f"wsis_{NAME}"
    for module in GROWTH.glob("*.py"):
        shutil.copy(module, package)
    shutil.copy(GROWTH / STATEMENTS, package)
    for texts in GROWTH.glob("texts/*.yaml"):
        with (package / "texts" / texts.name).open("a") as grown:
            grown.write(f"\n{texts.read_text()}")
    with on_path(NAME, package.parent, "manifest"):
        yield package


@contextmanager
def on_path(name: str, source: Path, manifest: str = "plugin") -> Iterator[None]:
    """A service whose package is in `source` counts as installed, here and in processes that start meanwhile."""
    with tempfile.TemporaryDirectory() as described, pytest.MonkeyPatch.context() as patch:
        distribution = Path(described, f"wsis_{name}-0.1.dist-info")
        distribution.mkdir()
        (distribution / "METADATA").write_text(f"Metadata-Version: 2.1\nName: wsis-{name}\nVersion: 0.1\n")
        (distribution / "entry_points.txt").write_text(f"[wsis.services]\n{name} = wsis_{name}.{manifest}:plugin\n")
        paths = [str(source), described]
        patch.setenv("PYTHONPATH", os.pathsep.join([*paths, *filter(None, [os.environ.get("PYTHONPATH")])]))
        for path in paths:
            patch.syspath_prepend(path)
        yield

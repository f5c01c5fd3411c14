"""A service with one of everything: the scaffold, grown by the modules of guild/. It is installed by a path alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from wsis_scaffold import write

NAME = "guild"
GROWTH = Path(__file__).with_name(NAME)


@contextmanager
def installed(folder: Path) -> Iterator[Path]:
    """The service in `folder`, on the path of this process and of those that it starts."""
    write(NAME, folder)
    source = folder / NAME / "src"
    package = source / f"wsis_{NAME}"
    for module in GROWTH.glob("*.py"):
        shutil.copy(module, package)
    for texts in GROWTH.glob("*.yaml"):
        shutil.copy(texts, package / "notices")
    distribution = source / f"wsis_{NAME}-0.1.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text(f"Metadata-Version: 2.1\nName: wsis-{NAME}\nVersion: 0.1\n")
    (distribution / "entry_points.txt").write_text(f"[wsis.services]\n{NAME} = wsis_{NAME}.manifest:plugin\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(source), os.environ.get("PYTHONPATH")])))
        patch.syspath_prepend(str(source))
        yield package

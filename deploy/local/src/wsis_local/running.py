"""The settings of what runs here, the suite or its infrastructure: its stack writes them, commands, tests and the demo
read them.

They are in `.run/environment`, one `NAME=value` per line as a shell reads them; the file contains secrets, so its
owner alone can read it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from wsis_local.supervise import Supervisor
from wsis_shared.settings import PREFIX

FILE = "environment"
INFRASTRUCTURE = "infrastructure"  # below the run directory: the stack of `wsis up --infrastructure`


class NotRunning(Exception):
    """No suite runs in the run directory. The message is one line that says what to do about it."""


def save(folder: Path, environment: Mapping[str, str]) -> None:
    """Write the suite's settings of `environment` to `folder`."""
    settings = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    path = folder / FILE
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(settings.items())))


def run_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """WSIS_RUN_DIR, or `.run`."""
    return Path(environ.get("WSIS_RUN_DIR", ".run")).resolve()


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings of the suite that runs in WSIS_RUN_DIR (`.run`). Raises NotRunning."""
    folder = run_dir(environ)
    if (found := _read(folder)) is None:
        raise NotRunning(f"no suite runs in {folder}: start one with `make run`, in another terminal")
    return found


def infrastructure(environ: Mapping[str, str] = os.environ) -> dict[str, str] | None:
    """The settings of the broker, store and mail catcher of `wsis up --infrastructure`; None when they do not run."""
    return _read(run_dir(environ) / INFRASTRUCTURE)


def _read(folder: Path) -> dict[str, str] | None:
    path = folder / FILE
    if not path.exists() or not Supervisor(folder).runs():
        return None
    return dict(line.split("=", 1) for line in shlex.split(path.read_text()))

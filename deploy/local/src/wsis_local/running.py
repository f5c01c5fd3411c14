"""The settings of the suite that runs here: its stack writes them, commands and the demo read them.

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


class NotRunning(Exception):
    """No suite runs in the run directory. The message is one line that says what to do about it."""


def save(run_dir: Path, environment: Mapping[str, str]) -> None:
    """Write the suite's settings of `environment` to `run_dir`."""
    settings = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    path = run_dir / FILE
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(settings.items())))


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings of the suite that runs in WSIS_RUN_DIR (`.run`). Raises NotRunning."""
    run_dir = Path(environ.get("WSIS_RUN_DIR", ".run")).resolve()
    path = run_dir / FILE
    if not path.exists() or not Supervisor(run_dir).runs():
        raise NotRunning(f"no suite runs in {run_dir}: start one with `make run`, in another terminal")
    return dict(line.split("=", 1) for line in shlex.split(path.read_text()))

"""What ended by itself in a stack, and was started again: tests that met it fail without a word of why."""

from __future__ import annotations

import re
from pathlib import Path

UNASKED = re.compile(r"exited: (\S+) \((.*); not expected\)")  # as supervisord writes it
FATAL = re.compile(r'"s":"F"|\[critical\]')  # as MongoDB and RabbitMQ do
MOST = 2_000  # characters of a line


def ended(logs: Path) -> list[str]:
    """One line for each end, with what the program's own log says of fatal errors."""
    log, lines = logs / "supervisord.log", []
    for name, how in UNASKED.findall(log.read_text()) if log.exists() else ():
        said = (logs / f"{name}.log").read_text(errors="replace").splitlines()
        lines += [f"{name} ended: {how}", *(line[:MOST] for line in said if FATAL.search(line))]
    return lines

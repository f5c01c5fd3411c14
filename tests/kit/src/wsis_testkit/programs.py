"""Starts the programs of the suite: from a fork server (`fork_server.py`), or as processes that share nothing."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from wsis_local.patience import factor

COMMANDS = {
    "service": [sys.executable, "-m", "wsis_shared.serve"],
    "process": [str(Path(sys.executable).with_name("wsis")), "run"],
    "gateway": [sys.executable, "-m", "gunicorn", "-c"],
}
POLL_SECONDS = 0.02
# Before tests add plugins of their own, which read settings when they are imported: by each child. A mutant is in it.
BEGUN_WITH = os.environ.get("PYTHONPATH", "")
STARTS: Counter[str] = Counter()  # in this session, by kind
LOGS: set[Path] = set()  # of these, and of other programs that tests have started


class ForkServer:
    """Forks programs of one kind. It ends, with all that it has started, when this process does."""

    def __init__(self, kind: str) -> None:
        outside = {name: value for name, value in os.environ.items() if name[:5] != "WSIS_"}
        outside["PYTHONPATH"] = BEGUN_WITH
        script = Path(__file__).with_name("fork_server.py")
        self._server = subprocess.Popen(
            [sys.executable, "-P", str(script), kind],
            env=outside,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pid = self._server.pid
        self._one_at_a_time = threading.Lock()
        atexit.register(self.close)

    def ask(self, **request: Any) -> Any:
        """Send a request and return the answer."""
        requests, answers = self._server.stdin, self._server.stdout
        assert requests is not None
        assert answers is not None
        with self._one_at_a_time:
            requests.write(json.dumps(request) + "\n")
            requests.flush()
            answer = answers.readline()
        assert answer, f"the fork server ended: {self._server.wait()}"
        return json.loads(answer)

    def close(self) -> None:
        """End it, and what it has started."""
        self._server.communicate()


fork_server = cache(ForkServer)  # one of each kind


class Forked:
    """A process that a fork server has started; it offers what tests use of subprocess.Popen."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self._server, self.pid = server, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        if self.returncode is None:
            self.returncode = self._server.ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status. Raises subprocess.TimeoutExpired."""
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(POLL_SECONDS)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:  # until the end is asked for, no other process has this id
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it now."""
        self.send_signal(signal.SIGKILL)


Running = Forked | subprocess.Popen[bytes]


def start(kind: str, arguments: list[str], environment: Mapping[str, str], log: Path, *, real: bool = False) -> Running:
    """Start a program of COMMANDS in a process group of its own, with `environment` added to that of this process.

    `real`: by its command, for tests of the start itself, of a stop or of memory, and for what was just installed. So
    is what gets a PYTHONPATH of its own, since that may change what is imported: other clocks, former commits.
    """
    settings = {**os.environ, **environment}
    log.touch()
    LOGS.add(log)
    if real or settings.get("PYTHONPATH") != os.environ.get("PYTHONPATH"):
        STARTS[f"{kind} by command"] += 1
        with log.open("ab") as file:
            return subprocess.Popen(
                [*COMMANDS[kind], *arguments], env=settings, stdout=file, stderr=file, process_group=0
            )
    STARTS[f"{kind} by fork"] += 1
    server = fork_server(kind)
    return Forked(server, server.ask(start=arguments, environment=settings, folder=os.getcwd(), log=str(log)))


def stop(process: Running, number: int = signal.SIGTERM, seconds: float = 30.0) -> int:
    """Send a signal and wait for the end; returns the exit status."""
    if process.poll() is None:
        process.send_signal(number)
    return process.wait(seconds * factor())


def kill(process: Running | None) -> None:
    """End it with its children, whatever they do: for what nobody asks any more."""
    if process is not None and process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

"""The local stack's interface to Supervisor: its configuration file from programs, and an XML-RPC client.

Why Supervisor: docs/decisions/0003-process-supervisor.md.
"""

from __future__ import annotations

import contextlib
import getpass
import math
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes; Supervisor appends its process id while it makes the socket
OPEN_FILES = 65_536  # what RabbitMQ likes to have; the hard limit of the account caps it
INFRASTRUCTURE = "infrastructure"  # the group of what stops when all who use it have ended, side by side
PORT_MAPPER = "port-mapper"  # the group of what stops last: a node that misses it starts another, which outlives it
GATEWAY = "gateway"  # the group of what stops first
# Seconds after the gateway in which it finishes what is in flight; then the services stop too.
GATEWAY_LEAD = 0.5
POLL_SECONDS = 0.05
LOGS: set[Path] = set()  # folders with the logs of the programs that this process has started


@dataclass(frozen=True)
class Program:
    """One program to keep running. Programs start in order of `priority` and stop in the reverse order."""

    name: str
    argv: tuple[str, ...]
    priority: int
    env: Mapping[str, str] = field(default_factory=dict)
    processes: int = 1
    group: str = ""  # programs of a group stop together, side by side
    autostart: bool = True
    standby: bool = False  # starts when somebody asks for it
    start_seconds: int = 1  # dead before that: tried again after 1, 2, 3, ... seconds; after that: at once
    stop_seconds: int = 15  # then it is killed


@dataclass(frozen=True)
class ProcessState:
    name: str
    state: str  # RUNNING, STARTING, BACKOFF (waits before the next try), FATAL (gave up), STOPPED, EXITED, STOPPING
    pid: int  # 0 when it does not run


class Supervisor:
    """A supervisord of our own, in the foreground, for the programs of one run directory."""

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir
        self.logs = run_dir / "logs"
        self._process: subprocess.Popen[bytes] | None = None

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self, programs: Iterable[Program], env: Mapping[str, str]) -> None:
        """Start supervisord with `env` and the programs that start by themselves; returns at once."""
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        LOGS.add(self.logs)
        configuration = self.run_dir / "supervisord.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(_render(programs, self.run_dir, self._make_socket_path()))
        argv = [*_die_with_parent(), sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)]
        # Its own session: Ctrl-C reaches this process alone, which stops the programs in order.
        self._process = subprocess.Popen(
            argv,
            env=dict(env),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def runs(self) -> bool:
        """True while a supervisord (of this or an earlier call) responds for this run directory."""
        try:
            self.call("getPID")
        except (OSError, Fault):
            return False
        return True

    def exited(self) -> bool:
        """True when the supervisord that we started has ended."""
        return self._process is None or self._process.poll() is not None

    def stop(self, timeout: float = 90) -> None:
        """Stop every program in order, then supervisord; after `timeout` kill the rest.

        Supervisor's own shutdown stops one group after the other and polls once a second. This one stops the services
        while the gateway closes its connections, the infrastructure when both have ended, and then the port mapper.
        """
        deadline = time.monotonic() + timeout
        pids: list[int] = []
        try:
            pids = [process.pid for process in self.processes() if process.pid]
            self._stop(lambda info: info["group"] == GATEWAY, time.monotonic() + GATEWAY_LEAD)
            self._stop(lambda info: info["group"] not in (INFRASTRUCTURE, PORT_MAPPER), deadline)
            self._stop(lambda info: info["group"] != PORT_MAPPER, deadline)
            self._stop(lambda _info: True, deadline)
            self.call("shutdown")
        except (OSError, Fault):
            if self._process and not self.exited():
                self._process.terminate()
        if self._process:
            try:
                self._process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                for pid in pids:
                    kill_group(pid, signal.SIGKILL)
                self._process.kill()
                self._process.wait()
            self._process = None
        self._drop_socket()

    def _stop(self, chosen: Callable[[Mapping[str, object]], bool], until: float = math.inf) -> None:
        """Signal the processes, side by side, and wait for their end, at most `until`.

        Each poll wakes supervisord, which then detects ended processes. It would wait for their end itself, but keeps a
        processor busy meanwhile.
        """
        signalled: set[str] = set()
        while True:
            left = [info for info in self.call("getAllProcessInfo") if chosen(info) and _is_alive(info)]
            for name in {_full_name(info) for info in left} - signalled:
                with contextlib.suppress(Fault):  # it has just ended by itself
                    self.call("stopProcess", name, False)
                    signalled.add(name)
            if not left or time.monotonic() > until:
                return
            time.sleep(POLL_SECONDS)

    # -- requests -----------------------------------------------------------------------------------------------------

    def call(self, method: str, *arguments: object) -> Any:
        """Call a method of its XML-RPC interface; raises OSError when it does not run, Fault when it refuses."""
        address = self._socket_path()
        if not address.exists():
            raise FileNotFoundError(f"no supervisor runs in {self.run_dir}")
        proxy = ServerProxy("http://localhost", transport=SupervisorTransport(None, None, f"unix://{address}"))
        return getattr(proxy.supervisor, method)(*arguments)

    def processes(self) -> list[ProcessState]:
        return [ProcessState(info["name"], info["statename"], info["pid"]) for info in self.call("getAllProcessInfo")]

    def start_program(self, name: str) -> None:
        for full_name, _ in self._matching(name):
            self.call("startProcess", full_name, False)

    def stop_program(self, name: str) -> None:
        """Stop the program in good order and leave it stopped; returns when it has stopped."""
        names = {full_name for full_name, _ in self._matching(name)}
        self._stop(lambda info: _full_name(info) in names)

    def signal(self, name: str, number: int) -> list[int]:
        """Send a signal to every process of the program, children included; returns the ids it went to."""
        pids = [pid for _, pid in self._matching(name) if pid]
        for pid in pids:
            kill_group(pid, number)
        return pids

    def _matching(self, name: str) -> list[tuple[str, int]]:
        """(full name, pid) of a program's processes: `voting` means all of voting-0, voting-1, ..."""
        found = [
            (_full_name(info), info["pid"])
            for info in self.call("getAllProcessInfo")
            if info["name"] == name or info["name"].removeprefix(f"{name}-").isdecimal()
        ]
        if not found:
            raise KeyError(name)
        return found

    # -- the socket ---------------------------------------------------------------------------------------------------

    def _make_socket_path(self) -> Path:
        """Where the socket goes: the run directory, or a short path noted there when that one is too long."""
        self._drop_socket()  # of a stack that was killed
        path = self.run_dir / "supervisor.sock"
        if len(str(path)) <= SOCKET_PATH_LIMIT:
            return path
        path = Path(tempfile.mkdtemp(prefix="wsis-")) / "supervisor.sock"
        (self.run_dir / "supervisor.socket-path").write_text(str(path))
        return path

    def _socket_path(self) -> Path:
        note = self.run_dir / "supervisor.socket-path"
        return Path(note.read_text()) if note.exists() else self.run_dir / "supervisor.sock"

    def _drop_socket(self) -> None:
        note = self.run_dir / "supervisor.socket-path"
        if note.exists():
            shutil.rmtree(Path(note.read_text()).parent, ignore_errors=True)
            note.unlink()


def _full_name(info: Mapping[str, object]) -> str:
    return f"{info['group']}:{info['name']}"


def _is_alive(info: Mapping[str, object]) -> bool:
    return info["statename"] in ("STARTING", "RUNNING", "BACKOFF", "STOPPING")


def kill_group(pid: int, number: int) -> None:
    """Signal a supervised process and its children: Supervisor makes each the leader of a process group."""
    with contextlib.suppress(ProcessLookupError):  # it has gone already, which is what a kill wants
        os.killpg(pid, number)


def _die_with_parent() -> list[str]:
    """A command prefix that stops supervisord when this process is killed (util-linux, Linux only)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []


def _render(programs: Iterable[Program], run_dir: Path, socket_path: Path) -> str:
    programs = list(programs)
    hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    open_files = OPEN_FILES if hard_limit == resource.RLIM_INFINITY else min(OPEN_FILES, hard_limit)
    sections: dict[str, dict[str, object]] = {
        "supervisord": {
            "nodaemon": "true",
            "silent": "true",
            "logfile": run_dir / "logs" / "supervisord.log",
            "pidfile": run_dir / "supervisord.pid",
            "minfds": open_files,
            "user": getpass.getuser(),
        },
        "unix_http_server": {"file": socket_path, "chmod": "0700"},
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
    }
    for program in programs:
        sections[f"program:{program.name}"] = _section(program, run_dir)
    for group in dict.fromkeys(program.group for program in programs if program.group):
        members = [program for program in programs if program.group == group]
        sections[f"group:{group}"] = {
            "programs": ",".join(member.name for member in members),
            "priority": min(member.priority for member in members),
        }
    blocks = (
        f"[{name}]\n" + "".join(f"{key}={str(value).replace('%', '%%')}\n" for key, value in section.items())
        for name, section in sections.items()
    )
    # Supervisor fills in %(process_num)d, the one place where a percent sign is not a plain character.
    return "\n".join(blocks).replace("%%(process_num)d", "%(process_num)d")


def _section(program: Program, run_dir: Path) -> dict[str, object]:
    process = program.name if program.processes == 1 else f"{program.name}-%(process_num)d"
    return {
        "command": shlex.join(program.argv),
        "environment": ",".join(f'{key}="{value}"' for key, value in program.env.items()),
        "process_name": process,
        "numprocs": program.processes,
        "directory": run_dir,
        "priority": program.priority,
        "autostart": str(program.autostart and not program.standby).lower(),
        "autorestart": "true",
        "startsecs": program.start_seconds,
        "startretries": 20,  # in a row, which takes minutes; then it is FATAL
        "stopsignal": "TERM",
        "stopwaitsecs": program.stop_seconds,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": run_dir / "logs" / f"{process}.log",
        "stdout_logfile_maxbytes": "20MB",
        "stdout_logfile_backups": 2,
    }

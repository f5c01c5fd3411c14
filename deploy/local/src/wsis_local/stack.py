"""The whole suite, or a part of it, on this machine: broker, store, mail catcher, services, gateway.

    with Stack(tmp_path) as stack:            # free ports, nothing borrowed: for tests
        httpx.get(stack.gateway_uri + "/v1/...")
        stack.kill("voting")                  # Supervisor starts it again

    with Stack(tmp_path, parts=INFRASTRUCTURE) as stack:
        stack.broker.make_vhost("test"), stack.store.uri, stack.mail.web_uri

Its data, logs and sockets are in its run directory, so a later stack there continues with the same data.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from wsis_local import broker, mail, running, services, store
from wsis_local.broker import Broker
from wsis_local.mail import Mail
from wsis_local.mongod import Mongod
from wsis_local.patience import Deadline, load
from wsis_local.ports import LOOPBACK, CannotStart, Ports
from wsis_local.secret import kept_secret
from wsis_local.store import Store
from wsis_local.supervise import Program, Supervisor
from wsis_shared.settings import Suite

INFRASTRUCTURE = ("broker", "store", "mail")
EVERYTHING = (*INFRASTRUCTURE, "services", "gateway")
POLL_SECONDS, LONGEST_POLL_SECONDS = 0.1, 0.5  # between two looks, each of which costs who has to start meanwhile
LOG_TAIL = 2_000  # characters of a program's log in an error


class Stack:
    """One stack. `start()` returns when all requested parts are ready; `stop()` leaves no process running.

    parts     what to run, of EVERYTHING
    services  names of the services to run; None means every one that is installed
    ports     None means free ones
    borrow    take the broker, store and mail server that `environ` names, or a broker on the standard port,
              in place of private ones
    members   of the private store's replica set: one or three, store-0 to store-2
    brokers   nodes of the private broker: one or three, broker-0 to broker-2
    expiry    False: a private MongoDB deletes nothing that has expired, for tests whose clocks are years off
    environ   the environment that the programs get, with the addresses of the stack added
    """

    broker: Broker
    store: Store | Mongod
    mail: Mail

    def __init__(
        self,
        run_dir: Path,
        *,
        parts: Collection[str] = EVERYTHING,
        services: Collection[str] | None = None,
        ports: Ports | None = None,
        borrow: bool = False,
        members: int = 1,
        brokers: int = 1,
        expiry: bool = True,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.run_dir = Path(run_dir).resolve()
        self.ports = ports or Ports.free()
        self._parts = frozenset(parts)
        self._services = services
        self._borrow = borrow
        self._members, self._brokers, self._expiry = members, brokers, expiry
        self._environ = dict(environ)
        self._supervisor = Supervisor(self.run_dir)

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self, timeout: float = 120) -> Self:
        """Start everything in order and wait until it is ready; on failure no process stays.
        `timeout`: seconds of a quiet machine.

        Raises CannotStart: one line, what is wrong and what to do about it.
        """
        if self._supervisor.runs():
            raise CannotStart(f"a stack already runs in {self.run_dir}: stop it first (Ctrl-C there, or `make down`)")
        self._close_run_dir()
        programs = self._programs()
        running.save(self.run_dir, self.environment())
        deadline = Deadline(timeout)
        try:
            self._supervisor.start(programs, self.environment())
            self.wait_until(self._supervisor.runs, "the supervisor", timeout)
            self._wait_for_infrastructure(deadline)
            if "broker" in self._parts:
                self.broker.store_metadata_by_raft()
            if "services" in self._parts:
                if "store" in self._parts:
                    self.store.make_users(self._prefix)
                self._prepare()
            for program in programs:
                if not (program.autostart or program.standby):
                    self._supervisor.start_program(program.name)
            self.wait_ready(timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def wait_ready(self, timeout: float = 120) -> None:
        """Wait until all processes run, the infrastructure responds and the gateway is ready (/readyz)."""
        deadline = Deadline(timeout)
        self.wait_until(lambda: set(self.states().values()) <= {"RUNNING"}, "the processes", deadline)
        self._wait_for_infrastructure(deadline)
        if "gateway" in self._parts:
            try:
                self.wait_until(lambda: _status(self.readiness_uri)[0] == 200, "the gateway", deadline)
            except CannotStart as error:
                raise CannotStart(f"{error}; /readyz said {_status(self.readiness_uri)}") from None

    def wait_until(self, condition: Callable[[], bool], what: str, deadline: Deadline | float = 60) -> None:
        """Wait for a condition, `deadline` in seconds of a quiet machine.

        Raises CannotStart when time is up, or at once when a program does not start at all.
        """
        deadline = deadline if isinstance(deadline, Deadline) else Deadline(deadline)
        pause = POLL_SECONDS
        while not condition():
            if self._supervisor.exited():
                raise CannotStart(f"the supervisor ended: see {self.logs / 'supervisord.log'}")
            states = self.states() if self._supervisor.runs() else {}
            for name in (name for name, state in states.items() if state == "FATAL"):
                raise CannotStart(f"{name} does not start: {self._log_tail(name)}")
            if deadline.passed:
                late = ", ".join(f"{name} {state}" for name, state in states.items() if state != "RUNNING")
                raise CannotStart(f"{what} did not get ready in time ({late or 'all run'}; {load()}): see {self.logs}")
            time.sleep(pause)
            pause = min(pause * 1.2, LONGEST_POLL_SECONDS)

    def stop(self) -> None:
        """Stop the gateway, then the services, then the infrastructure; safe to call twice."""
        self._supervisor.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- where things are ---------------------------------------------------------------------------------------------

    @property
    def gateway_uri(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['gateway']}"

    @property
    def readiness_uri(self) -> str:
        """/readyz of the gateway, on its metrics port."""
        return f"http://{LOOPBACK}:{self.ports['gateway_metrics']}/readyz"

    @property
    def logs(self) -> Path:
        """The folder with one log per process: voting.log, or voting-0.log, voting-1.log, ..."""
        return self._supervisor.logs

    def environment(self) -> dict[str, str]:
        """The environment of the programs: the settings that lead to this stack."""
        own = {
            "WSIS_SECRET": kept_secret(self.run_dir / "secret"),
            "WSIS_PUBLIC_URL": self.gateway_uri,
            "WSIS_LOG_DIR": str(self.run_dir / "public-log"),
        }
        own |= services.addresses(self.ports) if "services" in self._parts else {}
        env = own | self._environ | self.ports.as_environment() | {"WSIS_RUN_DIR": str(self.run_dir)}
        if "broker" in self._parts:
            env["WSIS_AMQP_URI"] = self.broker.amqp_uri
            if self.broker.management_uri:
                env["WSIS_AMQP_MANAGEMENT_URI"] = self.broker.management_uri
                # Agencies' queues are on the same broker here, in a virtual host of their own.
                env["WSIS_AGENCIES_MANAGEMENT_URI"] = self.broker.management_uri
                env["WSIS_AGENCIES_AMQP_URI"] = self.broker.amqp_uri
        if "store" in self._parts:
            env["WSIS_MONGO_URI"] = self.store.uri
        if "mail" in self._parts:
            env["WSIS_SMTP_URI"] = self.mail.smtp_uri
            if self.mail.web_uri:
                env["WSIS_MAIL_WEB_URI"] = self.mail.web_uri
        return env

    # -- faults -------------------------------------------------------------------------------------------------------

    def pids(self) -> dict[str, int]:
        """Process ids by name (`voting`, or `voting-0`, ...) of what runs now."""
        return {process.name: process.pid for process in self._supervisor.processes() if process.pid}

    def states(self) -> dict[str, str]:
        """Supervisor's states by process name: RUNNING, BACKOFF, FATAL, ..."""
        return {process.name: process.state for process in self._supervisor.processes()}

    def kill(self, name: str, number: int = signal.SIGKILL) -> list[int]:
        """Send a signal to all processes of a program, or to one (`voting-0`), and return their ids: SIGSTOP freezes,
        SIGCONT thaws. Supervisor restarts those that exit."""
        return self._supervisor.signal(name, number)

    def stop_program(self, name: str) -> None:
        """Stop a program; it stays stopped until `start_program` or `resume`."""
        self._supervisor.stop_program(name)

    def start_program(self, name: str) -> None:
        """Start a stopped program; returns at once."""
        self._supervisor.start_program(name)

    def resume(self, name: str, timeout: float = 120) -> None:
        """Start a stopped program and wait until everything is ready again."""
        self.start_program(name)
        self.wait_ready(timeout)

    # -- how ----------------------------------------------------------------------------------------------------------

    def _close_run_dir(self) -> None:
        """Make the run directory; close one that is there and open to others. Raises CannotStart."""
        self.run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self.run_dir.chmod(0o700)
        except PermissionError:
            raise CannotStart(f"{self.run_dir} is somebody else's: set WSIS_RUN_DIR to a folder of your own") from None

    def _programs(self) -> list[Program]:
        """The programs to run. Raises CannotStart while a port that they need is in use."""
        programs: list[Program] = []
        kinds: dict[str, tuple[Any, Callable[..., Any]]] = {
            "broker": (broker, partial(broker.private, nodes=self._brokers)),
            "store": (store, partial(store.private, members=self._members, expiry=self._expiry)),
            "mail": (mail, mail.private),
        }
        for name, (kind, private) in kinds.items():
            if name not in self._parts:
                continue
            found = (kind.find(self._environ) if self._borrow else None) or private(self.run_dir, self.ports)
            setattr(self, name, found)
            if found.programs:
                self.ports.require_free(kind.PORT_NAMES)
                programs += found.programs
        stores = self.store.addresses(self._prefix) if "store" in self._parts else {}
        if "services" in self._parts:
            self.ports.require_free(services.ports(self._services))
            programs += services.programs(self._services, self._environ, stores)
        if "gateway" in self._parts:
            self.ports.require_free(["gateway", "gateway_metrics"])
            programs.append(self._gateway_program(stores))
        return programs

    def _gateway_program(self, stores: Mapping[str, str]) -> Program:
        try:
            argv = (sys.executable, "-m", "gunicorn", "-c", str(files("wsis_gateway").joinpath("gunicorn.conf.py")))
        except ModuleNotFoundError:
            raise CannotStart("no gateway: `pip install ./gateway`") from None
        env = services.store_of("gateway", stores)
        grace = services.grace_seconds(self._environ)
        return Program("gateway", argv, priority=60, env=env, autostart=False, start_seconds=3, stop_seconds=grace)

    @property
    def _prefix(self) -> str:
        return Suite.load(self._environ).mongo_prefix

    def _prepare(self) -> None:
        prepare = [str(Path(sys.executable).with_name("wsis")), "prepare", *(self._services or ())]
        done = subprocess.run(prepare, env=self.environment(), capture_output=True, text=True)
        if done.returncode:
            raise CannotStart(f"`wsis prepare` failed: {(done.stderr or done.stdout)[-LOG_TAIL:].strip()}")

    def _wait_for_infrastructure(self, deadline: Deadline) -> None:
        for name in INFRASTRUCTURE:
            if name in self._parts:
                self.wait_until(getattr(self, name).answers, f"the {name}", deadline)

    def _log_tail(self, process: str) -> str:
        path = self.logs / f"{process}.log"
        return f"{path}\n{path.read_text(errors='replace')[-LOG_TAIL:]}" if path.exists() else str(path)


def _status(uri: str) -> tuple[int, str]:
    """The status (0: no answer) and what was said."""
    try:
        with urllib.request.urlopen(uri, timeout=5) as answer:  # noqa: S310 -- the address is our own
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:  # urllib's errors and a refused connection alike
        return 0, str(error)

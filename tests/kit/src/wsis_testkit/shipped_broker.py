"""Nodes of a broker that boot with the very files of deploy/: configuration, plugins, definitions of the manifests."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

from wsis_local import broker
from wsis_local.ports import LOOPBACK, Ports
from wsis_local.supervise import Program
from wsis_testkit import programs, wait_for
from wsis_testkit.process import free_port

DEPLOY = broker.SHIPPED.parents[1]
IN_THE_CONTAINER = "/etc/rabbitmq/definitions.json"


class ShippedBroker:
    """One node, or three as a cluster. Of the configuration only the path of the definitions and the names of the nodes
    are others, and the ports are added. `passwords` are those of its users, by name."""

    def __init__(self, folder: Path, nodes: int = 1) -> None:
        self._folder, self._ports = folder, Ports.free()
        _script("passwords.py", str(folder))
        passwords = folder / "passwords.json"
        self.definitions = folder / "definitions.json"
        self.definitions.write_text(_script("rabbitmq/definitions.py", str(passwords)))
        self.passwords: dict[str, str] = json.loads(passwords.read_text("utf-8"))
        self._private = broker.private(folder, self._ports, nodes)
        self.names = self._private.nodes
        self.hosts = [address.rpartition("@")[2].strip("/") for address in self._private.amqp_uri.split(";")]
        self._epmd, *self._programs = self._private.programs
        for program in self._programs:
            self._configure(Path(program.env["RABBITMQ_CONFIG_FILE"]), program)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def _configure(self, path: Path, program: Program) -> None:
        text = broker.SHIPPED.read_text("utf-8")
        assert text.count(IN_THE_CONTAINER) == 1
        number = self._programs.index(program)
        http = self._ports["broker_http" if number == 0 else f"broker_http_{number}"]
        path.write_text(
            text.replace(IN_THE_CONTAINER, str(self.definitions))
            + (broker.cluster_of(self.names) if len(self.names) > 1 else "")
            + f"listeners.tcp.1 = {self.hosts[number]}\n"
            + f"management.tcp.ip = {LOOPBACK}\nmanagement.tcp.port = {http}\n"
            + f"prometheus.tcp.ip = {LOOPBACK}\nprometheus.tcp.port = {free_port()}\n"
        )
        shutil.copy(DEPLOY / "rabbitmq/enabled_plugins", program.env["RABBITMQ_ENABLED_PLUGINS_FILE"])

    def __enter__(self) -> Self:
        try:
            for program in (self._epmd, *self._programs):
                self._start(program)
            wait_for(self._boots, 90, "the broker to boot")
            self._private.store_metadata_by_raft()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._running.values()):
            _signal(process, signal.SIGKILL)
            process.wait()

    def _start(self, program: Program) -> None:
        programs.LOGS.add(self._log(program))
        with self._log(program).open("ab") as out:
            self._running[program.name] = subprocess.Popen(
                program.argv,
                env={**os.environ, **program.env},
                stdout=out,
                stderr=out,
                cwd=self._folder,
                start_new_session=True,
            )

    def _log(self, program: Program) -> Path:
        return self._folder / f"{program.name}.log"

    def _boots(self) -> bool:
        for program in self._programs:
            said = self._log(program).read_text("utf-8", "replace")[-3000:]
            assert self._running[program.name].poll() is None, said
        return all(broker.accepts(uri) for uri in self.uri("gateway").split(";"))

    def uri(self, user: str) -> str:
        """The addresses of all nodes, with `;` between them."""
        return ";".join(f"amqp://{user}:{self.passwords[user]}@{host}/wsis" for host in self.hosts)

    def request(self, path: str, node: int = 0) -> Any:
        """What the management API of a node says to the operator."""
        http = self._ports["broker_http" if node == 0 else f"broker_http_{node}"]
        operator = f"operator:{self.passwords['operator']}@{LOOPBACK}"
        return broker.Broker("", f"http://{operator}:{http}").request("GET", path)

    @property
    def management(self) -> str:
        """host:port of the management API of the first node."""
        return f"{LOOPBACK}:{self._ports['broker_http']}"

    def control(self, *arguments: str) -> str:
        """What rabbitmqctl prints, on the first node."""
        return self._private.ctl("-n", self.names[0], *arguments)

    def send(self, node: int, number: int) -> None:
        """A signal to a node: SIGSTOP, SIGCONT, SIGKILL."""
        _signal(self._running[self._programs[node].name], number)

    def start_again(self, node: int) -> None:
        """After it was killed."""
        self._running[self._programs[node].name].wait()
        self._start(self._programs[node])

    def evaluate(self, node: int, expression: str) -> str:
        """Let a node evaluate Erlang."""
        return self._private.ctl("-n", self.names[node], "eval", expression)

    def cut_off(self, node: int) -> None:
        """The node and the others refuse each other; clients reach it as before. `heal` ends it."""
        others = [name for name in self.names if name != self.names[node]]
        cut = "".join(f"erlang:set_cookie('{name}', cut), erlang:disconnect_node('{name}'), " for name in others)
        self.evaluate(node, f"{cut} ok.")

    def heal(self, node: int) -> None:
        """They accept each other again."""
        others = [name for name in self.names if name != self.names[node]]
        heal = "".join(f"erlang:set_cookie('{name}', erlang:get_cookie()), " for name in others)
        self.evaluate(node, f"{heal} ok.")


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _script(name: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, str(DEPLOY / name), *arguments], capture_output=True, text=True, check=True
    ).stdout

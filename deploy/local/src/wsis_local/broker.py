"""The broker of a local stack: one that is there already, or a private RabbitMQ from the installed package: a node, or
three for the tests of faults.

The order: `WSIS_AMQP_URI`; a broker on the standard port that lets `guest` in; a private node.
A private node has its own name, ports, cookie, password and data, listens on loopback only and needs no root.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from kombu import Connection
from kombu.exceptions import OperationalError
from wsis_local.ports import LOOPBACK, CannotStart, Ports, listens
from wsis_local.secret import USER, kept_login, kept_secret
from wsis_local.supervise import INFRASTRUCTURE, PORT_MAPPER, Program

STANDARD_PORT, STANDARD_MANAGEMENT_PORT = 5672, 15672
# The package's own scripts: the ones in /usr/sbin change to the user `rabbitmq` first, which needs root.
SCRIPTS = Path("/usr/lib/rabbitmq/bin")
NODE = "wsis"  # the data belongs to the name, so it stays the same when the ports move
NODE_PORTS = ("broker", "broker_http", "broker_dist")
PORT_NAMES = (*NODE_PORTS, "epmd", *(f"{name}_{node}" for name in NODE_PORTS for node in (1, 2)))

# The limits are those of production; a user, ports and the space of this machine are the node's own.
SHIPPED = Path(__file__).parents[3] / "rabbitmq/rabbitmq.conf"
SHIPPED_CLUSTER = SHIPPED.with_name("cluster.conf")
CONFIGURATION = """\
listeners.tcp.1 = {host}:{broker}
management.tcp.ip = {host}
management.tcp.port = {broker_http}
default_user = {user}
default_pass = {password}
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
disk_free_limit.absolute = 100MB
log.file = false
"""
ERLANG_FLAGS = (
    # Idle schedulers sleep instead of spinning: on a small machine the spinning costs the services a core.
    "+sbwt none +sbwtdcpu none +sbwtdio none "
    "-kernel inet_dist_use_interface {127,0,0,1} "
    # The port mapper is a supervised program here: one started by Erlang would outlive the node.
    "-start_epmd false"
)
MISSING = (
    "no RabbitMQ: `apt-get install rabbitmq-server` (root), or `docker run -d -p 5672:5672 rabbitmq:4` "
    "and WSIS_AMQP_URI=amqp://guest:guest@127.0.0.1:5672/"
)


@dataclass(frozen=True)
class Broker:
    """A broker to use, by the addresses of its nodes with `;` between them. `programs` are those that the stack runs
    for it: none for an external broker. `nodes` are their names."""

    amqp_uri: str = field(repr=False)
    management_uri: str | None = field(repr=False)
    programs: tuple[Program, ...] = ()
    scripts_env: Mapping[str, str] | None = field(default=None, repr=False)
    nodes: tuple[str, ...] = ()

    def answers(self) -> bool:
        """True when each node accepts our login."""
        return all(map(accepts, self.amqp_uri.split(";")))

    def ctl(self, *arguments: str, timeout: float = 60) -> str:
        """Run `rabbitmqctl` on the private node and return what it prints; takes seconds, as it starts an Erlang.

        Raises LookupError for a broker that is not ours, CalledProcessError when rabbitmqctl fails.
        """
        if self.scripts_env is None:
            raise LookupError("rabbitmqctl serves the private node only")
        command = [str(SCRIPTS / "rabbitmqctl"), "--quiet", *arguments]
        env = {**os.environ, **self.scripts_env}
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=timeout).stdout

    def store_metadata_by_raft(self) -> None:
        """As several nodes need it (docs/runbooks/broker-cluster.md); they must all run."""
        if len(self.nodes) > 1:
            self.ctl("enable_feature_flag", "--experimental", "khepri_db")

    def make_vhost(self, name: str) -> str:
        """Create an empty vhost, in milliseconds, and return its AMQP address."""
        user = unquote(urlsplit(self.amqp_uri).username or "guest")
        self.request("PUT", f"vhosts/{quote(name, safe='')}")
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self.request("PUT", f"permissions/{quote(name, safe='')}/{quote(user, safe='')}", everything)
        return urlunsplit(urlsplit(self.amqp_uri)._replace(path="/" + quote(name, safe="")))

    def drop_vhost(self, name: str) -> None:
        """Remove a vhost and all in it; connections to it are closed."""
        self.request("DELETE", f"vhosts/{quote(name, safe='')}")

    def request(self, method: str, path: str, body: object = None) -> object:
        """Call the management API (`path` is relative to /api/) and return its JSON, or None.

        Raises LookupError when the broker has no management address, urllib's HTTPError for a refusal.
        """
        if self.management_uri is None:
            raise LookupError("this broker has no management address: set WSIS_AMQP_MANAGEMENT_URI")
        parts = urlsplit(self.management_uri)
        login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
        request = urllib.request.Request(  # noqa: S310 -- the address is our own
            urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], f"/api/{path}", "", "")),
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {b64encode(login).decode()}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- same
            text = answer.read()
        return json.loads(text) if text else None


def find(environ: Mapping[str, str]) -> Broker | None:
    """An existing broker: that of the settings, or one on the standard port, or None."""
    if uri := environ.get("WSIS_AMQP_URI"):
        return Broker(uri, environ.get("WSIS_AMQP_MANAGEMENT_URI"))
    uri = f"amqp://guest:guest@{LOOPBACK}:{STANDARD_PORT}/"
    if not (listens(STANDARD_PORT) and accepts(uri)):
        return None
    has_management = listens(STANDARD_MANAGEMENT_PORT)
    return Broker(uri, f"http://guest:guest@{LOOPBACK}:{STANDARD_MANAGEMENT_PORT}" if has_management else None)


def private(run_dir: Path, ports: Ports, nodes: int = 1) -> Broker:
    """Private nodes with their data under `run_dir`/rabbitmq; raises CannotStart when the package is missing."""
    epmd = shutil.which("epmd")
    if not (SCRIPTS / "rabbitmq-server").exists() or epmd is None:
        raise CannotStart(MISSING)
    home = run_dir / "rabbitmq"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept_secret(home / ".erlang.cookie")  # by which the nodes know each other
    names = [f"{NODE}@localhost"] if nodes == 1 else [f"{NODE}-{number}@localhost" for number in range(nodes)]
    made = [_node(home, ports, names, number) for number in range(nodes)]
    programs = (
        Program(
            "epmd",
            (epmd, "-port", str(ports["epmd"]), "-address", LOOPBACK),
            priority=10,
            env=made[0].env,
            group=PORT_MAPPER,
        ),
        *made,
    )
    login = f"{kept_login(home)}@{LOOPBACK}"
    amqp, http = (
        [ports[name if number == 0 else f"{name}_{number}"] for number in range(nodes)]
        for name in ("broker", "broker_http")
    )
    return Broker(
        ";".join(f"amqp://{login}:{port}/" for port in amqp),
        f"http://{login}:{http[0]}",
        programs,
        made[0].env,
        tuple(names),
    )


def _node(home: Path, ports: Ports, names: list[str], number: int) -> Program:
    own = home if len(names) == 1 else home / str(number)
    own.mkdir(mode=0o700, exist_ok=True)
    port = {name: ports[name if number == 0 else f"{name}_{number}"] for name in NODE_PORTS}
    # Generated once and stored: RabbitMQ reads `default_pass` only when it creates its data.
    configuration = CONFIGURATION.format(host=LOOPBACK, user=USER, password=kept_secret(home / "password"), **port)
    if len(names) > 1:
        configuration += cluster_of(names)
    (own / "rabbitmq.conf").touch(mode=0o600)
    (own / "rabbitmq.conf").write_text(_with_shipped_limits(configuration))
    (own / "enabled_plugins").write_text("[rabbitmq_management].\n")
    (own / "rabbitmq-env.conf").touch()
    env = {
        "HOME": str(home),  # where Erlang keeps the cookie, one for all nodes
        "RABBITMQ_NODENAME": names[number],
        "RABBITMQ_NODE_PORT": str(port["broker"]),
        "RABBITMQ_DIST_PORT": str(port["broker_dist"]),
        "RABBITMQ_MNESIA_BASE": str(own / "data"),
        "RABBITMQ_LOG_BASE": str(own / "log"),
        "RABBITMQ_LOGS": "-",
        "ERL_CRASH_DUMP": str(own / "erl_crash.dump"),  # not in the folder where the command was given
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(own / "enabled_plugins"),
        "RABBITMQ_CONFIG_FILE": str(own / "rabbitmq.conf"),
        # Ours, though the first is empty, so that the machine's own under /etc/rabbitmq are not read.
        "RABBITMQ_CONF_ENV_FILE": str(own / "rabbitmq-env.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(SHIPPED.with_name("advanced.config")),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG_FLAGS,
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "ERL_EPMD_ADDRESS": LOOPBACK,
    }
    program = "broker" if len(names) == 1 else f"broker-{number}"
    argv = (str(SCRIPTS / "rabbitmq-server"),)
    return Program(program, argv, priority=20, env=env, group=INFRASTRUCTURE, stop_seconds=30)


def cluster_of(names: Sequence[str]) -> str:
    """The shipped configuration of a cluster, of nodes with these names."""
    text = SHIPPED_CLUSTER.read_text("utf-8")
    for number, name in enumerate(names):
        text = text.replace(f"rabbit@rabbitmq-{number}\n", f"{name}\n")
    return text


def _with_shipped_limits(own: str) -> str:
    """`own` and each line of the shipped configuration that is of no definitions and sets nothing that `own` sets."""
    ours = {line.partition(" =")[0] for line in own.splitlines()}
    shipped = [line for line in SHIPPED.read_text("utf-8").splitlines() if "=" in line and not line.startswith("#")]
    kept = [line for line in shipped if line.partition(" =")[0] not in ours and not line.startswith("definitions.")]
    return own + "\n".join(kept) + "\n"


def accepts(uri: str) -> bool:
    """True when a broker answers at the address and accepts its login."""
    connection = Connection(uri, connect_timeout=2)
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=2)
    except (OSError, OperationalError, *connection.connection_errors, *connection.channel_errors):
        return False
    finally:
        connection.release()
    return True

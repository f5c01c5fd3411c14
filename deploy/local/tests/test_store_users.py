"""The users that production has in the store, in a local stack: each may do its own work there, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo.errors import OperationFailure
from wsis_local.stack import Stack
from wsis_shared.blobs import gridfs
from wsis_shared.blobs import store as blobs
from wsis_shared.collection_specs import ensure_indexes
from wsis_shared.mongo_connection import Client, connect
from wsis_shared.plugin import discover

UNAUTHORIZED = 13
PREFIX = "users_"
FOUND = discover()
SERVICES = [plugin.name for plugin in FOUND]
PROCESSES = {
    process.full_name(plugin.name): (plugin.name, process.needs) for plugin in FOUND for process in plugin.processes
}


@pytest.fixture(scope="module", autouse=True)
def with_users(stack: Stack) -> None:
    """A document in each database and for the files of each service."""
    stack.store.make_users(PREFIX)
    with connect(stack.store.uri) as client:
        for name in SERVICES:
            client[PREFIX + name]["accounts"].insert_one({"_id": "of " + name})
            client[f"{PREFIX}blobs"][f"{name}.files"].insert_one({"_id": "of " + name})


@pytest.fixture
def client(stack: Stack, user: str) -> Iterator[Client]:
    """The store as this user has it."""
    with connect(stack.store.addresses(PREFIX)[user], stable=False) as client:
        yield client


def may_read(client: Client, database: str, collection: str) -> bool:
    try:
        client[PREFIX + database][collection].find_one()
    except OperationFailure as error:
        if error.code != UNAUTHORIZED:
            raise
        return False
    return True


@pytest.mark.parametrize("user", [*SERVICES, *PROCESSES, "gateway", "backup"])
def test_each_user_reads_its_own_database_and_files_alone(client: Client, user: str) -> None:
    databases = {name for name in SERVICES if may_read(client, name, "accounts")}
    files = {name for name in SERVICES if may_read(client, "blobs", f"{name}.files")}
    if user == "gateway":
        assert (databases, files) == (set(), set(SERVICES))
    elif user == "backup":
        assert (databases, files) == (set(SERVICES), set(SERVICES))
    elif user in SERVICES:
        assert (databases, files) == ({user}, {user})
    else:
        service, needs = PROCESSES[user]
        assert databases == ({service} if "store" in needs else set())
        receiving = {plugin.name for plugin in FOUND if plugin.mailboxes} if "smtp_in" in needs else set()
        assert files == receiving | ({service} if "blobs" in needs else set())


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_can_do_its_work(client: Client, user: str) -> None:
    db, files = client[PREFIX + user], client[f"{PREFIX}blobs"]
    assert ensure_indexes(db, FOUND.get(user).load("collections") or ())
    files[f"{user}.files"].create_indexes(blobs.INDEXES)
    files[f"{user}.chunks"].create_indexes(gridfs.INDEXES)
    with client.start_session() as session:
        session.start_transaction()
        db["leases"].insert_one({"_id": 1}, session=session)
        client.admin.command("killSessions", [{"id": session.session_id["id"]}])
        with pytest.raises(OperationFailure, match="has been aborted"):
            session.commit_transaction()


@pytest.mark.parametrize("user", [*SERVICES, *PROCESSES, "gateway"])
def test_nobody_administers_the_store(client: Client, user: str) -> None:
    service, _ = PROCESSES.get(user, (user, ()))
    own = client[PREFIX + service]
    other = client[PREFIX + next(name for name in SERVICES if name != service)]
    for database, command in (
        (other, {"insert": "accounts", "documents": [{}]}),
        (other, {"delete": "accounts", "deletes": [{"q": {}, "limit": 0}]}),
        (other, {"aggregate": "accounts", "pipeline": [{"$out": "mine"}], "cursor": {}}),
        (other, {"listCollections": 1}),
        (other, {"dropDatabase": 1}),
        (own, {"dropDatabase": 1}),
        (own, {"createUser": "eve", "pwd": "eve", "roles": []}),
        (own, {"grantRolesToUser": user, "roles": [{"role": "root", "db": "admin"}]}),
        (own, {"usersInfo": {"forAllDBs": True}}),
        (client.admin, {"replSetGetConfig": 1}),
        (client.admin, {"currentOp": 1, "$all": True}),
        (client.admin, {"killAllSessions": []}),
        (client.admin, {"shutdown": 1}),
        (client.local, {"find": "oplog.rs", "limit": 1}),
    ):
        with pytest.raises(OperationFailure) as refused:
            database.command(command)
        assert refused.value.code == UNAUTHORIZED, command


@pytest.mark.parametrize("user", ["backup"])
def test_backups_list_all_and_write_nothing(client: Client, user: str) -> None:
    assert {f"{PREFIX}{name}" for name in (*SERVICES, "blobs")} <= set(client.list_database_names())
    for database in (*SERVICES, "blobs"):
        db = client[PREFIX + database]
        assert db.list_collection_names()
        for command in ({"insert": "accounts", "documents": [{}]}, {"create": "more"}, {"dropDatabase": 1}):
            with pytest.raises(OperationFailure) as refused:
                db.command(command)
            assert refused.value.code == UNAUTHORIZED, command
    for name in ("admin", "local"):
        with pytest.raises(OperationFailure):
            client[name].list_collection_names()


@pytest.mark.parametrize("user", ["voting"])
def test_users_are_made_once_and_their_passwords_are_kept(stack: Stack, client: Client, user: str) -> None:
    stack.store.make_users(PREFIX)
    assert may_read(client, user, "accounts")
    with connect(stack.store.addresses(PREFIX)[user]) as again:
        assert may_read(again, user, "accounts")
    kept = Path(stack.run_dir / "store/users")
    assert {path.name for path in kept.iterdir()} == {*SERVICES, *PROCESSES, "gateway", "backup"}
    assert len({path.read_text() for path in kept.iterdir()}) == len([*kept.iterdir()])
    assert all(path.stat().st_mode & 0o077 == 0 for path in [kept, *kept.iterdir()])

"""`wsis backup` and `wsis restore`, on databases of this module's own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from bson import Decimal128, Int64, ObjectId
from click.testing import CliRunner, Result
from wsis_shared.backup import BackupError, archive, commands, nightly, reading
from wsis_shared.backup.settings import Settings
from wsis_shared.backup.writing import backups
from wsis_shared.blobs import s3, store
from wsis_shared.mongo_connection import Client, connect
from wsis_testkit import wait_for

WSIS = str(Path(sys.executable).with_name("wsis"))
KEY = pyrage.x25519.Identity.generate()
CHUNKS = ([b"one"], [b"two" * 100_000, b"three" * 2_000_000], [b""])  # the second in parts
LEAF = b'{"leaf": 1}\n'


@pytest.fixture(scope="module")
def client(environment: dict[str, str]) -> Iterator[Client]:
    with connect(environment["WSIS_MONGO_URI"]) as client:
        yield client
        for name in client.list_database_names():
            if name.startswith("r_" + environment["WSIS_MONGO_PREFIX"]):
                client.drop_database(name)


@pytest.fixture(scope="module", autouse=True)
def suite(environment: dict[str, str], client: Client) -> str:
    """Two databases with what is hard to keep, and a public log."""
    prefix = environment["WSIS_MONGO_PREFIX"]
    db = client[f"{prefix}accounts"]
    db["accounts"].create_index([("email", 1)], unique=True, partialFilterExpression={"email": {"$exists": True}})
    db["accounts"].create_index("at", expireAfterSeconds=3600 * 24 * 365 * 50)
    db["accounts"].insert_many(
        [{"_id": 1, "email": "a@example.org", "n": Int64(2**40)}, {"_id": "1", "d": Decimal128("0.10")}]
    )
    db["accounts"].insert_many([{"_id": ObjectId(), "at": datetime(2026, 1, n, tzinfo=UTC)} for n in range(1, 29)])
    db.create_collection("empty", validator={"x": {"$exists": True}})
    client[f"{prefix}blobs"]["prizes.chunks"].insert_many([{"_id": n, "data": os.urandom(1 << 20)} for n in range(20)])
    client[f"{prefix}prizes"]["purse"].insert_one({"_id": 0, "coins": 50})
    client[f"{prefix}voting"]["purse"].insert_one({"_id": 0, "coins": 50})
    leaves = Path(environment["WSIS_LOG_DIR"]) / "2016/leaves/000000.jsonl"
    leaves.parent.mkdir(parents=True)
    leaves.write_bytes(LEAF)
    return prefix


@pytest.fixture
def run(set_setting: Callable[[str, object], None], tmp_path: Path) -> Callable[..., Result]:
    """`run("backup", to)`, with a key whose private half is in tmp_path/key."""
    (tmp_path / "key").write_text(f"# made by a test\n{KEY}\n")
    set_setting("backup_recipients", KEY.to_public())

    def invoke(name: str, *arguments: object) -> Result:
        return CliRunner().invoke(getattr(commands, name), [str(word) for word in arguments])

    return invoke


@pytest.fixture
def made(run: Callable[..., Result], tmp_path: Path) -> Path:
    """A backup."""
    assert run("backup", tmp_path / "to").exit_code == 0
    [(_, path)] = backups(tmp_path / "to")
    return path


def _content(client: Client, prefix: str) -> dict[str, Any]:
    return {
        f"{name.removeprefix(prefix)}.{row['name']}": (
            row["options"],
            sorted((index["name"], str(index)) for index in client[name][row["name"]].list_indexes()),
            list(client[name][row["name"]].find().sort("_id")),
        )
        for name in client.list_database_names()
        if name.startswith(prefix)
        for row in client[name].list_collections()
    }


def test_what_is_restored_equals_what_was_there(
    client: Client, suite: str, run: Any, made: Path, tmp_path: Path, set_setting: Callable[[str, object], None]
) -> None:
    before = _content(client, suite)
    set_setting("mongo_prefix", f"r_{suite}")
    set_setting("log_dir", tmp_path / "log")
    done = run("restore", made, "--identity", tmp_path / "key")
    assert done.exit_code == 0, done.output
    assert f"{len(before)} of {len(before)} collections equal" in done.output
    assert _content(client, f"r_{suite}") == before
    assert (tmp_path / "log/2016/leaves/000000.jsonl").read_bytes() == LEAF
    again = run("restore", made, "--identity", tmp_path / "key")
    assert (again.exit_code, f"r_{suite}accounts" in again.output) == (1, True), "a store that is not empty is refused"
    assert _content(client, f"r_{suite}") == before


def test_all_databases_are_of_one_moment(client: Client, suite: str, run: Any, tmp_path: Path) -> None:
    """Coins go from one database to another all the time; each backup has all of them once."""
    over = threading.Event()
    purses = [client[f"{suite}{name}"]["purse"] for name in ("prizes", "voting")]
    moved = 0

    def move() -> None:
        nonlocal moved
        while not over.is_set():
            with client.start_session() as session, session.start_transaction():
                for purse, coins in zip(purses, (-1, 1), strict=True):
                    purse.update_one({"_id": 0}, {"$inc": {"coins": coins}}, session=session)
            moved += 1

    mover = threading.Thread(target=move)
    mover.start()
    try:
        wait_for(lambda: moved > 5, 30, "coins that move")
        assert run("backup", tmp_path / "to").exit_code == 0
    finally:
        over.set()
        mover.join()
    [(_, path)] = backups(tmp_path / "to")
    found = {member.name: member.file.read() for member in archive.members(path, tmp_path / "key")}
    import bson

    coins = [bson.decode(found[f"store/{name}/purse/000000.bson"])["coins"] for name in ("prizes", "voting")]
    assert sum(coins) == 100
    assert coins != [50, 50]


def test_files_of_a_store_that_speaks_s3_come_back(
    client: Client, suite: str, run: Any, tmp_path: Path, set_setting: Any, s3_uri: str
) -> None:
    set_setting("blobs_uri", s3_uri)
    blobs = store.of("prizes")
    contents = {blobs.put(chunks, owner="p1", filename="f").id: b"".join(chunks) for chunks in CHUNKS}
    for id in contents:
        blobs.keep(id, "p1")
    lost = list(contents)[1]
    assert f" {len(contents)} files of S3, " in run("backup", tmp_path / "to").output
    [(_, path)] = backups(tmp_path / "to")
    bucket, name = s3.connect(s3_uri)
    bucket.delete_object(Bucket=name, Key=f"prizes/{lost}")
    again = run("backup", tmp_path / "again")
    assert (again.exit_code, f"1 files of S3 are missing: files/prizes/{lost} (" in again.output) == (0, True)

    set_setting("mongo_prefix", f"s_{suite}")
    arguments = ["restore", path, "--identity", tmp_path / "key"]
    set_setting("blobs_uri", "")
    refused = run(*arguments)
    assert (refused.exit_code, "set WSIS_BLOBS_URI" in refused.output) == (1, True)
    set_setting("blobs_uri", s3_uri)
    try:
        done = run(*arguments)
        assert done.exit_code == 0, done.output
        assert "1 written, 2 there already" in done.output
        restored = store.of("prizes")
        assert {id: b"".join(restored.open(id)) for id in contents} == contents
    finally:
        for found in client.list_database_names():
            if found.startswith(f"s_{suite}"):
                client.drop_database(found)


def test_a_backup_that_cannot_reach_the_files_says_so(run: Any, tmp_path: Path, set_setting: Any, s3_uri: str) -> None:
    set_setting("blobs_uri", s3_uri)
    blobs = store.of("accounts")  # the first that is named
    kept, pending = (blobs.put([b"x"], owner="e1", filename="f").id for _ in range(2))
    blobs.keep(kept, "e1")
    set_setting("blobs_uri", "")
    without = run("backup", tmp_path / "without")
    assert without.exit_code == 0
    assert (f"files/accounts/{kept}" in without.output, pending in without.output) == (True, False)
    set_setting("blobs_uri", "s3://key:secret@127.0.0.1:9/files?secure=0")
    away = run("backup", tmp_path / "away")
    assert (away.exit_code, "the store of files (WSIS_BLOBS_URI)" in away.output) == (1, True)
    assert backups(tmp_path / "away") == []


def test_nothing_is_written_unencrypted_unless_told_to(run: Any, tmp_path: Path, set_setting: Any) -> None:
    set_setting("backup_recipients", "")
    refused = run("backup", tmp_path / "to")
    assert (refused.exit_code, "WSIS_BACKUP_RECIPIENTS" in refused.output) == (1, True)
    assert not (tmp_path / "to").exists()
    assert run("backup", tmp_path / "to", "--unencrypted").exit_code == 0
    [(_, path)] = backups(tmp_path / "to")
    assert path.name.endswith(".tar.gz")
    assert path.stat().st_mode & 0o077 == 0
    assert run("restore", path, "--check").exit_code == 0


def test_another_key_reads_nothing(run: Any, made: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_text(str(pyrage.x25519.Identity.generate()))
    for options in ([], ["--identity", tmp_path / "other"], ["--identity", made]):
        refused = run("restore", made, "--check", *options)
        assert (refused.exit_code, refused.output.count("\n")) == (1, 1), refused.output


def test_a_file_that_is_cut_or_changed_is_refused(run: Any, made: Path, tmp_path: Path, set_setting: Any) -> None:
    assert run("restore", made, "--check", "--identity", tmp_path / "key").exit_code == 0
    set_setting("backup_recipients", "")
    assert run("backup", tmp_path / "plain", "--unencrypted").exit_code == 0
    [(_, plain)] = backups(tmp_path / "plain")
    for path in (made, plain):
        whole = path.read_bytes()
        flipped = bytearray(whole)
        flipped[len(whole) // 2] ^= 1
        for number, part in enumerate([b"", whole[:100], whole[: len(whole) // 2], whole[:-1], bytes(flipped)]):
            (tmp_path / "part").write_bytes(part)
            refused = run("restore", tmp_path / "part", "--check", "--identity", tmp_path / "key")
            assert (refused.exit_code, refused.output.count("\n")) == (1, 1), (path, number, refused.output)
            assert "restore failed" in refused.output


def test_a_kill_leaves_nothing_that_looks_whole(run: Any, tmp_path: Path, environment: dict[str, str]) -> None:
    """Killed while it waits for the broker, with its file begun; the next one removes what is left."""
    to = tmp_path / "to"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://wsis:word@127.0.0.1:{silent.getsockname()[1]}"
        env = {**os.environ, "WSIS_BACKUP_BROKER_URI": uri}
        writing = subprocess.Popen([WSIS, "backup", str(to)], env=env)
        try:
            wait_for(lambda: list(to.glob(".*.partial")), 60, "a backup that has begun")
            busy = run("backup", to)
            assert (busy.exit_code, "another backup" in busy.output) == (1, True)
        finally:
            writing.send_signal(signal.SIGKILL)
            writing.wait()
    assert backups(to) == []
    assert nightly.newest(to) == 0
    assert run("backup", to).exit_code == 0
    assert [path.name for path in to.glob(".*.partial")] == []
    assert nightly.newest(to) == backups(to)[0][0].timestamp()


def test_a_store_or_a_broker_that_refuses_is_named_in_a_line(run: Any, tmp_path: Path, set_setting: Any) -> None:
    set_setting("backup_broker_uri", "http://wsis:word@127.0.0.1:9")
    refused = run("backup", tmp_path / "to")
    assert (refused.exit_code, "management API" in refused.output) == (1, True)
    set_setting("backup_broker_uri", "")
    set_setting("mongo_uri", "mongodb://127.0.0.1:9/?directConnection=true")
    refused = run("backup", tmp_path / "to")
    assert (refused.exit_code, "the store does not answer" in refused.output) == (1, True)
    assert list((tmp_path / "to").glob("*wsis-*")) == []


def test_the_newest_backups_stay(run: Any, tmp_path: Path, set_setting: Any) -> None:
    to = tmp_path / "to"
    to.mkdir()
    old = [to / f"wsis-2026010{day}T020000Z.tar.gz.age" for day in range(1, 6)]
    for path in [*old, to / "wsis-notes.txt"]:
        path.touch()
    set_setting("backup_keep", 3)
    assert run("backup", to).exit_code == 0
    assert [path for _, path in backups(to)][1:] == [old[4], old[3]]
    assert (to / "wsis-notes.txt").exists()


def test_nightly_makes_up_for_a_night_that_it_missed(tmp_path: Path, set_setting: Any) -> None:
    """The machine was off at that time: else the newest would be two days old before another is made."""

    def first_wait(*names: str) -> float:
        waited: list[float] = []

        def wait(seconds: float) -> None:
            waited.append(seconds)
            raise SystemExit

        folder = tmp_path / "-".join(["to", *names])
        folder.mkdir()
        for name in names:
            (folder / name).touch()
        with pytest.raises(SystemExit):
            nightly.run(folder, Settings.load(), (past.hour, past.minute), wait=wait)
        return waited[0]

    set_setting("metrics_port", 0)
    now = datetime.now(UTC)
    past = now - timedelta(hours=1)
    old, new = (f"wsis-{made:%Y%m%dT%H%M%SZ}.tar.gz.age" for made in (now - timedelta(days=1, minutes=1), past))
    assert first_wait() == first_wait(old) == 0
    assert first_wait(old, new) > 22 * 3600


def test_half_a_public_log_does_not_pass_for_one_that_was_published(made: Path, tmp_path: Path) -> None:
    """A restore that broke off there, begun again."""
    broken, folder = tmp_path / "broken.tar.gz", tmp_path / "log"
    with broken.open("wb") as out:
        writer = archive.Writer(out)
        writer.add("public-log/2016/head.json", b"{}")
        writer.add("public-log/2016/head.json/never", b"a file is no folder")
        writer.close()
    whole = reading.check(made, tmp_path / "key")
    with pytest.raises(BackupError, match="cannot be written"):
        reading.restore_log(replace(whole, path=broken), folder)
    assert list(folder.iterdir()) == []
    assert reading.restore_log(whole, folder) == {"2016"}
    assert [path.read_bytes() for path in folder.rglob("*.jsonl")] == [LEAF]


def test_nightly_writes_one_and_tries_again_after_a_failure(tmp_path: Path, run: Any, set_setting: Any) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise SystemExit

    set_setting("metrics_port", 0)
    with pytest.raises(SystemExit):
        nightly.run(tmp_path / "to", Settings.load(), (2, 30), wait=wait)
    assert len(backups(tmp_path / "to")) == 1
    set_setting("backup_recipients", "age1none")
    waited.clear()
    with pytest.raises(SystemExit):
        nightly.run(tmp_path / "to", Settings.load(), (2, 30), wait=wait)
    assert 14 * 60 < waited[1] <= 15 * 60
    assert nightly.next_time(datetime(2026, 5, 1, 2, 31, tzinfo=UTC), 2, 30) == datetime(2026, 5, 2, 2, 30, tzinfo=UTC)

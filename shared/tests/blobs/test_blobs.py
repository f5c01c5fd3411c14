"""Blobs in GridFS and in S3 alike: nothing half written is seen, nothing kept is lost, nothing else stays."""

import hashlib
import itertools
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta

import pytest
from wsis_shared import clock, mongo
from wsis_shared.blobs import store
from wsis_shared.collection import Collection
from wsis_testkit import refused, wait_for

MEGABYTES = [bytes([n % 251]) * 100_001 for n in range(200)]  # 20 MB in odd pieces


@pytest.fixture(params=["gridfs", "s3"])
def blobs(request, environment, s3_uri, monkeypatch):
    if request.param == "s3":
        monkeypatch.setenv("WSIS_BLOBS_URI", s3_uri)
    bucket = f"sample-{next(_numbers)}"
    store.ensure_indexes(bucket)
    made = store.of(bucket)
    made.bucket = bucket
    return made


_numbers = itertools.count()


def put(blobs, content=b"%PDF-1.7 %%EOF", **more):
    return blobs.put([content], owner="ada", filename="paper.pdf", **more)


def after(seconds=0.0):
    """A moment at which what has expired by then, `seconds` from now, is swept."""
    return clock.now() + timedelta(seconds=seconds) + store.GRACE


def rows(blobs):
    return mongo.database(store.DATABASE)[f"{blobs.bucket}.files"].count_documents({})


def bytes_left(blobs):
    """How many pieces of contents are there, whether or not anything leads to them."""
    from wsis_shared.blobs import s3
    from wsis_shared.settings import Suite

    chunks = mongo.database(store.DATABASE)[f"{blobs.bucket}.chunks"].count_documents({})
    if not Suite.load().blobs_uri:
        return chunks
    client, bucket = s3.connect(Suite.load().blobs_uri)
    return chunks + sum(
        len(found.get(kind, ()))
        for found, kind in (
            (client.list_objects_v2(Bucket=bucket, Prefix=blobs.bucket + "/"), "Contents"),
            (client.list_multipart_uploads(Bucket=bucket, Prefix=blobs.bucket + "/"), "Uploads"),
        )
    )


def test_what_is_put_is_known_and_read_back(blobs):
    content = b"".join(MEGABYTES)
    blob = blobs.put(iter(MEGABYTES), owner="ada", filename="données.bin")
    assert (blob.size, blob.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (blob.owner, blob.filename, blob.media_type) == ("ada", "données.bin", "application/octet-stream")
    assert blobs.stat(blob.id) == blob
    assert b"".join(blobs.open(blob.id)) == content
    assert timedelta(minutes=59) < blob.expires_at - blob.created_at < timedelta(minutes=61)


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (0, None), (5, 5), (261_119, 261_121), (19_999_999, None), (7, 15_000_003), (0, 10**9)],
)
def test_any_part_is_read(blobs, start, end):
    blob = blobs.put(iter(MEGABYTES), owner="ada", filename="f")
    assert b"".join(blobs.open(blob.id, start, end)) == b"".join(MEGABYTES)[start:end]


def test_an_empty_file_is_a_file(blobs):
    blob = put(blobs, b"")
    assert blob.size == 0
    assert b"".join(blobs.open(blob.id)) == b""


def test_the_media_type_follows_from_the_content_unless_the_suite_names_it(blobs):
    assert put(blobs).media_type == "application/pdf"
    assert put(blobs, b"a,b\n", media_type="text/csv").media_type == "text/csv"


def test_a_broken_stream_leaves_nothing(blobs):
    def broken():
        yield b"x" * 9_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.put(broken(), owner="ada", filename="f")
    assert rows(blobs) == bytes_left(blobs) == 0


def test_what_nobody_keeps_expires_with_its_bytes(blobs):
    orphan, kept = put(blobs), put(blobs)
    blobs.keep(kept.id, "note/1")
    assert blobs.expire(after(3500)) == 0
    assert blobs.expire(after(3601)) == 1
    with refused("suite.blob_unknown"):
        blobs.stat(orphan.id)
    assert b"".join(blobs.open(kept.id)) == b"%PDF-1.7 %%EOF"
    assert (rows(blobs), bytes_left(blobs)) == (1, 1)


def test_an_expired_blob_is_neither_read_nor_kept_before_the_sweep_takes_it(blobs):
    late = put(blobs, expires_at=clock.now() - timedelta(seconds=1))
    for act in (lambda: blobs.open(late.id), lambda: blobs.stat(late.id), lambda: blobs.keep(late.id, "note/1")):
        with refused("suite.blob_unknown"):
            act()


def test_a_download_under_way_ends_well_though_the_blob_is_deleted(blobs):
    blob = blobs.put(iter(MEGABYTES), owner="ada", filename="f")
    reading = blobs.open(blob.id)
    first = next(reading)
    blobs.delete(blob.id)
    assert blobs.expire(clock.now()) == 0
    assert first + b"".join(reading) == b"".join(MEGABYTES)
    assert blobs.expire(after()) == 1
    assert rows(blobs) == bytes_left(blobs) == 0


def test_keeping_joins_the_transaction_of_the_service(blobs):
    notes, blob = mongo.database("sample")["notes"], put(blobs)
    notes.create_index("blob")

    def keep(fail):
        Collection(notes).insert_one({"blob": blob.id})
        assert blobs.keep(blob.id, "note/1").expires_at is None
        if fail:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        mongo.in_transaction(lambda: keep(True))
    assert blobs.stat(blob.id).expires_at is not None
    assert notes.count_documents({"blob": blob.id}) == 0
    mongo.in_transaction(lambda: keep(False))
    assert blobs.stat(blob.id).expires_at is None
    assert notes.count_documents({"blob": blob.id}) == 1


def test_keeping_twice_is_keeping_once_and_one_owner_keeps_a_blob(blobs):
    blob = put(blobs)
    assert blobs.keep(blob.id, "note/1") == blobs.keep(blob.id, "note/1")
    with refused("suite.blob_kept"):
        blobs.keep(blob.id, "note/2")
    blobs.discard(blob.id)
    assert blobs.stat(blob.id).owner == "note/1"


def test_discarding_takes_an_upload_at_once(blobs):
    blob = put(blobs)
    blobs.discard(blob.id)
    blobs.discard(blob.id)
    assert rows(blobs) == bytes_left(blobs) == 0


def test_several_sweeps_at_once_remove_each_blob_once(blobs):
    for _ in range(20):
        put(blobs)
    removed, when = [], after(3601)
    threads = [threading.Thread(target=lambda: removed.append(blobs.expire(when))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(removed) == 20
    assert rows(blobs) == bytes_left(blobs) == 0


def test_an_upload_that_the_sweep_overtook_is_not_taken_for_complete(blobs):
    def slow():
        yield b"x"
        blobs.expire(after(3601))
        yield b"y"

    with refused("suite.blob_expired"):
        blobs.put(slow(), owner="ada", filename="f")
    assert rows(blobs) == bytes_left(blobs) == 0


def test_a_process_killed_while_it_writes_leaves_what_expires(blobs, environment):
    program = f"""
        import sys
        from wsis_shared.blobs import store

        def endless():
            while True:
                yield b"x" * 1_000_000

        store.of({blobs.bucket!r}).put(endless(), owner="ada", filename="f")
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)])
    try:
        wait_for(lambda: bytes_left(blobs) > 0, 30, "bytes to arrive")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert rows(blobs) == 1
    assert blobs.expire(after(3601)) == 1
    assert rows(blobs) == bytes_left(blobs) == 0


def test_a_sweep_that_was_killed_is_finished_by_the_next(blobs):
    blob = put(blobs)
    files = mongo.database(store.DATABASE)[f"{blobs.bucket}.files"]
    # Where a process ends between the mark on the row and the removal of the bytes.
    files.update_one({"_id": blob.id}, {"$set": {"state": "removing", "expires_at": clock.now()}})
    with refused("suite.blob_unknown"):
        blobs.keep(blob.id, "note/1")
    assert blobs.expire(after()) == 1
    assert rows(blobs) == bytes_left(blobs) == 0


def test_files_in_gridfs_are_read_after_the_change_to_s3(environment, s3_uri, monkeypatch):
    before = store.of("moved").put([b"one"], owner="ada", filename="f")
    monkeypatch.setenv("WSIS_BLOBS_URI", s3_uri)
    both = store.of("moved")
    after_ = both.put([b"two"], owner="ada", filename="f")
    assert [b"".join(both.open(blob.id)) for blob in (before, after_)] == [b"one", b"two"]
    monkeypatch.delenv("WSIS_BLOBS_URI")
    with refused("suite.blobs_away"):
        store.of("moved").open(after_.id)


def test_an_s3_store_that_is_away_is_unavailable(environment, monkeypatch):
    monkeypatch.setenv("WSIS_BLOBS_URI", "s3://key:secret@127.0.0.1:9/files?secure=0")
    with refused("suite.blobs_away"):
        store.of("away").put([b"one"], owner="ada", filename="f")


def test_the_rows_are_those_of_gridfs(environment):
    """Tools for GridFS read the bucket; pymongo's own is one."""
    from gridfs import GridFSBucket

    blob = store.of("tools").put(iter(MEGABYTES), owner="ada", filename="f")
    assert GridFSBucket(mongo.database(store.DATABASE), "tools").open_download_stream(blob.id).read() == b"".join(
        MEGABYTES
    )

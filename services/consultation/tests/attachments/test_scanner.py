"""Attachments with a virus scanner: a server here speaks the protocol of clamd."""

from __future__ import annotations

import io
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from wsis_shared import context
from wsis_shared.blobs import store as blobs
from wsis_shared.errors import SuiteError
from wsis_testkit import actor, make_context, refused

from wsis_consultation.attachments.inspection import scanner
from wsis_consultation.attachments.rules import CLEAN, INFECTED, UNSCANNED
from wsis_consultation.attachments.store import Attachments
from wsis_consultation.attachments.use_cases import RESCANNED, AttachmentCases
from wsis_consultation.editions import store as seed
from wsis_consultation.editions.store import Editions
from wsis_consultation.people.use_cases import Links
from wsis_consultation.settings import Settings

VIRUS = "a text that this scanner takes for a virus"
OWNER, OFFICER = (
    make_context(actor(*roles, id=id), received_at=datetime(2016, 12, 1, tzinfo=UTC))
    for id, roles in (("owner", ()), ("officer", ("officer",)))
)


class Clamd:
    """Speaks INSTREAM: finds VIRUS. `reply` replaces its answer; None ends the connection at once. `meanwhile` is
    called before it answers."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.reply: bytes | None = b""
        self.meanwhile: Callable[[], object] = lambda: None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as file:
                if self.reply is None:
                    continue
                assert file.read(10) == b"zINSTREAM\0"
                content = b""
                while (length := struct.unpack(">I", file.read(4))[0]) > 0:
                    content += file.read(length)
                self.meanwhile()
                found = b"stream: Test-Signature FOUND\0" if VIRUS.encode() in content else b"stream: OK\0"
                connection.sendall(self.reply or found)

    def stop(self) -> None:
        self._socket.close()


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    made = Clamd()
    yield made
    made.stop()


@pytest.fixture
def cases(database: Any, clamd: Clamd) -> AttachmentCases:
    db = database("consultation")
    seed.seed(db)
    settings = replace(Settings.load(), consultation_scanner=clamd.address)
    return AttachmentCases(Editions(db), Attachments(db), Links(None), settings)


@pytest.fixture
def submission(database: Any) -> str:
    id = uuid.uuid4().hex
    database("consultation")["submissions"].insert_one(
        {
            "_id": id,
            "edition": "2017",
            "number": uuid.uuid4().int % 10**9,
            "account": "owner",
            "version": 1,
            "state": "received",
            "override": None,
        }
    )
    return id


def _attach(cases: AttachmentCases, submission: str, text: str = "a plan") -> dict[str, Any]:
    texts, out = PngInfo(), io.BytesIO()
    texts.add_text("Comment", text)
    Image.new("RGB", (60, 40)).save(out, "PNG", pnginfo=texts)
    store = blobs.of("consultation")
    upload = store.put([out.getvalue()], owner="owner", filename="plan.png").reference()
    with context.use(OWNER):
        return cases.attach_to_submission(OWNER, store, "2017", submission, upload, {})


def _publish(cases: AttachmentCases, attachment: str) -> dict[str, Any]:
    with context.use(OFFICER):
        return cases.publish_attachment(OFFICER, "2017", attachment, {"published": True})


def test_infected_file_is_refused(cases: AttachmentCases, submission: str) -> None:
    with refused("consultation.attachment_refused") as refusal:
        _attach(cases, submission, VIRUS)
    assert refusal.value.params["reason"] == "infected"
    assert cases.list_attachments(OWNER, "2017", submission)["items"] == []


def test_clean_file_is_published(cases: AttachmentCases, submission: str) -> None:
    made = _attach(cases, submission)
    assert made["scan"] == "clean"
    assert _publish(cases, made["id"])["published_at"] == OFFICER.received_at


@pytest.mark.parametrize(
    "change",
    [{"state": "withdrawn"}, {"account": None}, {"account": "another"}],
    ids=["withdrawn", "erased", "given to another"],
)
def test_a_file_whose_submission_changes_while_it_is_inspected_is_not_attached(
    cases: AttachmentCases, submission: str, clamd: Clamd, database: Any, change: dict[str, Any]
) -> None:
    db, wanted = database("consultation"), {"_id": submission}
    clamd.meanwhile = lambda: db["submissions"].update_one(wanted, {"$set": change})
    with pytest.raises(SuiteError):
        _attach(cases, submission)
    assert db["attachments"].count_documents({"parent": submission}) == 0
    assert not db["submissions"].find_one(wanted).get("attachments")


@pytest.mark.parametrize("reply", [None, b"INSTREAM size limit exceeded. ERROR\0"])
def test_file_that_is_not_scanned_stays_unpublished_until_it_is(
    cases: AttachmentCases, submission: str, clamd: Clamd, reply: bytes | None
) -> None:
    clamd.reply = reply
    made = _attach(cases, submission)
    assert made["scan"] == "unscanned"
    with refused("consultation.attachment_not_scanned"):
        _publish(cases, made["id"])
    cases.scan_attachments(blobs.of("consultation"))  # still away
    clamd.reply = b""
    cases.scan_attachments(blobs.of("consultation"))
    assert _publish(cases, made["id"])["scan"] == "clean"


def test_file_that_proves_infected_later_is_read_by_nobody(
    cases: AttachmentCases, submission: str, clamd: Clamd
) -> None:
    clamd.reply = None
    made = _attach(cases, submission, VIRUS)
    assert cases.read_attachment(OWNER, "2017", made["id"]) == {"blob": made["blob"]}
    clamd.reply = b""
    cases.scan_attachments(blobs.of("consultation"))
    for who in (OWNER, OFFICER):
        with refused("consultation.attachment_unknown"):
            cases.read_attachment(who, "2017", made["id"])


def test_files_that_cannot_be_judged_do_not_keep_others_from_the_scanner(
    cases: AttachmentCases, submission: str, clamd: Clamd, database: Any
) -> None:
    clamd.reply = None
    made = _attach(cases, submission)
    rows = database("consultation")["attachments"]
    [waiting] = rows.find({"_id": made["id"]})
    older = [
        {**waiting, "_id": f"{waiting['_id']}-{number}", "blob": "none", "at": datetime(2016, 1, 1, tzinfo=UTC)}
        for number in range(RESCANNED)
    ]
    rows.insert_many(older)
    clamd.reply = b""
    try:
        for _ in range(2):
            cases.scan_attachments(blobs.of("consultation"))
    finally:
        rows.delete_many({"blob": "none"})
    assert _publish(cases, made["id"])["scan"] == "clean"


def test_large_file_is_scanned_in_chunks(clamd: Clamd) -> None:
    chunks = [b"a" * 300_000, b"", VIRUS.encode()[:9], VIRUS.encode()[9:], b"b" * 300_000]
    assert scanner.scan(clamd.address, chunks) == INFECTED
    assert scanner.scan(clamd.address, chunks[:1]) == CLEAN
    assert scanner.scan("127.0.0.1:1", chunks) == UNSCANNED
    assert scanner.scan("no address", chunks) == UNSCANNED

"""Files that are dear to inspect: their sender waits for them, and nobody else does."""

from __future__ import annotations

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pikepdf
import psutil
import pytest
from wsis_shared.blobs import store as blobs
from wsis_shared.context import ANONYMOUS, Actor
from wsis_shared.errors import Invalid, SuiteError
from wsis_shared.settings import Suite
from wsis_testkit import actor, wait_for

from wsis_consultation.attachments.inspection import pdf
from wsis_consultation.attachments.inspection.sandbox import AT_A_TIME, MAX_WORKERS

ADA, BO = actor(id="ada"), actor(id="bo")
MANY = 30  # the rate of an account in a minute
BUSY = "consultation.attachments_busy"


def _pdf(objects: int) -> bytes:
    """Its inspection reads every object."""
    made, out = pikepdf.Pdf.new(), io.BytesIO()
    made.add_blank_page()
    made.Root.Objects = pikepdf.Array([made.make_indirect(pikepdf.Dictionary()) for _ in range(objects)])
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


@pytest.fixture(scope="module")
def dear() -> bytes:
    """As dear as a file can be: the child is ended by its limit."""
    return _pdf(pdf.MAX_OBJECTS - 10)


@pytest.fixture
def attach(consultation: Any, database: Any) -> Any:
    """Attaches a file to a submission of this account; returns the code of the answer, or attached."""

    def submission(who: Actor) -> str:
        id = uuid.uuid4().hex
        database("consultation")["submissions"].insert_one(
            {
                "_id": id,
                "edition": "2017",
                "number": uuid.uuid4().int % 10**9,
                "state": "received",
                "account": who.id,
                "attachments": [],
                "version": 1,
                "override": None,
            }
        )
        return id

    def one(who: Actor, content: bytes) -> str:
        upload = blobs.of("consultation").put([content], owner="owner", filename="a.pdf").reference()
        try:
            consultation.call(
                "attach_to_submission",
                who,
                edition="2017",
                submission=submission(who),
                upload=upload,
                body={"key": None},
            )
        except SuiteError as refused:
            return refused.code
        return "attached"

    return one


def test_who_sends_dear_files_holds_up_nobody_else(consultation: Any, attach: Any, dear: bytes) -> None:
    process = psutil.Process(consultation.served.process.pid)
    with ThreadPoolExecutor(MANY) as pool:
        sent = [pool.submit(attach, ADA, dear) for _ in range(MANY)]
        wait_for(process.children, 10, "the inspection of the first file")
        # Others read while it lasts, and the second child is theirs.
        assert consultation.call("list_attachments", ANONYMOUS, edition="2017", submission="none") == {"items": []}
        assert attach(BO, _pdf(1)) == "attached"
        answers = [each.result() for each in sent]
    # An inspection takes all the time that it may, so nobody who waits for it gets a turn. A busy machine says so of
    # the file that has the turn, too.
    assert set(answers) - {"consultation.attachment_refused"} == {BUSY}
    assert answers.count(BUSY) > MANY / 2
    assert attach(ADA, _pdf(1)) == "attached"


def test_refusal_says_when_to_come_again() -> None:
    from wsis_consultation.attachments import errors

    refused = errors.busy()
    assert not isinstance(refused, Invalid)
    assert (refused.status, refused.code, refused.params["retry_after"]) == (503, BUSY, 5)


def test_files_never_take_all_workers() -> None:
    """Neither those that are inspected nor those that wait."""
    assert AT_A_TIME < MAX_WORKERS < Suite.load().max_workers

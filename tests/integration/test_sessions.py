"""Transactions of processes that died are ended by whoever runs into them."""

import contextlib
import os
import socket
from datetime import timedelta

import pytest
from pymongo.errors import OperationFailure
from wsis_shared import clock, mongo, sessions


@pytest.fixture
def held(database):
    """A document held by the open transaction of a process called "gone"; its row in `processes` is the test's."""
    db = database("madeup")
    db["held"].insert_one({"_id": 1, "n": 0})
    session = mongo.client().start_session()
    session.start_transaction()
    db["held"].update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)
    db["processes"].insert_one({"_id": "gone", "sessions": [session.session_id["id"]]})
    yield db
    with contextlib.suppress(OperationFailure):
        session.abort_transaction()
    db["held"].drop()
    db["processes"].drop()


def is_held(db):
    try:
        with mongo.client().start_session() as session, session.start_transaction():
            db["held"].update_one({"_id": 1}, {"$inc": {"n": 10}}, session=session)
    except OperationFailure:
        return True
    return False


@pytest.mark.parametrize(
    ("host", "pid", "silent_for", "ended"),
    [
        ("here", "none", 0, True),
        ("elsewhere", "none", 0, False),
        ("elsewhere", "none", 60, True),
        ("here", "mine", 0, False),
    ],
)
def test_only_what_a_dead_process_holds_is_let_go(held, host, pid, silent_for, ended):
    row = {
        "host": socket.gethostname() if host == "here" else host,
        "pid": os.getpid() if pid == "mine" else 2**22 - 1,
        "at": clock.now() - timedelta(seconds=silent_for),
    }
    held["processes"].update_one({"_id": "gone"}, {"$set": row})
    assert is_held(held)
    assert sessions.Sessions(held).reap() == ended
    assert is_held(held) != ended

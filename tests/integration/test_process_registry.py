"""Transactions of processes that died are ended by whoever runs into them."""

import contextlib
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from bson.binary import UUID_SUBTYPE, Binary
from pymongo.errors import OperationFailure
from wsis_shared import clock, mongo, process_registry


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
    ("place", "pid", "silent_for", "stable_since", "ended"),
    [
        ("here", "none", 0, math.inf, True),
        ("elsewhere", "none", 0, -math.inf, False),
        ("elsewhere", "none", 60, -math.inf, True),
        # The store was away for everybody: those who are back later are not gone.
        ("elsewhere", "none", 60, math.inf, False),
        ("here", "mine", 0, -math.inf, False),
    ],
)
def test_only_what_a_dead_process_holds_is_let_go(held, place, pid, silent_for, stable_since, ended):
    row = {
        "host": socket.gethostname(),
        "place": process_registry.place() if place == "here" else place,
        "pid": os.getpid() if pid == "mine" else 2**22 - 1,
        "at": clock.now() - timedelta(seconds=silent_for),
    }
    held["processes"].update_one({"_id": "gone"}, {"$set": row})
    assert is_held(held)
    assert process_registry.ProcessRegistry(held, stable_since).reap() == ended
    assert is_held(held) != ended


def test_the_process_of_another_user_of_the_store_is_left_to_its_own(held):
    gone = {"place": process_registry.place(), "pid": 2**22 - 1, "at": clock.now(), "user": "madeup-sender"}
    held["processes"].update_one({"_id": "gone"}, {"$set": gone})
    assert process_registry.ProcessRegistry(held).reap() == 0
    assert held["processes"].find_one({"_id": "gone"})


@pytest.mark.parametrize("sessions", [[], [Binary(bytes(16), UUID_SUBTYPE)]], ids=["none", "one"])
def test_one_that_noted_no_session_takes_nobody_along(held, count_commands, sessions):
    """MongoDB takes an empty list of sessions for all of them."""
    gone = {"_id": "idle", "place": process_registry.place(), "pid": 2**22 - 1, "at": clock.now(), "sessions": sessions}
    held["processes"].delete_many({})
    held["processes"].insert_one(gone)
    commands = count_commands(lambda: process_registry.ProcessRegistry(held).reap())
    assert ("killSessions" in commands) == bool(sessions)
    assert held["processes"].count_documents({}) == 0


@pytest.mark.parametrize(("silent_for", "ended"), [(0, 0), (60, 1)])
def test_one_of_an_earlier_version_is_known_by_its_silence(held, silent_for, ended):
    """It says its host and not its PID namespace: on this host, its id may mean another process."""
    former = {"host": socket.gethostname(), "pid": 2**22 - 1, "at": clock.now() - timedelta(seconds=silent_for)}
    held["processes"].update_one({"_id": "gone"}, {"$set": former})
    assert process_registry.ProcessRegistry(held, -math.inf).reap() == ended


def test_sessions_that_nothing_uses_are_forgotten(database, monkeypatch):
    """A process lives for months: what each heartbeat writes and reads must not grow."""
    monkeypatch.setattr(process_registry, "SESSION_SECONDS", 0.0, raising=False)
    db = database("madeup")
    registry = process_registry.ProcessRegistry(db)

    def noted():
        entry = db["processes"].find_one({"_id": process_registry.process_id()})
        return {bytes(each) for each in entry["sessions"]}

    with mongo.client().start_session() as first, mongo.client().start_session() as second:
        for session in (first, second):
            registry.register_session(session)
        assert noted() == {bytes(session.session_id["id"]) for session in (first, second)}
        registry.heartbeat()
        assert noted() == set()
        registry.register_session(second)
        assert noted() == {bytes(second.session_id["id"])}
    db["processes"].delete_many({})


REGISTERS = """
import sys
from wsis_shared import mongo, process_registry
process_registry.ProcessRegistry(mongo.database("madeup")).heartbeat()
print("registered", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root makes a PID namespace")
def test_processes_of_two_pid_namespaces_leave_each_other_alone(database):
    """As in containers that share the name of a host: the id of each means nothing to the other."""
    db = database("madeup")
    db["processes"].delete_many({})
    command = ["unshare", "--pid", "--fork", "--kill-child", sys.executable, "-c", REGISTERS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout.readline() == "registered\n"
            entry = db["processes"].find_one({"host": socket.gethostname()})
            assert entry["pid"] == 1
            db["processes"].update_one({"_id": entry["_id"]}, {"$set": {"pid": 2**22 - 1}})  # an id that is free here
            assert process_registry.ProcessRegistry(db).reap() == 0
            assert entry["place"].split()[0] == process_registry.place().split()[0]
        finally:
            other.send_signal(signal.SIGKILL)
    db["processes"].delete_many({})

"""Commands: safe once confirmed, decided in batches, one effect each."""

import json
import signal
import threading
import uuid
from functools import partial

from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.errors import SuiteError
from wsis_testkit import actor, make_context, wait_for


def cast(link, voter, wait=10.0, message_id=""):
    payload = {"args": {}, "body": {"voter": voter}}
    return link.command("madeup", "cast", payload, make_context(actor()), message_id=message_id or uuid.uuid4().hex,
                        wait=wait)  # fmt: skip


def test_a_repeat_answers_as_done(madeup, link):
    voter = uuid.uuid4().hex
    assert cast(link, voter) == (True, {"status": 201})
    assert cast(link, voter) == (True, {"status": 200})


def test_one_bad_command_is_put_aside_and_its_neighbours_are_decided(madeup, link, dead, database):
    dead()
    voters = [uuid.uuid4().hex for _ in range(20)]
    outcomes = {}

    def one(voter):
        try:
            outcomes[voter] = cast(link, voter)
        except SuiteError as error:
            outcomes[voter] = error.code

    threads = [threading.Thread(target=one, args=(voter,)) for voter in [*voters, "poison"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert outcomes.pop("poison") == "suite.internal_error"
    assert set(map(str, outcomes.values())) == {str((True, {"status": 201}))}
    assert database("madeup")["votes"].count_documents({"_id": {"$in": voters}}) == 20
    assert len(wait_for(dead)) == 1


def test_an_outcome_that_cannot_be_sent_does_not_keep_its_neighbours_from_their_answers(madeup, link, database):
    slow = partial(database("madeup")["notes"].count_documents, {"what": "slow batch"})
    before = slow()
    cast(link, "slow", wait=0)
    wait_for(lambda: slow() > before)  # what comes now is one batch
    voters, outcomes = [uuid.uuid4().hex for _ in range(20)], {}

    def one(voter):
        outcomes[voter] = cast(link, voter, wait=10.0 if voter != "unfit" else 3.0)

    threads = [threading.Thread(target=one, args=(voter,)) for voter in [*voters, "unfit"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert outcomes.pop("unfit") == (False, None), "stored, and read where the 202 points to"
    assert outcomes == {voter: (True, {"status": 201}) for voter in voters}


def test_without_a_service_a_command_waits_in_its_queue(serve, link, database):
    for process in [serve("madeup")]:
        process.stop()
    voter = uuid.uuid4().hex
    settled, _ = cast(link, voter, wait=0.2)
    votes = database("madeup")["votes"]
    serve("madeup")
    assert wait_for(lambda: votes.find_one({"_id": voter}))
    assert settled in (False, True)


def test_a_kill_in_the_middle_of_a_batch_loses_and_doubles_nothing(serve, link, database, environment):
    notes = database("madeup")["notes"]
    victim = serve("madeup")
    voters = ["slow", *(uuid.uuid4().hex for _ in range(120))]
    for voter in voters:
        cast(link, voter, wait=0)
    wait_for(lambda: notes.count_documents({"what": "slow batch"}) >= 1)
    victim.stop(signal.SIGKILL)
    serve("madeup")
    votes = database("madeup")["votes"]
    wait_for(lambda: votes.count_documents({"_id": {"$in": voters}}) == len(voters), 30)
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        wait_for(lambda: channel.queue_declare("commands.madeup.cast", passive=True).message_count == 0)


def test_a_malformed_command_is_put_aside(madeup, send, dead, link):
    dead()
    for body in (b"{", b"[]", json.dumps({"args": [], "body": {}}).encode(), json.dumps({"args": {}}).encode()):
        send(topology.COMMANDS.name, "commands.madeup.cast", body, message_id="m")
    send(topology.COMMANDS.name, "commands.madeup.cast", json.dumps({"args": {}, "body": {}}).encode())
    found = []
    wait_for(lambda: found.extend(dead()) or len(found) == 5)
    assert cast(link, uuid.uuid4().hex) == (True, {"status": 201})

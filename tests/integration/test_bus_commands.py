"""Commands: safe once confirmed, decided in batches, one effect each."""

import json
import signal
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

import pytest
from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.errors import SuiteError
from wsis_testkit import actor, make_context, refused, wait_for
from wsis_testkit.proxy import Proxy


def cast(amqp_client, voter, wait=10.0, message_id="", gate=""):
    payload = {"args": {}, "body": {"voter": voter, "gate": gate}}
    message_id = message_id or uuid.uuid4().hex
    return amqp_client.command("madeup", "cast", payload, make_context(actor()), message_id=message_id, wait=wait)


def test_a_repeat_answers_as_done(madeup, amqp_client):
    voter = uuid.uuid4().hex
    assert cast(amqp_client, voter) == (True, {"status": 201})
    assert cast(amqp_client, voter) == (True, {"status": 200})


def move(amqp_client, **args):
    payload = {"args": args, "body": {}}
    return amqp_client.command("madeup", "move", payload, make_context(), message_id=uuid.uuid4().hex, wait=10.0)


def test_arguments_of_a_newer_caller_are_dropped(madeup, amqp_client):
    assert move(amqp_client, place="a", invented=1) == (True, {"args": {"place": "a"}})


def test_an_argument_that_an_older_caller_does_not_send_is_named_and_the_other_commands_are_handled(
    madeup, amqp_client, dead
):
    dead()
    with ThreadPoolExecutor() as pool:
        sent = [pool.submit(move, amqp_client, **args) for args in ({"place": "a"}, {}, {"place": "b"})]
    assert sent[0].result() == (True, {"args": {"place": "a"}})
    assert sent[2].result() == (True, {"args": {"place": "b"}})
    with refused("suite.argument_missing") as raised:
        sent[1].result()
    assert (raised.value.code, list(raised.value.fields)) == ("suite.argument_missing", ["place"])
    # Its sender may have been told 202 and be gone: the command is kept for an operator.
    assert len(wait_for(dead)) == 1


def test_one_bad_command_is_dead_lettered_and_its_neighbours_are_decided(madeup, amqp_client, dead, database):
    dead()
    voters = [uuid.uuid4().hex for _ in range(20)]
    outcomes = {}

    def one(voter):
        try:
            outcomes[voter] = cast(amqp_client, voter)
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


class Gate:
    """Holds a batch that has a command with its name, once its votes are stored, until it opens."""

    def __init__(self, database):
        self.notes, self.name = database("madeup")["notes"], uuid.uuid4().hex
        self.before = self._held()

    def _held(self):
        return self.notes.count_documents({"what": "held batch"})

    def wait_until_held(self):
        wait_for(lambda: self._held() > self.before)

    def open(self):
        self.notes.insert_one({"what": self.name})


@pytest.fixture
def gate(database):
    gate = Gate(database)
    yield gate
    gate.open()


def all_confirmed(client, count):
    return client._confirms._next_tag == count + 1 and not client._confirms._futures


def test_an_outcome_that_cannot_be_sent_does_not_keep_its_neighbours_from_their_answers(madeup, amqp_client, gate):
    cast(amqp_client, "held", wait=0, gate=gate.name)
    gate.wait_until_held()  # what comes now is one batch
    sent = amqp_client._confirms._next_tag - 1
    voters, outcomes = [uuid.uuid4().hex for _ in range(20)], {}

    def one(voter):
        outcomes[voter] = cast(amqp_client, voter, wait=10.0 if voter != "unfit" else 3.0)

    threads = [threading.Thread(target=one, args=(voter,)) for voter in [*voters, "unfit"]]
    for thread in threads:
        thread.start()
    wait_for(lambda: all_confirmed(amqp_client, sent + len(threads)))
    gate.open()
    for thread in threads:
        thread.join(20)
    assert outcomes.pop("unfit") == (False, None), "stored, and read where the 202 points to"
    assert outcomes == {voter: (True, {"status": 201}) for voter in voters}


def test_of_two_commands_under_one_id_each_has_its_own_end(madeup, amqp_client, gate):
    id = uuid.uuid4().hex
    with ThreadPoolExecutor() as pool:
        first = pool.submit(cast, amqp_client, uuid.uuid4().hex, message_id=id, gate=gate.name)
        gate.wait_until_held()
        assert cast(amqp_client, "held", wait=0, message_id=id) == (False, None)
        with refused("suite.service_away"):
            amqp_client.command("nobody", "cast", {"args": {}, "body": {}}, make_context(), message_id=id, wait=10)
        gate.open()
        assert first.result() == (True, {"status": 201})


def test_a_confirmed_command_whose_connection_is_lost_is_not_refused(madeup, environment, gate):
    parts = urlsplit(environment["WSIS_AMQP_URI"])
    with Proxy(parts.hostname, parts.port) as proxy, ThreadPoolExecutor() as pool:
        uri = urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}"))
        client = AmqpClient(uri, "proxied").start()
        try:
            assert client.wait_connected(10)
            sent = pool.submit(cast, client, "held", gate=gate.name)
            wait_for(lambda: all_confirmed(client, 1), what="the confirm")
            proxy.cut()
            assert sent.result() == (False, None)
        finally:
            client.stop()


def test_without_a_service_a_command_waits_in_its_queue(serve, amqp_client, database):
    for process in [serve("madeup")]:
        process.stop()
    voter = uuid.uuid4().hex
    settled, _ = cast(amqp_client, voter, wait=0.2)
    votes = database("madeup")["votes"]
    serve("madeup")
    assert wait_for(lambda: votes.find_one({"_id": voter}))
    assert settled in (False, True)


def test_a_kill_in_the_middle_of_a_batch_loses_and_doubles_nothing(serve, amqp_client, database, environment, gate):
    victim = serve("madeup")
    voters = [uuid.uuid4().hex for _ in range(120)]
    for voter in voters:
        cast(amqp_client, voter, wait=0, gate=gate.name)
    gate.wait_until_held()
    victim.stop(signal.SIGKILL)
    gate.open()
    serve("madeup")
    votes = database("madeup")["votes"]
    wait_for(lambda: votes.count_documents({"_id": {"$in": voters}}) == len(voters), 30)
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        wait_for(lambda: channel.queue_declare("commands.madeup.cast", passive=True).message_count == 0)


def test_a_malformed_command_is_dead_lettered(madeup, send, dead, amqp_client):
    dead()
    for body in (b"{", b"[]", json.dumps({"args": [], "body": {}}).encode(), json.dumps({"args": {}}).encode()):
        send(topology.COMMANDS.name, "commands.madeup.cast", body, message_id="m")
    send(topology.COMMANDS.name, "commands.madeup.cast", json.dumps({"args": {}, "body": {}}).encode())
    found = []
    wait_for(lambda: found.extend(dead()) or len(found) == 5)
    assert cast(amqp_client, uuid.uuid4().hex) == (True, {"status": 201})

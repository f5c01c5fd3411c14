"""What counts as a failure of a message: its handler raises, or ends the process. Not that the store or a process was
away, however often it came back."""

import json
import signal
import uuid
from functools import partial

import pytest
from kombu import Connection
from wsis_shared import inbox
from wsis_shared.amqp import topology
from wsis_shared.amqp.declare import declare
from wsis_shared.bus import batches
from wsis_shared.events import EventKey
from wsis_testkit import actor, make_context, publish, refused, wait_for
from wsis_testkit.proxy import behind, proxied

EVENTS = topology.event_queue("madeup", "on_told", EventKey("outside", "told"))
BATCHES = topology.selection_queue("madeup", "on_told_much", [EventKey("outside", "told_much")])
IN_ORDER = topology.selection_queue("madeup", "on_told_in_turn", [EventKey("outside", "told_in_turn")], in_order=True)
TOLD = {"told": EVENTS, "told_much": BATCHES, "told_in_turn": IN_ORDER}


@pytest.fixture
def commands(amqp_client):
    """`commands(voters)`: cast for each, and wait for nothing."""

    def send(voters):
        for voter in voters:
            payload = {"args": {}, "body": {"voter": voter}}
            amqp_client.command("madeup", "cast", payload, make_context(actor()), message_id=uuid.uuid4().hex, wait=0)

    return send


@pytest.fixture
def restarting(madeup_installed, serve):
    """`restarting(condition)`: a service that is started again whenever it ends, until the condition holds."""
    running = [serve("madeup")]

    def until(condition):
        def settled():
            if running[-1].process.poll() is not None:
                running.append(serve("madeup", wait=False))
            return condition()

        wait_for(settled, 120)
        return len(running)

    yield until
    running[-1].stop(signal.SIGKILL)


@pytest.mark.parametrize("event", ["told", "told_much"])  # a queue with one consumer at a time gives nothing else
def test_what_came_back_without_a_failure_is_handled(
    madeup_installed, serve, environment, amqp_client, database, event
):
    sent = uuid.uuid4().hex
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        declare([TOLD[event]], connection)
        publish(amqp_client, "outside", event, {"kind": "plain"}, id=sent)
        for _ in range(40):
            message = wait_for(lambda: channel.basic_get(TOLD[event].name), what="the message")
            channel.basic_reject(message.delivery_tag, requeue=True)
    process = serve("madeup")
    wait_for(lambda: database("madeup")["told"].count_documents({"_id": sent}) == 1)
    process.stop(signal.SIGKILL)


def test_a_store_that_is_away_for_long_dead_letters_nothing(madeup_installed, serve, amqp_client, database, dead):
    """A handler gives its message back after `STORE_RETRY_SECONDS`; here at once."""
    dead()
    process, notes, gate = serve("madeup"), database("madeup")["notes"], uuid.uuid4().hex
    sent = [publish(amqp_client, "outside", event, {"kind": "waits", "gate": gate}) for event in TOLD]

    def came_back():
        who = ("told", "told much", "told in turn")
        return min(notes.count_documents({"what": "waits", "gate": gate, "who": each}) for each in who)

    wait_for(lambda: came_back() > inbox.TRIES + 2, 60, "each to come back that often")
    notes.insert_one({"what": gate})
    wait_for(lambda: database("madeup")["told"].count_documents({"_id": {"$in": sent}}) == len(sent), 60)
    assert dead() == []
    process.stop(signal.SIGKILL)


def test_all_in_hand_goes_back_with_what_meets_no_store(madeup_installed, serve, environment, amqp_client, database):
    """Also where each runs alone, since it came back so often."""
    gate, runs = uuid.uuid4().hex, 2 * (batches.SUSPECT_DELIVERIES + 2)
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        declare([BATCHES], connection)
        for _ in range(8):
            publish(amqp_client, "outside", "told_much", {"kind": "waits", "gate": gate})
        process, waits = serve("madeup"), {"what": "waits", "gate": gate}
        wait_for(lambda: database("madeup")["notes"].count_documents(waits) >= runs, 60)
        process.stop(signal.SIGKILL)
        left = [wait_for(lambda: channel.basic_get(BATCHES.name, no_ack=True), what="it to be back") for _ in range(8)]
    assert min(message.headers["x-delivery-count"] for message in left) >= runs - 1


def test_what_waits_long_for_a_place_goes_to_another_process(madeup_installed, serve, amqp_client, database):
    gate, told = uuid.uuid4().hex, database("madeup")["told"]
    notes = database("madeup")["notes"]
    full = serve("madeup", WSIS_EVENT_WORKERS="1", MADEUP_STORE_RETRY_SECONDS="0.5")
    publish(amqp_client, "outside", "told", {"kind": "holds", "gate": gate})
    wait_for(lambda: notes.count_documents({"what": "told holds"}), what="the place to be taken")
    sent = publish(amqp_client, "outside", "told", {"kind": "plain"})
    free = serve("madeup")
    wait_for(lambda: told.count_documents({"_id": sent}), 30)
    notes.insert_one({"what": gate})
    full.stop(signal.SIGKILL)
    free.stop(signal.SIGKILL)


def test_what_waits_for_a_place_ends_with_its_connection(
    madeup_installed, serve, environment, amqp_client, database, dead
):
    """The broker delivers it again: the former copy neither runs nor counts."""
    dead()
    notes, told, uri = database("madeup")["notes"], database("madeup")["told"], environment["WSIS_AMQP_URI"]
    before = notes.count_documents({"what": "told poison"})
    with proxied(uri) as proxy:
        process = serve("madeup", WSIS_AMQP_URI=behind(uri, proxy), WSIS_EVENT_WORKERS="1")
        first = publish(amqp_client, "outside", "told", {"kind": "away"})
        wait_for(lambda: notes.count_documents({"what": "told away", "event": first}), what="the place to be taken")
        publish(amqp_client, "outside", "told", {"kind": "poison"})
        for _ in range(inbox.TRIES + 1):
            proxy.cut()
            sent = publish(amqp_client, "outside", "told_much", {"kind": "plain"})
            wait_for(partial(told.count_documents, {"_id": sent}), what="the next connection")
        notes.insert_one({"what": "the store is back"})
        wait_for(dead, 60)
        assert notes.count_documents({"what": "told poison"}) <= before + inbox.TRIES
        process.stop(signal.SIGKILL)


def test_what_ends_the_process_is_dead_lettered_without_the_rest_of_its_batch(restarting, amqp_client, database, dead):
    dead()
    told, letters = database("madeup")["told"], []
    before = [publish(amqp_client, "outside", "told_much", {"kind": "plain"}) for _ in range(3)]
    deadly = publish(amqp_client, "outside", "told_much", {"kind": "deadly"})
    after = [publish(amqp_client, "outside", "told_much", {"kind": "plain"}) for _ in range(3)]
    rest = {"_id": {"$in": before + after}}
    starts = restarting(lambda: letters.extend(dead()) or (letters and told.count_documents(rest) == 6))
    assert [deadly in str(letter.body) for letter in letters] == [True]
    assert starts <= 4 + inbox.TRIES + 1


def test_a_command_that_ends_the_process_takes_no_vote_along(restarting, database, dead, commands):
    dead()
    votes, letters = database("madeup")["votes"], []
    voters = [uuid.uuid4().hex for _ in range(40)]
    commands([*voters[:20], "deadly", *voters[20:]])
    stored = {"_id": {"$in": voters}}
    restarting(lambda: letters.extend(dead()) or (letters and votes.count_documents(stored) == 40))
    assert len(letters) == 1


def test_a_request_that_ends_the_process_is_dead_lettered_after_a_few_tries(
    restarting, amqp_client, send, database, dead
):
    dead()
    note, letters = f"die {uuid.uuid4().hex}", []
    with refused("suite.no_answer_in_time"):
        amqp_client.request("madeup", "die", {"note": note}, make_context(), timeout=1)
    # A request expires with its caller: this one has all the time that it needs to do harm.
    body = json.dumps({"args": [], "kwargs": {"note": note}}).encode()
    headers = {"nameko.call_id_stack": ["x"]}
    send(topology.RPC.name, "madeup.die", body, headers=headers, reply_to="nobody", delivery_mode=2)
    restarting(lambda: letters.extend(dead()) or letters)
    assert 1 < database("madeup")["notes"].count_documents({"what": note}) <= inbox.TRIES + 2


def test_a_returned_dead_letter_begins_anew(madeup_installed, serve, environment, database, dead, amqp_client):
    from wsis_shared.amqp import dead_letters

    dead()
    process, notes = serve("madeup"), database("madeup")["notes"]
    before = notes.count_documents({"what": "told poison"})
    publish(amqp_client, "outside", "told", {"kind": "poison"})

    def returned():
        with dead_letters.reading(environment["WSIS_AMQP_URI"], "madeup") as found:
            return found.requeue([letter.id for letter in found.letters])

    wait_for(returned, 60)
    wait_for(dead, 60)
    assert notes.count_documents({"what": "told poison"}) == before + 2 * inbox.TRIES
    process.stop(signal.SIGKILL)

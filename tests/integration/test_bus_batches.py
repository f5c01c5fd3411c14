"""Events in batches: one that cannot be handled takes no other along, and none is handled twice."""

import signal
import uuid

import pytest
from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.events import EventKey
from wsis_testkit import actor, make_context, publish, wait_for

MUCH = "told_much"


@pytest.fixture
def madeup(alone):
    return alone


@pytest.fixture
def ready(environment):
    """`ready(queue)`: how many messages of a queue no process has taken."""
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        yield lambda queue: channel.queue_declare(queue, passive=True).message_count


def tell(amqp_client, kind, **more):
    return publish(amqp_client, "outside", MUCH, {"kind": kind}, **more)


def test_many_events_are_handled_in_few_transactions_each_once(madeup, amqp_client, database):
    db, sent = database("madeup"), [uuid.uuid4().hex for _ in range(60)]
    for id_ in sent:
        tell(amqp_client, "plain", id=id_)
        tell(amqp_client, "plain", id=id_)
    wait_for(lambda: db["told"].count_documents({"_id": {"$in": sent}}) == 60)
    sizes = [note["events"] for note in db["notes"].find({"what": "told much"})]
    assert sum(sizes) >= 60
    assert len(sizes) < 60
    assert max(sizes) <= 10, "no more than the prefetch"


def test_a_batch_that_is_full_waits_for_no_interval(madeup, amqp_client, database, ready):
    """There are ten minutes between two batches of this handler: the first is taken at once, and one that is full."""
    notes, gate = database("madeup")["notes"], uuid.uuid4().hex

    def gather(**body):
        payload, ctx = {"args": {}, "body": body}, make_context(actor())
        amqp_client.command("madeup", "gather", payload, ctx, message_id=uuid.uuid4().hex, wait=0)

    def gathered():
        return [note["commands"] for note in notes.find({"what": "gathered"})]

    gather(gate=gate)
    wait_for(gathered)
    for _ in range(3):
        gather()
    wait_for(lambda: ready(topology.command_queue("madeup", "gather").name) == 0, what="them to be in flight")
    notes.insert_one({"what": gate})
    wait_for(lambda: gathered() == [1, 3], 30, "a full batch")


def test_one_that_always_fails_ends_in_the_dead_letters_alone(madeup, amqp_client, dead, database):
    dead()
    before = [tell(amqp_client, "plain") for _ in range(10)]
    poison = tell(amqp_client, "poison")
    after = [tell(amqp_client, "plain") for _ in range(30)]  # acknowledged while that one waits for its next try
    told = database("madeup")["told"]
    wait_for(lambda: told.count_documents({"_id": {"$in": before + after}}) == 40, 30, "the others")
    letters = wait_for(dead, 60)
    assert [letter.headers["x-first-death-reason"] for letter in letters] == ["rejected"]
    assert poison in str(letters[0].body)


def test_a_stop_finishes_what_is_in_hand_and_takes_no_more(madeup, amqp_client, database, ready):
    db, gate = database("madeup"), uuid.uuid4().hex
    queue = topology.selection_queue("madeup", "on_told_much", [EventKey("outside", MUCH)]).name
    held = publish(amqp_client, "outside", MUCH, {"kind": "holds", "gate": gate})
    wait_for(lambda: db["notes"].find_one({"what": "much holds"}))
    sent = [held, *(tell(amqp_client, "plain") for _ in range(3))]

    def stays():
        sent.append(tell(amqp_client, "plain"))
        return ready(queue) > 0

    wait_for(lambda: ready(queue) == 0, what="them to be in flight")
    madeup.process.send_signal(signal.SIGTERM)
    wait_for(stays, what="one that is not taken any more")
    db["notes"].insert_one({"what": gate})
    assert madeup.process.wait(30) == 0
    handled = [id_ for id_ in sent if db["told"].find_one({"_id": id_})]
    assert sent[:4] == handled[:4]
    assert handled == sent[: len(handled)]
    assert ready(queue) == len(sent) - len(handled) > 0

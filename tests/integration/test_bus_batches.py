"""Events in batches: one that cannot be handled takes no other along, and none is handled twice."""

import signal
import uuid

import pytest
from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.events import EventKey
from wsis_testkit import publish, wait_for

MUCH = "told_much"


@pytest.fixture
def madeup(alone):
    return alone


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


def test_a_stop_finishes_what_is_in_hand_and_takes_no_more(madeup, amqp_client, database, environment):
    db, gate = database("madeup"), uuid.uuid4().hex
    queue = topology.selection_queue("madeup", "on_told_much", [EventKey("outside", MUCH)]).name
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        held = publish(amqp_client, "outside", MUCH, {"kind": "holds", "gate": gate})
        wait_for(lambda: db["notes"].find_one({"what": "much holds"}))
        sent = [held, *(tell(amqp_client, "plain") for _ in range(3))]

        def ready():
            return channel.queue_declare(queue, passive=True).message_count

        def stays():
            sent.append(tell(amqp_client, "plain"))
            return ready() > 0

        wait_for(lambda: ready() == 0, what="them to be in flight")
        madeup.process.send_signal(signal.SIGTERM)
        wait_for(stays, what="one that is not taken any more")
        db["notes"].insert_one({"what": gate})
        assert madeup.process.wait(30) == 0
        handled = [id_ for id_ in sent if db["told"].find_one({"_id": id_})]
        assert sent[:4] == handled[:4]
        assert handled == sent[: len(handled)]
        assert ready() == len(sent) - len(handled) > 0

"""Before a service has ever run, its queues stand: what is published meanwhile reaches it later."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlsplit

from kombu import Connection
from wsis_local.broker import Broker
from wsis_shared.amqp import topology
from wsis_shared.events import EventKey
from wsis_testkit import publish, wait_for


def test_an_event_before_the_first_run_of_its_reader_waits_for_it(environment, amqp_client, serve, database):
    subprocess.run([Path(sys.executable).parent / "wsis", "queues", "madeup"], check=True, capture_output=True)
    sent = publish(amqp_client, "outside", "told", {"kind": "early"})
    serve("madeup")
    wait_for(lambda: database("madeup")["told"].count_documents({"_id": sent}) == 1)


def test_a_publisher_declares_the_queues_of_a_reader_that_has_never_run(madeup, published, serve, database):
    events = published("madeup")
    madeup.call("make", n=41)
    events.wait("thing_made")
    serve("reader")
    read = database("reader")["read"]
    wait_for(lambda: sorted({row["by"] for row in read.find({"n": 41})}) == ["on_any", "on_thing_made"])


def test_a_queue_that_exists_with_other_arguments_is_consumed_as_it_is(environment, amqp_client, serve, database):
    """As a former version declared it, or an operator."""
    expected = topology.event_queue("madeup", "on_told", EventKey("outside", "told"))
    other = {**expected.queue_arguments, "x-delivery-limit": 3, "x-max-length": 1000}
    vhost = urlsplit(environment["WSIS_AMQP_URI"]).path.removeprefix("/")
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        connection.channel().queue_delete(expected.name)
        connection.channel().queue_declare(expected.name, durable=True, auto_delete=False, arguments=other)
        # A binding is no argument: each process makes its own.
        serve("madeup")
        sent = publish(amqp_client, "outside", "told", {"kind": "late"})
        wait_for(lambda: database("madeup")["told"].count_documents({"_id": sent}) == 1)
    node = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    found = node.request("GET", f"queues/{quote(vhost, safe='')}/{quote(expected.name, safe='')}")
    assert found["arguments"] == other


def test_the_prefetch_of_every_kind_of_subscription_reaches_the_broker(madeup, serve, environment):
    serve("reader")
    node = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    vhost = quote(urlsplit(environment["WSIS_AMQP_URI"]).path.removeprefix("/"), safe="")
    expected = {
        "events.outside.paced.v1--madeup.on_paced": 1,
        "events.many--madeup.on_told_much": 10,
        "events.many--reader.on_any": 3,
        "commands.madeup.move": 7,
    }

    def prefetches():
        consumers = node.request("GET", f"consumers/{vhost}")
        return {consumer["queue"]["name"]: consumer["prefetch_count"] for consumer in consumers}

    wait_for(lambda: expected.items() <= prefetches().items(), what="the prefetch counts")

"""Requests: what a caller sees, and what cannot hurt the service."""

import json
import time
import uuid
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from kombu import Connection
from nameko.exceptions import RpcTimeout
from nameko.standalone.rpc import ClusterRpcProxy
from wsis_shared.amqp import topology
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_text import JsonText
from wsis_testkit import actor, make_context, refused, wait_for


def test_an_error_crosses_whole(madeup):
    with refused("madeup.bad") as raised:
        madeup.call("refuse")
    error = raised.value
    assert (error.code, error.detail, error.params, error.fields) == (
        "madeup.bad",
        "It is bad.",
        {"limit": 3},
        {"name": ["Too bad."]},
    )


def test_the_text_of_an_unexpected_error_neither_leaves_nor_is_logged(madeup):
    with refused("suite.internal_error") as raised:
        madeup.call("break_")
    assert str(raised.value) == "suite.internal_error"
    log = madeup.log.read_text()
    assert "RuntimeError" in log
    assert "break_" in log
    assert "hunter2" not in log
    assert "someone@example.org" not in log


@pytest.mark.parametrize("well", [True, False])
def test_a_response_whose_time_tells_nothing_takes_its_least_time(madeup, well):
    began = time.monotonic()
    with suppress(Invalid):
        madeup.call("answer_evenly", well=well)
    assert time.monotonic() - began >= 0.5


def test_a_result_that_is_not_data_is_an_error_not_a_hang(madeup):
    with refused("suite.internal_error"):
        madeup.call("unserializable", timeout=5)


@pytest.mark.parametrize("written", [False, True])
def test_a_response_above_the_limit_of_the_broker_is_an_error_and_no_lost_connection(madeup, written):
    letters = topology.MAX_MESSAGE_BYTES // 2
    assert madeup.call("large", letters=letters - 100, written=written)["text"] == "я" * (letters - 100)
    with refused("suite.message_too_large"):
        madeup.call("large", letters=letters, written=written)
    assert "connection lost" not in madeup.log.read_text()


def test_a_request_above_the_limit_of_the_broker_is_not_sent(madeup, amqp_client):
    before = amqp_client._reply_to
    large = "x" * topology.MAX_MESSAGE_BYTES
    with refused("suite.message_too_large"):
        madeup.call("echo", value=large)
    command = {"args": {}, "body": {"voter": large}}
    with refused("suite.message_too_large"):
        amqp_client.command("madeup", "cast", command, make_context(), message_id="x", wait=0)
    assert madeup.call("echo", value=1) == {"value": 1}
    assert amqp_client._reply_to == before


def test_a_result_that_is_json_already_arrives_as_it_is_or_as_its_value(madeup, amqp_client):
    assert madeup.call("written") == {"written": "вот", "by": [1]}
    taken = amqp_client.request("madeup", "written", {}, make_context(), timeout=5, takes_json=True)
    assert (type(taken), taken) == (JsonText, '{"written": "вот",  "by": [1]}'.encode())
    assert amqp_client.request("madeup", "add", {"one": 1}, make_context(), timeout=5, takes_json=True) == {"sum": 3}


def test_arguments_of_a_newer_caller_are_dropped_and_logged_once(madeup):
    assert madeup.call("add", one=1, invented=5) == {"sum": 3}
    assert madeup.call("add", one=2, two=3, invented=6) == {"sum": 5}
    lines = [line for line in madeup.log.read_text().splitlines() if "unknown argument dropped" in line]
    assert len(lines) == 1
    assert '"invented"' in lines[0]


def test_a_hostile_value_stays_one_line_of_the_log(madeup):
    hostile = '\x1b[31m"}\r\n{"event": "planted"}\u2028\u009b'
    assert madeup.call("add", one=1, **{hostile: 5}) == {"sum": 3}
    text = madeup.log.read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["event"] for line in lines if line.get("argument") == hostile] == ["unknown argument dropped"]
    assert [line for line in lines if line["event"] == "planted"] == []
    assert [mark for mark in text if mark != "\n" and not " " <= mark <= "~"] == []
    assert {datetime.fromisoformat(line["timestamp"]).utcoffset() for line in lines} == {timedelta(0)}


def test_a_method_with_filters_takes_any_argument(madeup):
    assert madeup.call("filters", country="NO", invented=1) == {"country": "NO", "invented": 1}


def test_an_argument_that_an_older_caller_does_not_send_is_named(madeup):
    with refused("suite.argument_missing") as raised:
        madeup.call("add", two=2)
    assert list(raised.value.fields) == ["one"]


def test_context_reaches_the_second_hop(madeup):
    who = actor("officer")
    seen = madeup.call("relay", who, context={"locale": "ar", "request_id": "r-1"}, call="whoami", arguments={})
    assert (seen["actor"], seen["locale"], seen["request"]) == (who.id, "ar", "r-1")


def test_a_client_calls_no_method_that_it_does_not_name(madeup):
    """`make` has no right of the broker either: those follow from the same names."""
    with refused("suite.internal_error"):
        madeup.call("relay", call="make", arguments={"n": 1})
    assert "madeup.make is not among the calls" not in madeup.log.read_text("utf-8"), "the text of no error is logged"
    assert "AttributeError" in madeup.log.read_text("utf-8")


def test_one_trace_from_the_first_hop_to_the_last(madeup, amqp_client):
    ctx = make_context()
    near = amqp_client.request("madeup", "whoami", {}, ctx, timeout=5)["trace"]
    far = amqp_client.request("madeup", "relay", {"call": "whoami", "arguments": {}}, ctx, timeout=5)["trace"]
    trace = ctx.traceparent.split("-")[1]
    assert near.split("-")[1] == far.split("-")[1] == trace
    assert len({ctx.traceparent, near, far}) == 3


def test_objects_that_look_like_kombu_types_stay_data(madeup, plain, environment):
    tricky = {"__type__": "bytes", "__value__": "AAAA"}
    assert madeup.call("echo", value=tricky) == {"value": tricky}
    # Without the serializer of our own, the far side sees something else than was sent.
    with ClusterRpcProxy({"AMQP_URI": environment["WSIS_AMQP_URI"]}, timeout=5) as cluster:
        assert cluster.plain.echo(tricky) != repr(tricky)


@pytest.mark.parametrize(
    ("content_type", "headers", "properties", "body"),
    [
        (None, {"nameko.call_id_stack": ["x"]}, {"reply_to": "nobody"}, b"{}"),
        ("application/json", {"nameko.call_id_stack": ["x"]}, {"reply_to": "nobody"}, b'{"args": [], "kwargs": {}}'),
        ("application/x-python-serialize", {"nameko.call_id_stack": ["x"]}, {"reply_to": "nobody"}, b"\x80\x04N."),
        ("application/vnd.wsis+json", {"nameko.call_id_stack": ["x"]}, {}, b'{"args": [], "kwargs": {}}'),
        ("application/vnd.wsis+json", {"nameko.call_id_stack": "x"}, {"reply_to": "n"}, b'{"args": [], "kwargs": {}}'),
        ("application/vnd.wsis+json", {}, {"reply_to": "nobody"}, b'{"args": [], "kwargs": {}}'),
        ("application/vnd.wsis+json", {"nameko.call_id_stack": ["x"]}, {"reply_to": "nobody"}, b"\xff\xfe"),
        ("application/vnd.wsis+json", {"nameko.call_id_stack": ["x"]}, {"reply_to": "nobody"}, b"[1]"),
        ("application/vnd.wsis+json", {"nameko.call_id_stack": ["x"]}, {"reply_to": "nobody"}, b'{"kwargs": NaN}'),
        ("application/vnd.wsis+json", {"nameko.call_id_stack": ["x"]}, {"reply_to": "nobody"}, b'{"kwargs": [1]}'),
        ("application/vnd.wsis+json", {"nameko.call_id_stack": ["x"]}, {"reply_to": "n"}, b'{"args":[1],"kwargs":{}}'),
        (
            "application/vnd.wsis+json",
            {"nameko.call_id_stack": ["x"], "wsis-actor": "{"},
            {"reply_to": "n"},
            b'{"args": [], "kwargs": {}}',
        ),
    ],
)
def test_a_malformed_request_is_dead_lettered_and_the_service_lives(
    madeup, dead, send, content_type, headers, properties, body
):
    dead()
    send(topology.RPC.name, "madeup.echo", body, content_type=content_type, headers=headers, **properties)
    assert wait_for(dead), "the message is kept for an operator"
    assert madeup.call("echo", value=1) == {"value": 1}
    assert madeup.process.poll() is None


def test_without_our_bus_a_request_without_reply_to_ends_the_service(plain, send, environment):
    send(
        "nameko-rpc",
        "plain.echo",
        json.dumps({"args": [1], "kwargs": {}}),
        content_type="application/json",
        headers={"nameko.call_id_stack": ["x"]},
    )
    assert plain.process.wait(15) != 0
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        connection.channel().queue_delete("rpc-plain")  # where it would end the next one too


def test_a_timeout_of_eventlet_does_not_escape(madeup, plain, environment):
    with refused("suite.no_answer_in_time"):
        madeup.call("time_out")
    # In plain nameko the caller gets no answer at all.
    config = {"AMQP_URI": environment["WSIS_AMQP_URI"]}
    with ClusterRpcProxy(config, timeout=2) as cluster, pytest.raises(RpcTimeout):
        cluster.plain.time_out()
    assert plain.notes().count("time_out") == 1


def test_a_call_between_services_ends_in_time(madeup):
    with refused("suite.no_answer_in_time"):
        madeup.call("relay", call="slow", arguments={"seconds": 4})
    with refused("suite.service_away"):
        madeup.call("call_absent")


def test_an_unknown_method_says_so(madeup):
    with refused("suite.method_unknown"):
        madeup.call("nonsense")


def test_the_same_key_has_one_effect_and_one_answer(madeup, database):
    who, key = actor(), uuid.uuid4().hex
    first = madeup.call("make", who, context={"idempotency_key": key}, n=7)
    assert madeup.call("make", who, context={"idempotency_key": key}, n=7) == first
    with refused("suite.idempotency_key_reused"):
        madeup.call("make", who, context={"idempotency_key": key}, n=8)
    assert madeup.call("make", actor(), context={"idempotency_key": key}, n=7) != first, "a key belongs to its actor"
    assert database("madeup")["things"].count_documents({"n": 7}) == 2


def test_parallel_repeats_of_one_key_have_one_effect(madeup, database):
    from concurrent.futures import ThreadPoolExecutor

    who, key = actor(), uuid.uuid4().hex
    with ThreadPoolExecutor(20) as pool:
        made = list(
            pool.map(lambda _: madeup.call("make", who, context={"idempotency_key": key}, n=70)["id"], range(20))
        )
    assert len(set(made)) == 1
    assert database("madeup")["things"].count_documents({"n": 70}) == 1


def test_a_race_for_a_unique_name_has_one_winner_and_clear_losers(madeup):
    from concurrent.futures import ThreadPoolExecutor

    name = uuid.uuid4().hex

    def take(_):
        try:
            return madeup.call("make_named", actor(), name=name)
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(take, range(16)))
    assert results.count("madeup.name_taken") == 15
    assert results.count({"name": name}) == 1

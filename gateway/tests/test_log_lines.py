"""Lines of the gateway's log: what they say of refusals, and that nobody writes lines of their own into it."""

import json
from datetime import datetime, timedelta

import pytest
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

from wsis_gateway.access_log import AccessLog

TRACE = "c0ffee" * 5 + "00"
FIELDS = {"timestamp", "service", "event", "method", "route", "status", "ms", "request_id", "trace_id", "cached"}


@pytest.fixture(scope="module")
def gateway(run_gateway, sample, keys):
    return run_gateway(real=True, WSIS_LIMIT_SIGNUP="1/minute", WSIS_LIMIT_NETWORK_FACTOR="1")


@pytest.fixture
def ask(gateway):
    """`ask(id, method, path, **more)`: send a request, and return its line."""

    def line_of(id, method, path, headers=None, **more):
        named = {"X-Request-ID": id, "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        gateway.http.request(method, path, headers={**(headers or {}), **named}, **more)
        return wait_for(lambda: next((line for line in lines(gateway) if line.get("request_id") == id), None), 5)

    return line_of


def lines(gateway):
    return [json.loads(line) for line in gateway.log.read_text("utf-8").rpartition("\n")[0].splitlines()]


def test_a_line_says_when_where_and_what(ask):
    line = ask("what-happened", "GET", "/v1/notes/n1")
    assert line.keys() == FIELDS
    assert (line["service"], line["route"], line["status"]) == ("gateway", "/v1/notes/{note}", 200)
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)
    assert line["trace_id"] == TRACE


def test_a_refusal_has_its_error(ask, keys, signed_in):
    def by(token):
        return {"Authorization": f"Bearer {token}"}

    ask("first-signup", "POST", "/v1/registration")
    refused = {
        "gateway.token_missing": ask("no-token", "GET", "/v1/staff"),
        "gateway.token_invalid": ask("forged-token", "GET", "/v1/staff", by(TokenSigner().token())),
        "gateway.token_expired": ask("expired-token", "GET", "/v1/staff", by(keys.token(seconds=-60))),
        "gateway.forbidden": ask("wrong-role", "GET", "/v1/staff", signed_in("juror")),
        "gateway.proof_of_work_needed": ask("over-the-rate", "POST", "/v1/registration"),
        "gateway.content_invalid": ask("unknown-field", "PUT", "/v1/notes/n1", json={"title": "x", "role": "officer"}),
        "gateway.not_found": ask("no-such-path", "GET", "/v1/.git/config"),
        "suite.internal_error": ask("fault-of-ours", "GET", "/v1/boom"),
    }
    assert {id: line["error"] for id, line in refused.items()} == {id: id for id in refused}


def test_an_account_is_named_where_staff_alone_may_act(ask, signed_in):
    line = ask("not-for-you", "GET", "/v1/staff", signed_in("juror", sub="mallory"))
    assert (line["error"], line["account"], line["trace_id"]) == ("gateway.forbidden", "mallory", "")


def test_no_account_is_named_where_members_act(ask, gateway, keys):
    """A voter's account and the moment of a vote never stand in one line: a refusal has none either."""
    for id, status, roles in (("accepted-vote", 201, ["member"]), ("refused-vote", 403, ["juror"])):
        token = keys.token(sub="a-voter", roles=roles)
        line = ask(id, "POST", "/v1/notes/n1/votes", {"Authorization": f"Bearer {token}"}, json={"choice": "n1"})
        assert line["status"] == status
        assert line.keys() - {"error"} == FIELDS
    assert "a-voter" not in gateway.log.read_text("utf-8")


HOSTILE = b'\x1b[2J\x1b[31m"}\r{"event": "planted"}'


def test_no_input_makes_a_line_or_steers_a_terminal(gateway, ask):
    """From gunicorn's first line to the last each one is a JSON object, without control characters."""
    for before, after in (
        (b"GET /v1/notes/%0A%1B[31m{ HTTP/1.1\r\nHost: x", b""),
        (b"GET /", b" HTTP/1.1\r\nHost: x"),
        (b"", b" / HTTP/1.1\r\nHost: x"),
        (b"GET / HTTP/1.1\r\nHost: ", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: ", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\ntraceparent: ", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b": x"),
    ):
        gateway.raw(before + HOSTILE + after + b"\r\nConnection: close\r\n\r\n", seconds=2)
    ask("after-the-attack", "GET", "/v1/notes/n1")
    text = gateway.log.read_text("utf-8")
    assert [line for line in lines(gateway) if not isinstance(line, dict) or line["event"] == "planted"] == []
    assert [mark for mark in text if ord(mark) < 32 and mark != "\n"] == []
    assert "planted" not in text
    assert {datetime.fromisoformat(line["timestamp"]).utcoffset() for line in lines(gateway)} == {timedelta(0)}


def test_a_hostile_value_stays_one_line_of_the_access_log(capsys):
    log = AccessLog()
    log.write({"route": HOSTILE.decode() + "\n\u2028\u009b"})
    log.close()
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert [mark for mark in written[:-1] if not " " <= mark <= "~"] == []

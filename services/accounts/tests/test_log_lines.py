"""Sign-ins in the log: how and when for everybody, the account for staff alone; over a real broker and a real store."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_testkit import wait_for

from .conftest import Client, appointed, challenge_of, outcome

Post = Callable[..., tuple[Any, dict[str, Any]]]


@pytest.fixture
def post(accounts: Any) -> Post:
    """Call a method with a body; returns its outcome, and what the log says of it."""

    def call(method: str, /, minutes: float = 0, **body: Any) -> tuple[Any, dict[str, Any]]:
        id, at = uuid.uuid4().hex, clock.now() + timedelta(minutes=minutes)
        done = outcome(accounts.call, method, context={"request_id": id, "received_at": at}, body=body)
        return done, wait_for(lambda: next((line for line in lines(accounts) if line.get("request_id") == id), {}))

    return call


def lines(accounts: Any) -> list[dict[str, Any]]:
    """All lines of the service's log so far."""
    return [json.loads(line) for line in accounts.log.read_text("utf-8").rpartition("\n")[0].splitlines()]


def test_a_members_sign_in_says_how_and_names_no_account(post: Post, client: Client) -> None:
    client.register()
    code = client.mail()["code"]
    guess = str((int(code) + 1) % 10**6).zfill(6)
    refused, failed = post("confirm", email=client.address, code=guess)
    tokens, succeeded = post("confirm", email=client.address, code=code)
    _, known = post("sign_in", email=client.address, code=guess)
    assert (failed["event"], failed["error"], failed["level"]) == ("sign-in failed", refused, "warning")
    assert (succeeded["event"], succeeded["factor"]) == ("sign-in succeeded", "mailed code")
    assert succeeded["session"] == tokens["refresh_token"].split(".")[0]
    assert datetime.fromisoformat(succeeded["timestamp"]).utcoffset() == timedelta(0)
    for line in (failed, succeeded, known):
        assert line["account"] is None
        assert tokens["account"] not in str(line)
    # A client may have one trace for a sign-in and a vote.
    assert succeeded["trace_id"] == ""


def test_that_of_staff_names_the_account_failed_or_not(post: Post, client: Client) -> None:
    id = appointed(client.address).id
    client.post("request_code", email=client.address)
    mail = client.mail("sign_in_requested")
    _, failed = post("sign_in", email=client.address, code=str((int(mail["code"]) + 1) % 10**6).zfill(6))
    tokens, succeeded = post("sign_in", challenge=challenge_of(mail), code=mail["code"])
    assert (failed["event"], failed["account"]) == ("sign-in failed", id)
    assert (succeeded["event"], succeeded["account"], succeeded["factor"]) == ("sign-in succeeded", id, "mailed link")
    assert tokens["account"] == id
    assert (failed["trace_id"], succeeded["trace_id"]) == ("", "")


def test_a_stolen_refresh_token_is_in_the_log(post: Post, accounts: Any, client: Client) -> None:
    stolen = client.tokens()["refresh_token"]
    client.post("refresh", refresh_token=stolen)
    refused, line = post("refresh", minutes=5, refresh_token=stolen)
    assert refused == "accounts.refresh_invalid"
    assert (line["event"], line["session"]) == ("refresh token came twice", stolen.split(".")[0])

"""The conformance kit: a good receiver passes, and each fault of a receiver fails its row."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from click.testing import CliRunner

from wsis_agencies.agency_check import Receiver as Checked
from wsis_agencies.agency_check import agency_check, checks
from wsis_agencies.event_subscriptions.rules.secrets import from_text, to_text

from ..webhook_receiver import Receiver

SECRET = to_text(b"0123456789abcdef01234567")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver([SECRET]).start()
    yield made
    made.stop()


def failed(receiver: Receiver, seconds: float = 5.0) -> list[str]:
    return [found.check for found in checks(Checked(receiver.url, from_text(SECRET), seconds)) if not found.passed]


def test_good_receiver_passes_and_the_table_says_so(receiver: Receiver) -> None:
    result = CliRunner().invoke(agency_check, [receiver.url, "--secret", SECRET])
    assert result.exit_code == 0, result.output
    assert (result.output.count("ok  "), result.output.count("FAIL")) == (11, 0)


def test_receiver_that_repeats_the_challenge_passes(receiver: Receiver) -> None:
    receiver.options = (405, {})
    assert failed(receiver) == []
    receiver.repeats = False
    assert failed(receiver) == ["handshake"]


def test_receiver_that_verifies_nothing_fails_four_rows(receiver: Receiver) -> None:
    receiver.secrets = []
    wanted = ["wrong signature", "no signature", "timestamp ten minutes ago", "timestamp in ten minutes"]
    assert failed(receiver) == wanted


@pytest.mark.parametrize(
    ("mood", "row"),
    [
        (lambda event: (422 if event["type"].startswith("wsis.unknown") else 200, {}), "unknown type"),
        (lambda event: (400 if "newextension" in event else 200, {}), "unknown fields"),
        (lambda event: (413 if len(str(event)) > 10_000 else 200, {}), "64 kB"),
    ],
)
def test_fault_fails_its_row(receiver: Receiver, mood: Callable[[dict[str, Any]], Any], row: str) -> None:
    receiver.mood = mood
    assert failed(receiver) == [row]


def test_receiver_that_refuses_repeats_fails(receiver: Receiver) -> None:
    seen: set[str] = set()

    def mood(event: dict[str, Any]) -> Any:
        known = event["id"] in seen
        seen.add(event["id"])
        return (409 if known else 200), {}

    receiver.mood = mood
    assert failed(receiver) == ["same id again"]


def test_slow_receiver_and_redirects_fail(receiver: Receiver) -> None:
    def slow(event: dict[str, Any]) -> Any:
        if event["type"].startswith("wsis.unknown"):
            time.sleep(1)
        return 200, {}

    receiver.mood = slow
    assert failed(receiver, seconds=0.5) == ["unknown type"]
    receiver.mood = lambda event: (307 if "newextension" in event else 200, {"location": "/"})
    assert failed(receiver) == ["unknown fields"]


def test_origin_is_that_of_the_option(receiver: Receiver) -> None:
    receiver.options = (200, {"WebHook-Allowed-Origin": "wsis.example"})
    receiver.repeats = False
    for origin, code in (("wsis.example", 0), ("other.example", 1)):
        result = CliRunner().invoke(agency_check, [receiver.url, "--secret", SECRET, "--origin", origin])
        assert (result.exit_code, receiver.origins[-1]) == (code, origin), result.output


def test_challenge_among_other_text_is_not_repeated(receiver: Receiver) -> None:
    receiver.options = (405, {})
    receiver.around = b"challenge: %s"
    assert failed(receiver) == ["handshake"]


def test_receiver_that_speaks_no_http_fails_and_ends_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65_536)
                        connection.sendall(b"220 mail.example ESMTP\r\n")

        threading.Thread(target=babble, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        result = CliRunner().invoke(agency_check, [url, "--secret", SECRET])
    assert (result.exit_code, result.output.count("FAIL")) == (1, 11), result.output


@pytest.mark.parametrize("url", ["example.org/hook", "ftp://example.org", "https://", "https://a:b", "https://a:99999"])
def test_address_that_is_none_is_said_so(url: str) -> None:
    result = CliRunner().invoke(agency_check, [url, "--secret", SECRET])
    assert (result.exit_code, "URL" in result.output) == (2, True), result.output


def test_secret_that_is_none_is_said_so() -> None:
    result = CliRunner().invoke(agency_check, ["https://example.org", "--secret", "whsec_?"])
    assert result.exit_code == 2
    assert "--secret" in result.output

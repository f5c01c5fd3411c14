"""Receivers that drip, redirect, lie and never end: a request is over in time, and little of the reply is read."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from wsis_agencies.webhooks.client import MAX_BODY, Reply, WebhookClient

SECONDS = 5.0  # of a request
CAP = 1_000_000  # bytes that a receiver gets rid of before the connection ends: buffers of the kernel, and ours

Talk = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\n"


def forever(first: bytes, then: bytes, pause: float = 0.0) -> Talk:
    """Say `first`, then `then` again and again."""

    def talk(peer: socket.socket) -> None:
        peer.sendall(first)
        while True:
            peer.sendall(then)
            time.sleep(pause)

    return talk


def say(*parts: bytes) -> Talk:
    return lambda peer: peer.sendall(b"".join(parts))


HOSTILE: dict[str, Talk] = {
    "silent": lambda peer: time.sleep(4 * SECONDS),
    "closes": lambda peer: None,
    "resets": lambda peer: peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"),
    "drips the status": forever(b"H", b"T", 0.05),
    "drips headers": forever(OK, b"x", 0.05),
    "drips header lines": forever(OK, b"a: b\r\n", 0.05),
    "drips the body": forever(OK + b"content-length: 100000\r\n\r\n", b"x", 0.05),
    "drips chunks": forever(OK + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.05),
    "endless status": forever(b"HTTP/1.1 200 ", b"O" * 65_536),
    "endless header": forever(OK + b"a: ", b"x" * 65_536),
    "endless headers": forever(OK, b"a: b\r\n" * 10_000),
    "endless header name": forever(OK, b"x" * 65_536),
    "endless body": forever(OK + b"\r\n", b"x" * 65_536),
    "endless chunks": forever(OK + b"transfer-encoding: chunked\r\n\r\n", b"ffff\r\n" + b"x" * 65_535 + b"\r\n"),
    "endless chunk size": forever(OK + b"transfer-encoding: chunked\r\n\r\n", b"0" * 65_536),
    "endless chunk extension": forever(OK + b"transfer-encoding: chunked\r\n\r\n1;", b"a=b;" * 10_000),
    "endless trailers": forever(OK + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 10_000),
    "endless 100 Continue": forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
    "endless 103 Early Hints": forever(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 1_000),
    "huge length": say(OK, b"content-length: 99999999999999999999\r\n\r\nxx"),
    "length and less": say(OK, b"content-length: 1000\r\n\r\nxx"),
    "length and more": forever(OK + b"content-length: 2\r\n\r\n", b"x" * 65_536),
    "negative length": say(OK, b"content-length: -1\r\n\r\n"),
    "two lengths": say(OK, b"content-length: 2\r\ncontent-length: 3\r\n\r\nxxx"),
    "length and chunks": say(OK, b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
    "length of words": say(OK, b"content-length: two\r\n\r\nxx"),
    "bad chunk": say(OK, b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
    "bomb": forever(OK + b"content-encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", b"\x00" * 65_536),
    "no HTTP": say(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "HTTP/0.9": say(b"hello"),
    "HTTP/9.9": say(b"HTTP/9.9 200 OK\r\ncontent-length: 0\r\n\r\n"),
    "status 99999": say(b"HTTP/1.1 99999 OK\r\ncontent-length: 0\r\n\r\n"),
    "status of words": say(b"HTTP/1.1 twohundred OK\r\n\r\n"),
    "NUL in a header": say(OK, b"a: \x00\r\ncontent-length: 0\r\n\r\n"),
    "switches protocols": say(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"),
    "cookie": say(OK, b"set-cookie: a=b\r\ncontent-length: 0\r\n\r\n"),
}


class Receiver:
    """Listens on loopback, reads each request and talks; counts requests and the bytes that it got rid of."""

    def __init__(self, talk: Talk) -> None:
        self.requests: list[bytes] = []
        self.sent = 0
        self._talk = talk
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/hook"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                peer, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32_768)
            request = b""
            while b"\r\n\r\n{}" not in request and (got := peer.recv(65_536)):
                request += got
            self.requests.append(request)
            try:
                self._talk(_Counting(peer, self))  # type: ignore[arg-type]
            except OSError:
                return

    def close(self) -> None:
        self._server.close()


class _Counting:
    def __init__(self, peer: socket.socket, receiver: Receiver) -> None:
        self._peer, self._receiver = peer, receiver

    def sendall(self, data: bytes) -> None:
        self._peer.sendall(data)
        self._receiver.sent += len(data)

    def setsockopt(self, *arguments: object) -> None:
        self._peer.setsockopt(*arguments)  # type: ignore[call-overload]


@pytest.fixture
def receive() -> Iterator[Callable[[Talk], Receiver]]:
    made: list[Receiver] = []

    def start(talk: Talk) -> Receiver:
        made.append(Receiver(talk))
        return made[-1]

    yield start
    for receiver in made:
        receiver.close()


def post(*urls: str, seconds: float = SECONDS) -> list[Reply]:
    """Post to them at once."""

    async def work() -> list[Reply]:
        async with WebhookClient(seconds=seconds, allow_loopback=True) as client:
            return list(await asyncio.gather(*(client.request("POST", url, {}, b"{}") for url in urls)))

    return asyncio.run(work())


def test_hostile_receivers_cost_little_time_and_memory(receive: Callable[[Talk], Receiver]) -> None:
    receivers = {name: receive(talk) for name, talk in HOSTILE.items()}
    started = time.monotonic()
    replies = dict(zip(receivers, post(*(one.url for one in receivers.values())), strict=True))
    assert time.monotonic() - started < 4 * SECONDS
    assert {name: len(reply.body) for name, reply in replies.items() if len(reply.body) > MAX_BODY} == {}
    assert {name: one.sent for name, one in receivers.items() if one.sent > CAP} == {}
    assert {name: one.requests for name, one in receivers.items() if len(one.requests) > 2} == {}
    delivered = {name for name, reply in replies.items() if reply.is_success}
    # What said 200 in a whole header has taken it, whatever it says later.
    assert delivered <= {
        "endless body",
        "endless chunks",
        "length and more",
        "length and less",
        "bomb",
        "cookie",
        "huge length",
        "endless trailers",
        "HTTP/9.9",
    }
    assert "cookie" in delivered


def test_who_waits_for_a_place_has_not_failed(
    receive: Callable[[Talk], Receiver], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsis_agencies.webhooks.client.CONNECTIONS", 1)

    def slowly(peer: socket.socket) -> None:
        time.sleep(2)
        peer.sendall(OK + b"content-length: 0\r\n\r\n")

    slow, other = receive(slowly), receive(slowly)
    assert [reply.status for reply in post(slow.url, other.url, seconds=3)] == [200, 200]


def test_redirects_are_not_followed(receive: Callable[[Talk], Receiver]) -> None:
    inside = receive(say(OK, b"content-length: 0\r\n\r\n"))
    for status in (301, 302, 303, 307, 308):
        there = say(b"HTTP/1.1 %d Moved\r\nlocation: %s\r\ncontent-length: 0\r\n\r\n" % (status, inside.url.encode()))
        [reply] = post(receive(there).url)
        assert reply.status == status
    assert inside.requests == []


def test_idle_connection_that_was_closed_is_no_failure(receive: Callable[[Talk], Receiver]) -> None:
    answer = say(OK, b"content-length: 0\r\n\r\n")  # says keep-alive, and closes
    receiver = receive(answer)

    async def work() -> list[int | None]:
        async with WebhookClient(seconds=SECONDS, allow_loopback=True) as client:
            return [(await client.request("POST", receiver.url, {}, b"{}")).status for _ in range(5)]

    assert asyncio.run(work()) == [200] * 5


def test_request_is_plain(receive: Callable[[Talk], Receiver]) -> None:
    receiver = receive(say(OK, b"set-cookie: a=b\r\ncontent-length: 0\r\n\r\n"))
    post(receiver.url)
    post(receiver.url)
    head = receiver.requests[-1].decode().lower()
    assert "user-agent: wsis-webhooks/1" in head
    assert "accept-encoding" not in head
    assert "cookie" not in head


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [
        ("120", 120, 120),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
        ("Fri, 31 Dec 2999 23:59:59 GMT", 1e9, 1e12),
        ("9" * 50, 1, 1e10),
    ],
)
def test_retry_after(value: str, least: float, most: float) -> None:
    found = Reply(429, {"retry-after": value}, b"", 0.1).retry_after
    assert found is not None
    assert least <= found <= most


@pytest.mark.parametrize(
    "value",
    [
        *("", "-1", "soon", "1.5", "٣", "Wed, 99 Foo"),
        "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 01 Jan 2026 00:00:00 +99999999999999",
    ],
)
def test_retry_after_that_says_nothing(value: str) -> None:
    assert Reply(429, {"retry-after": value}, b"", 0.1).retry_after is None

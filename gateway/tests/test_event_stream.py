"""The body of a stream towards one client: its form, and clients that are slow or leave."""

import socket as sockets
import time

import gevent
import pytest
from gevent import socket
from wsis_shared.errors import NotFound, Unavailable
from wsis_shared.streams import Stream

from wsis_gateway import client_socket, event_stream
from wsis_gateway.client_socket import ClientSocket
from wsis_gateway.event_stream import EventStream, format_event
from wsis_gateway.feeds import Feeds, Page
from wsis_gateway.worker import BufferedSocket

BIG = b"x" * 300_000
_SERVERS = []


@pytest.fixture(autouse=True)
def _no_server_is_left():
    yield
    gevent.killall(_SERVERS)
    _SERVERS.clear()


class Connection:
    """A stream of a number that the test sets, and the client's end of its connection."""

    def __init__(self, last_id="", seconds=60):
        self._expires_at = time.time() + seconds
        self.number, self.failure, self.feeds = 0, None, Feeds()
        self._last_id = last_id
        ours, self.client = socket.socketpair()
        ours.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, 4096)
        self.ended, self._socket = False, BufferedSocket(ours)
        self._server = gevent.spawn(self._serve)
        _SERVERS.append(self._server)
        gevent.sleep(0)

    def _page(self):
        if self.failure is not None:
            raise self.failure
        return Page(b"%d %s" % (self.number, BIG), str(self.number))

    def _serve(self):
        stream = Stream(events=("sample.changed",), min_interval=0.0)
        with (
            self.feeds.follow("feed", stream, "") as (feed, follower),
            ClientSocket({"gunicorn.socket": self._socket}, follower.end) as watched,
        ):
            body = EventStream(
                feed,
                follower,
                watched,
                read=lambda _: feed.read(None, self._page),
                first=feed.read(None, self._page),
                last_id=self._last_id,
                told=False,
                expires_at=self._expires_at,
                check=lambda: None,
                problem=lambda error: error.code.encode(),
                release=lambda: None,
            )
            for chunk in body:
                self._socket.sendall(chunk)
        self.ended = True

    def set(self, number):
        self.number = number
        self.feeds.publish("sample", "changed", {})
        gevent.sleep(0.01)  # lets the other greenlets run

    def ids(self):
        """The ids of all events that the client has received until nothing more comes."""
        received = b""
        with gevent.Timeout(0.3, False):
            while chunk := self.client.recv(1_000_000):
                received += chunk
        return [line[4:] for line in received.decode().splitlines() if line.startswith("id: ")]

    def text(self, seconds=0.3):
        received = b""
        with gevent.Timeout(seconds, False):
            while chunk := self.client.recv(1_000_000):
                received += chunk
        return received.decode()

    def join(self, seconds=5):
        self._server.join(seconds)
        return self.ended


def test_an_event_has_the_form_of_the_standard():
    assert format_event(b'{"a":1}') == b'data: {"a":1}\n\n'
    assert format_event(b"{}", id='"x"', event="problem") == b'event: problem\nid: "x"\ndata: {}\n\n'


def test_a_slow_client_gets_the_newest_state_and_not_those_between():
    connection = Connection()
    for number in range(1, 50):
        connection.set(number)
    ids = connection.ids()
    assert ids[-1] == "49"
    assert len(ids) <= 4


def test_a_client_that_receives_nothing_is_dropped(monkeypatch):
    monkeypatch.setattr(client_socket, "SEND_SECONDS", 0.1)
    connection = Connection()
    assert connection.join()
    assert not connection.feeds._feeds


def test_a_client_that_hangs_up_is_noticed_at_once():
    connection = Connection()
    connection.ids()
    connection.client.close()
    assert connection.join(1)


def test_comments_keep_the_connection_open(monkeypatch):
    monkeypatch.setattr(event_stream, "KEEPALIVE_SECONDS", 0.05)
    connection = Connection()
    assert connection.text().count(":\n\n") >= 2


def test_a_client_with_nothing_to_receive_gets_the_beginning_at_once():
    assert Connection(last_id="0").text() == "retry: 3000\n\n"


def test_comments_come_while_events_change_nothing(monkeypatch):
    monkeypatch.setattr(event_stream, "KEEPALIVE_SECONDS", 0.1)
    connection = Connection(last_id="0")
    for _ in range(40):
        connection.set(0)
    assert ":\n\n" in connection.text(0.01)


def test_comments_come_during_an_outage(monkeypatch):
    monkeypatch.setattr(event_stream, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(event_stream, "KEEPALIVE_SECONDS", 0.1)
    connection = Connection()
    connection.ids()
    connection.failure = Unavailable("suite.service_away", "")
    connection.set(1)
    assert connection.text().count(":\n\n") >= 2


def test_an_outage_is_told_once_and_the_stream_goes_on(monkeypatch):
    monkeypatch.setattr(event_stream, "RETRY_SECONDS", 0.02)
    connection = Connection()
    connection.ids()
    connection.failure = Unavailable("suite.service_away", "")
    connection.set(1)
    assert connection.text().count("event: problem") == 1
    connection.failure = None
    assert connection.ids() == ["1"]
    assert not connection.ended


def test_a_refusal_ends_it():
    connection = Connection()
    connection.ids()
    connection.failure = NotFound("sample.gone", "")
    connection.set(1)
    assert "event: problem\ndata: sample.gone\n\n" in connection.text()
    assert connection.join()


def test_a_stream_ends_with_its_token():
    """One whose check had nothing against it went round and round, and its worker did nothing else."""
    connection = Connection(seconds=0.2)
    assert connection.ids() == ["0"]
    assert connection.join()

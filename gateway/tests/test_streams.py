"""Clients follow a route by server-sent events or long polls: all over HTTP, with the real gateway and broker."""

import signal
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from wsis_shared import clock
from wsis_shared.context import ANONYMOUS
from wsis_shared.errors import SuiteError
from wsis_testkit import actor, publish, wait_for
from wsis_testkit.event_stream import EventClient
from wsis_testkit.proxy import Proxy

from wsis_gateway.held_requests import HeldRequests
from wsis_gateway.settings import Settings


class Board:
    """A board of the sample service, and the events that say that it has changed."""

    def __init__(self, sample, amqp_client):
        self.id, self._sample, self._amqp_client = uuid.uuid4().hex, sample, amqp_client
        self.path = f"/v1/boards/{self.id}"
        self.set(0)

    def set(self, number):
        self._sample.call("set_board", board=self.id, number=number)
        self.touch()

    def post(self, *texts):
        for text in texts:
            self._sample.call("post", board=self.id, text=text)
        self.touch()

    def drop(self):
        self._sample.call("drop_board", board=self.id)
        self.touch()

    def touch(self, times=1):
        for _ in range(times):
            publish(self._amqp_client, "sample", "board_changed", {"board": self.id}, subject=self.id)

    @property
    def reads(self):
        return self._sample.call("reads", board=self.id)


@pytest.fixture
def board(sample, amqp_client):
    return Board(sample, amqp_client)


@pytest.fixture
def follow(gateway):
    """`follow(path, headers)`: a client of the stream; all end with the test."""
    clients = []

    def connect(path, headers, of=gateway):
        clients.append(EventClient(of.uri + path, headers))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


def metric(probes, name):
    lines = probes.get("/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


# -- server-sent events -----------------------------------------------------------------------------------------------


def test_a_stream_begins_with_the_present_state_and_goes_on_with_each_new_one(http, follow, board, signed_in):
    client = follow(board.path, signed_in())
    assert client.status == 200
    assert client.headers["content-type"] == "text/event-stream"
    assert client.headers["x-accel-buffering"] == "no"
    assert client.headers["cache-control"] == "no-store"
    assert "Accept" in client.headers["vary"]
    first = client.wait(1)[0]
    assert first["data"] == {"board": board.id, "number": 0}
    assert first["id"] == http.get(board.path, headers=signed_in()).headers["etag"]
    board.set(1)
    assert client.wait(2)[1]["data"]["number"] == 1
    board.set(2)
    assert [data["number"] for data in client.wait(3) and client.data] == [0, 1, 2]


def test_an_event_that_changes_nothing_sends_nothing(follow, board, signed_in):
    client = follow(board.path, signed_in())
    client.wait(1)
    before = board.reads
    board.touch()
    wait_for(lambda: board.reads > before)
    board.set(1)
    assert [data["number"] for data in client.wait(2) and client.data] == [0, 1]


def test_events_of_another_board_cause_no_read(sample, amqp_client, follow, board, signed_in):
    client, other = follow(board.path, signed_in()), Board(sample, amqp_client)
    client.wait(1)
    before = board.reads
    other.set(1)
    board.set(1)
    client.wait(2)
    assert board.reads == before + 1


def test_a_client_that_has_the_state_gets_the_next_one(follow, board, signed_in):
    last_id = follow(board.path, signed_in()).wait(1)[0]["id"]
    again = follow(board.path, signed_in(**{"Last-Event-ID": last_id}))
    board.set(1)
    assert again.wait(1)[0]["data"]["number"] == 1
    old = follow(board.path, signed_in(**{"Last-Event-ID": last_id}))
    assert old.wait(1)[0]["data"]["number"] == 1


def test_many_clients_of_one_state_cause_one_read(follow, board, signed_in):
    clients = [follow(board.path, signed_in("officer", sub=f"member{number}")) for number in range(30)]
    for client in clients:
        client.wait(1)
    before = board.reads
    board.set(1)
    for client in clients:
        assert client.wait(2)[1]["data"]["number"] == 1
    assert board.reads == before + 1


def test_what_is_an_accounts_own_is_read_for_each_account(follow, board, signed_in):
    clients = [follow(f"{board.path}/mine", signed_in(sub=name)) for name in ("ada", "ada", "grace")]
    for client in clients:
        client.wait(1)
    before = board.reads
    board.set(1)
    for client in clients:
        client.wait(2)
    assert board.reads == before + 2


def test_a_burst_of_events_causes_few_reads_and_the_last_state(follow, board, signed_in):
    client = follow(board.path, signed_in())
    client.wait(1)
    before, began = board.reads, time.monotonic()
    board.touch(200)
    board.set(7)
    wait_for(lambda: client.data[-1]["number"] == 7)
    assert board.reads - before <= 2 + (time.monotonic() - began) / 0.5


def test_a_list_is_followed_by_its_cursor_and_none_is_lost_or_doubled(follow, board, signed_in):
    board.post(*"abcdefgh")
    client = follow(f"{board.path}/posts", signed_in())
    assert [page["items"] for page in client.wait(3) and client.data] == [[*"abc"], [*"def"], [*"gh"]]
    board.post("i")
    last = client.wait(4)[3]
    assert (last["data"]["items"], last["id"]) == (["i"], "9")
    client.close()
    board.post("j", "k", "l", "m")
    again = follow(f"{board.path}/posts", signed_in(**{"Last-Event-ID": last["id"]}))
    assert [item for page in again.wait(2) and again.data for item in page["items"]] == [*"jklm"]
    later = follow(f"{board.path}/posts?after=12", signed_in())
    assert later.wait(1)[0]["data"]["items"] == ["m"]


def test_a_cursor_that_is_none_is_refused(http, board, signed_in):
    headers = signed_in(Accept="text/event-stream", **{"Last-Event-ID": "x"})
    response = http.get(f"{board.path}/posts", headers=headers)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "Last-Event-ID"


def test_a_cached_route_is_followed_without_signing_in(http, follow, board):
    path = f"{board.path}/public"
    assert http.get(path).json()["number"] == 0
    client = follow(path, {})
    assert client.wait(1)[0]["data"]["number"] == 0
    board.set(1)
    assert client.wait(2)[1]["data"]["number"] == 1
    assert http.get(path).json()["number"] == 1


def test_refusals_come_before_the_stream(http, sample, amqp_client, signed_in):
    board = Board(sample, amqp_client)
    wants = {"Accept": "text/event-stream"}
    assert http.get(board.path, headers=wants).status_code == 401
    assert http.get("/v1/boards/none", headers=signed_in(**wants)).status_code == 404
    assert http.get(f"{board.path}?x=1", headers=signed_in(**wants)).status_code == 422
    assert http.head(board.path, headers=signed_in(**wants)).status_code == 200
    assert http.get("/v1/me/echo", headers=signed_in(**wants)).headers["content-type"] == "application/json"


def test_a_client_that_takes_json_as_well_gets_json(http, board, signed_in):
    for accept in ("application/json, text/event-stream", "text/event-stream;q=0.5, */*", "*/*"):
        response = http.get(board.path, headers=signed_in(Accept=accept))
        assert response.headers["content-type"] == "application/json"


def test_a_later_refusal_is_a_problem_and_the_end(follow, board, signed_in):
    client = follow(board.path, signed_in())
    client.wait(1)
    board.drop()
    event = client.wait(2)[1]
    assert (event["event"], event["data"]["code"]) == ("problem", "sample.note_unknown")
    assert client.ended.wait(5)
    assert client.clean


def test_a_stream_ends_with_its_token(follow, board, keys):
    token = keys.token(exp=int(time.time()) + 10)
    client = follow(board.path, {"Authorization": f"Bearer {token}"})
    event = client.wait(2, 20)[1]
    assert (event["event"], event["data"]["code"]) == ("problem", "gateway.token_expired")
    assert client.ended.wait(5)
    assert client.clean


def test_streams_and_polls_end_when_their_token_is_revoked(http, probes, follow, board, keys, amqp_client, signed_in):
    headers, own = {"Authorization": f"Bearer {keys.token(sub='eve', sid='s-eve')}"}, f"{board.path}/mine"
    client = follow(own, headers)
    client.wait(1)
    waiting = {**headers, "Prefer": "wait=20", "If-None-Match": http.get(own, headers=headers).headers["etag"]}
    until = clock.iso(clock.now() + timedelta(minutes=16))
    entry = {"kind": "session", "id": "s-eve", "generation": 0, "expires_at": until}
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(http.get, own, headers=waiting)
        wait_for(lambda: metric(probes, 'wsis_http_held_requests{kind="poll"}') == 1, 5, "the poll to be held")
        publish(amqp_client, "accounts", "tokens_revoked", entry)
        assert poll.result(5).json()["code"] == "gateway.token_revoked"
    event = client.wait(2)[1]
    assert (event["event"], event["data"]["code"]) == ("problem", "gateway.token_revoked")
    assert client.ended.wait(5)
    other = follow(own, signed_in(sub="joe"))
    other.wait(1)
    before = board.reads
    board.set(1)
    other.wait(2)
    assert board.reads == before + 1, "nothing is read for it any more"


# -- long polls -------------------------------------------------------------------------------------------------------


def test_an_ordinary_get_has_an_etag(http, board, signed_in):
    etag = http.get(board.path, headers=signed_in()).headers["etag"]
    assert http.get(board.path, headers=signed_in(**{"If-None-Match": etag})).status_code == 304
    board.set(1)
    assert http.get(board.path, headers=signed_in(**{"If-None-Match": etag})).status_code == 200


def test_a_long_poll_waits_for_a_change(http, probes, board, signed_in):
    etag = http.get(board.path, headers=signed_in()).headers["etag"]
    with ThreadPoolExecutor(1) as pool:
        headers = signed_in(Prefer="wait=10", **{"If-None-Match": etag})
        held = pool.submit(http.get, board.path, headers=headers)
        wait_for(lambda: metric(probes, 'wsis_http_held_requests{kind="poll"') == 1)
        assert not held.done()
        board.set(1)
        response = held.result(5)
    assert response.json()["number"] == 1
    assert response.headers["preference-applied"] == "wait=10"
    assert response.headers["etag"] not in ("", etag)
    assert metric(probes, 'wsis_http_held_requests{kind="poll"') == 0


def test_a_long_poll_ends_without_a_change(http, board, signed_in):
    etag = http.get(board.path, headers=signed_in()).headers["etag"]
    began = time.monotonic()
    response = http.get(board.path, headers=signed_in(Prefer="wait=1", **{"If-None-Match": etag}))
    assert time.monotonic() - began >= 1
    assert (response.status_code, response.headers["etag"]) == (304, etag)


def test_a_long_poll_of_what_has_changed_answers_at_once(http, board, signed_in):
    began = time.monotonic()
    for headers in ({}, {"If-None-Match": '"other"'}):
        assert http.get(board.path, headers=signed_in(Prefer="wait=10", **headers)).status_code == 200
    assert time.monotonic() - began < 5


def test_a_long_poll_of_a_list_waits_for_an_item(http, probes, board, signed_in):
    board.post("a")
    path = f"{board.path}/posts?after=1"
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(http.get, path, headers=signed_in(Prefer="wait=10"))
        wait_for(lambda: metric(probes, 'wsis_http_held_requests{kind="poll"') == 1)
        board.post("b")
        assert held.result(5).json()["items"] == ["b"]
    assert http.get(f"{board.path}/posts?after=2", headers=signed_in(Prefer="wait=1")).json()["items"] == []


def test_the_wait_is_not_counted_as_time_to_respond(http, probes, board, signed_in):
    etag = http.get(board.path, headers=signed_in()).headers["etag"]
    name = 'wsis_http_request_seconds_sum{method="GET",route="/v1/boards/{board}"}'
    before = metric(probes, name)
    http.get(board.path, headers=signed_in(Prefer="wait=2", **{"If-None-Match": etag}))
    assert metric(probes, name) - before < 1.5


# -- limits and ends --------------------------------------------------------------------------------------------------


def test_an_account_and_a_process_hold_so_many(run_gateway, follow, board, signed_in, sample):
    gateway = run_gateway(
        WSIS_GATEWAY_STREAMS="8", WSIS_LIMIT_NETWORK_FACTOR="1", CONSTANTS="wsis_gateway.held_requests:PER_ACCOUNT=2"
    )
    clients = [follow(board.path, signed_in(), gateway) for _ in range(3)]
    assert [client.status for client in clients] == [200, 200, 429]
    assert clients[2].headers["retry-after"]
    assert gateway.http.get(board.path, headers=signed_in(Prefer="wait=1")).json()["code"] == "gateway.too_many_streams"
    assert gateway.http.get(board.path, headers=signed_in()).status_code == 200
    anonymous = [follow(f"{board.path}/public", {}, gateway).status for _ in range(3)]
    assert anonymous == [200, 200, 429]
    # Half of the places are taken: who holds one gets no second one, who holds none gets one.
    assert [follow(board.path, signed_in(sub="other1"), gateway).status for _ in range(2)] == [200, 503]
    others = [follow(board.path, signed_in(sub=f"other{number}"), gateway) for number in range(2, 6)]
    assert [client.status for client in others] == [200, 200, 200, 503]
    assert others[-1].headers["retry-after"]
    # Who hangs up makes room at once.
    clients[0].close()
    wait_for(lambda: metric(gateway.probes, "wsis_http_held_requests{") == 7)
    assert follow(board.path, signed_in(sub="other5"), gateway).status == 200


def test_networks_that_hold_many_leave_places_to_others():
    held = HeldRequests(Settings(gateway_streams=40, limit_network_factor=1))

    def take(actor, network):
        try:
            return places.enter_context(held.hold("stream", actor, network)) is None
        except SuiteError:
            return False

    with ExitStack() as places:
        greedy = [sum(take(ANONYMOUS, f"net{number}") for _ in range(20)) for number in range(5)]
        assert greedy == [10, 1, 1, 1, 1]
        assert take(ANONYMOUS, "a venue")
        assert all(take(actor("member"), "net0") for _ in range(25))
        assert not take(actor("member"), "net0"), "the process is full but for the other half of the strangers"


def test_held_requests_take_no_read_slot(run_gateway, follow, board, signed_in, sample):
    gateway = run_gateway(WSIS_GATEWAY_READS="1")
    clients = [follow(board.path, signed_in(sub=f"one{number}"), gateway) for number in range(20)]
    for client in clients:
        client.wait(1)
    assert gateway.http.get("/v1/echo").status_code == 200
    board.set(1)
    for client in clients:
        client.wait(2)


def test_a_stop_ends_streams_and_polls_at_once(run_gateway, follow, board, signed_in, sample):
    gateway = run_gateway(real=True)
    clients = [follow(board.path, signed_in(sub=f"one{number}"), gateway) for number in range(10)]
    for client in clients:
        client.wait(1)
    etag = gateway.http.get(board.path, headers=signed_in()).headers["etag"]
    headers = signed_in(Prefer="wait=20", Connection="close", **{"If-None-Match": etag})
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(httpx.get, gateway.uri + board.path, headers=headers, timeout=60)
        wait_for(lambda: metric(gateway.probes, "wsis_http_held_requests{") == 11)
        gateway.http.close()
        began = time.monotonic()
        gateway.process.send_signal(signal.SIGTERM)
        gateway.process.wait(20)
        assert time.monotonic() - began < 8  # a moment on an idle machine; the keep-alive time without the mend
    assert poll.result().status_code == 304
    for client in clients:
        assert client.ended.wait(10)
        assert client.clean
        assert client.ended_at - began < 8


def test_a_lost_connection_to_the_broker_loses_nothing(run_gateway, environment, follow, board, signed_in, sample):
    parts = urlsplit(environment["WSIS_AMQP_URI"])
    with Proxy(parts.hostname, parts.port) as proxy:
        address = parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}").geturl()
        gateway = run_gateway(WSIS_AMQP_URI=address)
        client = follow(board.path, signed_in(), gateway)
        client.wait(1)
        proxy.refuse = True
        proxy.cut()
        wait_for(lambda: gateway.probes.get("/readyz/broker").status_code == 503)
        board.set(1)  # its event reaches no gateway
        proxy.refuse = False
        assert wait_for(lambda: client.data[-1].get("number") == 1)
        board.set(2)
        assert wait_for(lambda: client.data[-1].get("number") == 2)
        assert not client.ended.is_set()
        gateway.stop()

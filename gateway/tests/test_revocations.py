"""Revoked tokens end at once, in every gateway and without an event too; without a list staff get no further."""

import socket
import time
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection, IncompleteRead

import pytest
from joserfc.jwk import OKPKey
from wsis_shared import clock
from wsis_testkit import publish, wait_for
from wsis_testkit.held_back import HeldBack
from wsis_testkit.tokens import TokenSigner

SOON = 3.0  # seconds: one, and more for a busy machine


class Accounts(TokenSigner):
    """Stands in for accounts: keys, and what was revoked."""

    def __init__(self):
        super().__init__()
        self.stored, self.away, self.whole_list_seconds = [], False, 0.0

    def revocations(self, since):
        if self.away:
            raise RuntimeError("away")
        if since is None:  # a gateway that has just started
            time.sleep(self.whole_list_seconds)
        return {"revocations": self.stored, "until": clock.iso(clock.now())}


def entry(kind, subject, generation=0, minutes=16):
    expires_at = clock.iso(clock.now() + timedelta(minutes=minutes))
    return {"kind": kind, "id": subject, "generation": generation, "expires_at": expires_at}


@pytest.fixture(scope="module")
def accounts(fake_service):
    accounts = Accounts()
    fake_service("accounts", jwks=accounts.jwks, revocations=accounts.revocations)
    return accounts


@pytest.fixture(scope="module")
def gateways(run_gateway, sample, accounts):
    """Two replicas."""
    return [run_gateway().http, run_gateway().http]


def status(http, token, path="/v1/me/echo"):
    response = http.get(path, headers={"Authorization": f"Bearer {token}"})
    return response.status_code if response.is_success else response.json()["code"]


def ended(gateways, token):
    return wait_for(lambda: all(status(http, token) == "gateway.token_revoked" for http in gateways), SOON)


@pytest.mark.parametrize(("kind", "subject"), [("account", "bo"), ("session", "s-bea")])
def test_an_event_ends_tokens_in_all_gateways(gateways, accounts, amqp_client, kind, subject):
    name = subject.removeprefix("s-")
    revoked, other = accounts.token(sub=name, sid=f"s-{name}"), accounts.token(sub="cy", sid="s-cy")
    assert [status(http, token) for http in gateways for token in (revoked, other)] == [200] * 4
    publish(amqp_client, "accounts", "tokens_revoked", entry(kind, subject, generation=1))
    ended(gateways, revoked)
    assert [status(http, other) for http in gateways] == [200, 200]


def test_a_token_of_the_next_generation_works(gateways, accounts, amqp_client):
    publish(amqp_client, "accounts", "tokens_revoked", entry("account", "di", generation=4))
    ended(gateways, accounts.token(sub="di", sid="a", gen=3))
    assert [status(http, accounts.token(sub="di", sid="b", gen=4)) for http in gateways] == [200, 200]
    publish(amqp_client, "accounts", "tokens_revoked", entry("account", "di", generation=2))  # late
    ended(gateways, accounts.token(sub="di", sid="a", gen=3))


def test_what_no_event_told_is_asked_for(gateways, accounts):
    token = accounts.token(sub="ed", sid="s-ed")
    assert [status(http, token) for http in gateways] == [200, 200]
    accounts.stored = [entry("session", "s-ed")]
    ended(gateways, token)


def test_an_entry_that_cannot_be_read_hides_no_other(gateways, accounts):
    token = accounts.token(sub="flo", sid="s-flo")
    assert [status(http, token) for http in gateways] == [200, 200]
    accounts.stored = [{"kind": "of a later version"}, None, entry("session", "s-flo")]
    ended(gateways, token)


def test_a_key_that_leaked_signs_nothing_any_more(gateways, accounts):
    leaked, kid = accounts.key, accounts.kid
    own = accounts.token(sub="fe")
    forged = accounts.token("officer", sub="eve", exp=time.time() + 800)
    assert [status(http, token) for http in gateways for token in (own, forged)] == [200] * 4
    accounts.kid = "k2"
    accounts.key = OKPKey.generate_key("Ed25519", parameters={"kid": "k2", "use": "sig"})
    accounts.stored = [entry("key", kid)]
    ended(gateways, own), ended(gateways, forged)
    ended(gateways, accounts.token("officer", key=leaked, header={"kid": kid}, sub="eve"))
    for http in gateways:
        wait_for(lambda http=http: status(http, accounts.token(sub="fe")) == 200, 12, "the new key to be fetched")


def test_a_token_has_a_longest_life(gateways, accounts):
    for claims in ({"exp": time.time() + 3600}, {"exp": time.time() + 10**9}, {"iat": None}, {"iat": 1}):
        assert status(gateways[0], accounts.token(sub="gil", **claims)) == "gateway.token_invalid", claims


def test_staff_wait_while_nobody_knows_what_was_revoked(gateways, accounts):
    member, officer = accounts.token(sub="ike", sid="s-ike"), accounts.token("officer", sub="ida", sid="s-ida")
    assert status(gateways[0], officer, "/v1/staff") == 200
    accounts.away = True
    try:
        wait_for(lambda: status(gateways[0], officer, "/v1/staff") == "suite.service_away", 20, "staff to be refused")
        assert status(gateways[0], member) == 200
    finally:
        accounts.away = False
    wait_for(lambda: status(gateways[0], officer, "/v1/staff") == 200, 5, "staff to go on")


def test_staff_go_on_where_accounts_is_slow(run_gateway, accounts):
    accounts.whole_list_seconds = 1.5
    try:
        http, officer = run_gateway().http, accounts.token("officer", sub="ivy", sid="s-ivy")
        wait_for(lambda: status(http, officer, "/v1/staff") == 200, 20, "staff to be served")
    finally:
        accounts.whole_list_seconds = 0.0


PDF = b"%PDF-1.7\n" + b"x" * 1000 + b"\n%%EOF\n"
BODIES = [
    ("POST /v1/me/echo", b"{}", 200),
    ("POST /v1/notes/n1/votes", b'{"choice": "a"}', 201),
    ("PUT /v1/notes/held/paper", PDF, 200),
]


@pytest.mark.parametrize(("request_line", "body", "done"), BODIES)
def test_what_is_half_sent_ends_too(gateways, accounts, amqp_client, request_line, body, done):
    """Else whoever sees the end coming keeps half requests for afterwards."""
    name = f"half-{len(body)}"
    token, other = (accounts.token(sub=who, sid=f"s-{who}") for who in (name, "hal"))
    assert status(gateways[0], token) == 200
    half, spared = (HeldBack(str(gateways[0].base_url), request_line, each, body) for each in (token, other))
    publish(amqp_client, "accounts", "tokens_revoked", entry("session", f"s-{name}"))
    ended(gateways, token)
    assert half.send_rest() == (401, "gateway.token_revoked")
    assert spared.send_rest() == (done, "")


def test_what_is_half_sent_when_its_token_expires_is_taken(gateways, accounts):
    token = accounts.token(sub="joe", exp=time.time() + 10)
    halves = [HeldBack(str(gateways[0].base_url), request_line, token, body) for request_line, body, _ in BODIES]
    wait_for(lambda: status(gateways[0], token) == "gateway.token_expired", 20, "the token to expire")
    assert [half.send_rest() for half in halves] == [(done, "") for _, _, done in BODIES]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/rows?format=csv&rows=5000&size=400",
        "/v1/rows?format=xlsx&rows=20000",  # nothing of it leaves before all of it is made
        "/v1/me/notes/large/paper",
    ],
)
def test_what_is_sent_ends_with_its_token(gateways, accounts, amqp_client, path):
    name = f"kim-{len(path)}"
    token, http = accounts.token("officer", sub=name, sid=f"s-{name}"), gateways[0]
    headers = {"Authorization": f"Bearer {token}"}
    if path.endswith("paper"):
        file = {"file": ("large.csv", b"a,b\n" * 450_000, "text/csv")}
        assert http.put("/v1/notes/large/paper", files=file, headers=headers).status_code == 200
    with closing(slow_client(http.base_url.host, http.base_url.port)) as client:
        client.request("GET", path, headers=headers)
        response = client.getresponse()
        assert response.read(100)
        publish(amqp_client, "accounts", "tokens_revoked", entry("session", f"s-{name}"))
        ended(gateways, token)
        with pytest.raises((IncompleteRead, ConnectionResetError)):
            response.read()


def slow_client(host, port):
    """A client whose sockets hold little: what it does not read waits in the gateway. The kernel sizes the sender's
    buffer by the segments of a connection, so these are small too."""
    client = HTTPConnection(host, port, timeout=60)
    client.sock = socket.socket()
    client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    client.sock.settimeout(60)
    client.sock.connect((host, port))
    return client

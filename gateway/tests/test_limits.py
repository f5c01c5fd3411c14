"""No spelling of path, address or headers avoids a limit (reliability S11)."""

import time

import pytest
from wsis_shared.context import ANONYMOUS, Actor
from wsis_shared.errors import Unavailable
from wsis_shared.rates import CORE, RateClass
from wsis_shared.settings import SettingError
from wsis_testkit import actor

from wsis_gateway.limits import Limits, LocalStorage
from wsis_gateway.problems import HttpError
from wsis_gateway.request_parsing import Networks
from wsis_gateway.settings import Settings

VOTE = RateClass("vote", "120/minute", "Votes", fail_closed=True)
LOGIN = RateClass("login", "3/minute", "Before anybody is signed in", by_network_only=True, fail_closed=True)
LOW_LIMITS = {"WSIS_LIMIT_READ": "5/minute", "WSIS_LIMIT_SIGNUP": "3/minute", "WSIS_LIMIT_NETWORK_FACTOR": "2"}


@pytest.fixture
def strict(run_gateway, sample, keys):
    return run_gateway(**LOW_LIMITS).http


def statuses(http, count, *args, **kwargs):
    return [http.get(*args, **kwargs).status_code for _ in range(count)]


def test_an_account_has_a_limit_and_sees_it_in_headers(strict, signed_in):
    first = strict.get("/v1/me/echo", headers=signed_in())
    assert first.headers["ratelimit-policy"] == '"read";q=5;w=60'
    assert first.headers["ratelimit"].startswith('"read";r=4;t=')
    assert statuses(strict, 4, "/v1/me/echo", headers=signed_in()) == [200] * 4
    over = strict.get("/v1/me/echo", headers=signed_in())
    assert over.status_code == 429
    assert 1 <= int(over.headers["retry-after"]) <= 61
    assert over.headers["ratelimit"].startswith('"read";r=0;')
    assert over.json()["code"] == "gateway.too_many_requests"
    # Another account, and another class of routes, have their own.
    assert strict.get("/v1/me/echo", headers=signed_in(sub="grace")).status_code == 200
    assert strict.post("/v1/me/echo", headers=signed_in()).status_code == 200


def test_no_spelling_of_the_request_opens_another_bucket(strict):
    spellings = [
        ("/v1/echo", {}),
        ("/v1/ECHO", {}),
        ("/v1/echo/", {}),
        ("/v1/echo?limit=3", {}),
        ("/v1/notes/n1", {}),
        ("/v1/echo", {"X-Forwarded-For": "198.51.100.7"}),
        ("/v1/echo", {"X-Forwarded-For": "1.1.1.1, 2.2.2.2"}),
        ("/v1/echo", {"Forwarded": "for=198.51.100.8"}),
        ("/v1/echo", {"X-Real-IP": "198.51.100.9"}),
        ("/v1/unknown", {"X-Forwarded-For": "::1"}),
    ]
    for path, headers in spellings:
        assert strict.get(path, headers=headers).status_code != 429
    assert {strict.get(path, headers=headers).status_code for path, headers in spellings} == {429}


def test_cache_hits_count(strict):
    assert statuses(strict, 12, "/v1/count") == [200] * 10 + [429] * 2


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/en/",
        "/en/nowhere",
        "/assets/x",
        "/docs/start",
        "/docs",
        "/docs/viewer.js",
        "/openapi.json",
        "/problems/suite.busy",
    ],
)
def test_the_gateways_own_pages_count(strict, path):
    assert statuses(strict, 11, path)[-1] == 429


def test_failed_tokens_count(strict):
    headers = {"Authorization": "Bearer a.b.c"}
    assert statuses(strict, 12, "/v1/me/echo", headers=headers) == [401] * 10 + [429] * 2


def test_registration_is_counted_by_network_even_when_signed_in(strict, signed_in):
    responses = [
        strict.post("/v1/registration", headers=signed_in(sub=f"person{number}")).status_code for number in range(5)
    ]
    assert responses == [202, 202, 202, 429, 429]


def test_a_class_with_a_ceiling_passes_requests_over_its_rate_on_to_the_service_which_knows(strict):
    responses = [strict.post("/v1/questions") for _ in range(8)]
    assert [response.status_code for response in responses] == [202] * 6 + [429] * 2
    assert [response.json()["over_rate"] for response in responses[:6]] == [False] * 3 + [True] * 3
    assert responses[5].headers["ratelimit"].startswith('"question";r=0;')


def forwarded(number):
    """Another address in each request, in every header that a server might trust."""
    address = f"198.51.{number}.7"
    return {"X-Forwarded-For": address, "X-Real-IP": address, "Forwarded": f"for={address}", "Client-IP": address}


def test_no_header_moves_the_bucket_of_registrations(strict):
    responses = [strict.post("/v1/registration", headers=forwarded(number)).status_code for number in range(5)]
    assert responses == [202, 202, 202, 429, 429]


def test_no_header_moves_the_bucket_of_votes(run_gateway, sample, keys, signed_in):
    http = run_gateway(WSIS_LIMIT_BALLOT="3/minute").http

    def vote(number, **claims):
        headers = {**signed_in(**claims), **forwarded(number)}
        return http.post("/v1/notes/n1/votes", json={"choice": "yes", "seconds": 0}, headers=headers).status_code

    assert [vote(number) for number in range(5)] == [201, 201, 201, 429, 429]
    # Accounts behind one address have their own limits: a ministry votes.
    assert [vote(0, sub=f"clerk{number}") for number in range(8)] == [201] * 8


def test_behind_a_trusted_proxy_each_client_network_counts_for_itself(run_gateway, sample):
    http = run_gateway(**LOW_LIMITS, WSIS_GATEWAY_PROXIES="127.0.0.1, 10.0.0.0/8").http

    def network(forwarded):
        return http.get("/v1/echo", headers={"X-Forwarded-For": forwarded}).json()["network"]

    assert network("198.51.100.7") == "198.51.100.0/24"
    # Entries before the trusted proxy's own entry do not count.
    assert network("203.0.113.9, 198.51.101.7") == "198.51.101.0/24"
    assert network("203.0.113.9, 198.51.102.7, 10.1.2.3") == "198.51.102.0/24"
    assert network("2001:db8:1:2:3::4") == "2001:db8:1::/48"


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("198.51.100.7", "203.0.113.1", "198.51.100.0/24"),
        ("127.0.0.1", None, "127.0.0.0/24"),
        ("127.0.0.1", "nonsense", "127.0.0.0/24"),
        ("127.0.0.1", "203.0.113.1, nonsense", "127.0.0.0/24"),
        ("127.0.0.1", "203.0.113.1,", "127.0.0.0/24"),
        ("::ffff:127.0.0.1", "203.0.113.1", "203.0.113.0/24"),
        ("127.0.0.1", "::ffff:203.0.113.1", "203.0.113.0/24"),
        ("127.0.0.1", "[2001:db8::1]", "2001:db8::/48"),
        ("2001:db8:0:1:aaaa::1", None, "2001:db8::/48"),
        ("2001:db8:0:1:bbbb::2", None, "2001:db8::/48"),
        ("", None, "local"),
    ],
)
def test_the_network_of_a_client(peer, forwarded, network):
    assert Networks(["127.0.0.0/8"]).of(peer, forwarded) == network


# -- counting ---------------------------------------------------------------------------------------------------------


def test_windows_expire_and_are_removed(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("wsis_gateway.limits.time.monotonic", lambda: now[0])
    store = LocalStorage()
    assert [store.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert store.get_expiry("a") - time.time() == pytest.approx(60, abs=1)
    now[0] += 59
    assert store.incr("a", 60) == 4
    now[0] += 2
    assert store.get("a") == 0
    assert store.incr("a", 60) == 1
    for number in range(1000):
        store.incr(str(number), 60)
    now[0] += 61
    store.incr("b", 60)
    now[0] += 61
    store.incr("c", 60)
    assert len(store._current) + len(store._previous) <= 2


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_clock_that_is_set_neither_opens_a_window_nor_keeps_it(monkeypatch, seconds):
    now, by_clock = time.monotonic(), time.time()
    store = LocalStorage()
    store.incr("a", 60)
    monkeypatch.setattr("wsis_gateway.limits.time.time", lambda: by_clock + seconds)
    assert store.incr("a", 60) == 2
    assert store.get_expiry("a") - (by_clock + seconds) == pytest.approx(60, abs=5)
    monkeypatch.setattr("wsis_gateway.limits.time.monotonic", lambda: now + 70)
    assert store.incr("a", 60) == 1


def test_a_window_in_the_previous_generation_still_counts(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("wsis_gateway.limits.time.monotonic", lambda: now[0])
    store = LocalStorage()
    store.incr("first", 60)
    now[0] += 50
    assert [store.incr("a", 60) for _ in range(5)][-1] == 5
    now[0] += 20
    store.incr("other", 60)
    assert store.incr("a", 60) == 6


def test_without_the_store_each_process_counts_unless_the_class_is_declared_to_fail_closed():
    limits = Limits(Settings(limits_uri="local://"), [*CORE, VOTE, LOGIN], {"WSIS_LIMIT_READ": "2/minute"})

    def broken(*_args, **_kwargs):
        from limits.errors import StorageError

        raise StorageError(ConnectionError())

    limits._storage.incr = broken
    assert [limits.hit("read", Actor("ada"), "n")["RateLimit"][:10] for _ in range(2)] == ['"read";r=1', '"read";r=0']
    with pytest.raises(HttpError, match="too_many"):
        limits.hit("read", Actor("ada"), "n")
    for limit_class in ("vote", "login"):
        with pytest.raises(Unavailable):
            limits.hit(limit_class, actor(), "n")


def test_a_count_that_failed_once_holds_up_nobody_whom_the_store_counts_again():
    limits = Limits(Settings(limits_uri="local://"), [*CORE, LOGIN])
    count = limits._storage.incr

    def broken(*_args, **_kwargs):
        from limits.errors import StorageError

        raise StorageError(ConnectionError())

    limits._storage.incr = broken
    limits.hit("read", Actor("ada"), "n")
    assert limits.exceeds("login", actor(), "other"), "the store is not asked for a while"
    limits._storage.incr = count
    limits.hit("login", actor(), "other")
    assert not limits.exceeds("login", actor(), "other")


def test_an_invalid_rate_names_its_variable():
    with pytest.raises(SettingError, match="WSIS_LIMIT_VOTE"):
        Limits(Settings(), [VOTE], {"WSIS_LIMIT_VOTE": "many"})


def test_a_network_has_a_multiple_of_the_limit_of_an_account():
    limits = Limits(Settings(limit_network_factor=20), env={"WSIS_LIMIT_READ": "5/minute"})
    assert limits.hit("read", ANONYMOUS, "n")["RateLimit-Policy"] == '"read";q=100;w=60'
    assert limits.hit("read", Actor("ada"), "n")["RateLimit-Policy"] == '"read";q=5;w=60'


def test_a_class_by_network_counts_the_network_alone_and_without_a_factor():
    limits = Limits(Settings(limit_network_factor=20), [LOGIN])
    assert limits.hit("login", Actor("ada"), "n")["RateLimit-Policy"] == '"login";q=3;w=60'
    assert limits.hit("login", Actor("bob"), "n")["RateLimit"].startswith('"login";r=1;')


def test_a_factor_lifts_every_limit_and_is_one_unless_set():
    """The local stack sets it for the demo; production must not inherit it."""
    classes = [*CORE, VOTE, LOGIN]
    assert Settings.load({}).limit_factor == 1
    limits = Limits(Settings.load({"WSIS_LIMIT_FACTOR": "1000"}), classes, env={})
    for name, rule in Limits(Settings.load({}), classes, env={}).rules.items():
        lifted = limits.rules[name]
        assert (lifted.account.amount, lifted.network.amount) == (
            1000 * rule.account.amount,
            1000 * rule.network.amount,
        )


def test_who_is_signed_in_does_not_share_the_limit_of_a_network_for_what_is_public(strict, signed_in):
    """A whole country may stand behind one address."""
    assert statuses(strict, 12, "/v1/count") == [200] * 10 + [429] * 2
    ada, grace = signed_in(), signed_in(sub="grace")
    assert strict.get("/v1/me/echo", headers=ada).status_code == 200  # the gateway fetches the keys
    assert statuses(strict, 5, "/v1/count", headers=ada) == [200] * 4 + [429]
    assert statuses(strict, 6, "/v1/count", headers=grace) == [200] * 5 + [429]
    for strange in ("Bearer x.y.z", f"Basic {ada['Authorization'].split()[1]}", "Bearer"):
        assert strict.get("/v1/count", headers={"Authorization": strange}).status_code == 429

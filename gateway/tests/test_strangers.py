"""Whoever sends much without a sign-in keeps nobody out: not from the same network, not by any route (ADR 34)."""

from datetime import timedelta
from types import SimpleNamespace

import altcha
import pytest
from wsis_shared import clock, proof_of_work
from wsis_shared.plugin import PUBLIC, discover
from wsis_shared.rates import CORE, RateClass

from wsis_gateway import strangers
from wsis_gateway.limits import Limits
from wsis_gateway.settings import Settings

NOTE = {"title": "Digital inclusion"}
CHEAP = 10  # rounds of a challenge's hash
# Public routes that take a body and store nothing: they count as reads.
READS = {"count_words", "verify_receipt"}


@pytest.fixture(scope="module")
def http(run_gateway, sample, keys):
    """A gateway where a network may write twice an hour without more."""
    return run_gateway(WSIS_LIMIT_WRITE="2/hour", WSIS_LIMIT_NETWORK_FACTOR="1").http


@pytest.fixture
def solve(set_setting):
    """`solve()`: a solved challenge of this suite."""

    def make(life=timedelta(minutes=5)):
        given = altcha.Challenge.from_dict(proof_of_work.give(proof_of_work.key(), clock.now(), life, CHEAP))
        return altcha.Payload(given, altcha.solve_challenge(given)).to_base64()

    return make


def test_a_network_over_its_rate_goes_on_by_proof_of_work(http, solve, signed_in):
    def put(**headers):
        return http.put("/v1/notes/n1", json=NOTE, headers=headers)

    # What is invalid does not count: the two honest ones after it pass.
    for _ in range(20):
        assert http.put("/v1/notes/n1", json={"__x": 1}).status_code == 422
    assert [put().status_code for _ in range(2)] == [200, 200]
    refused = put()
    assert (refused.status_code, refused.json()["code"]) == (429, "gateway.proof_of_work_needed")
    assert refused.headers["retry-after"]
    solved = solve()
    for wrong in ("", "x", solved[:-9], solve(timedelta(hours=-1))):
        assert put(**{"Proof-Of-Work": wrong}).json()["code"] == "gateway.proof_of_work_invalid"
    assert put(**{"Proof-Of-Work": solved}).status_code == 200
    assert put(**{"Proof-Of-Work": solved}).json()["code"] == "gateway.proof_of_work_used"
    # An invalid body spends no solution.
    kept = {"Proof-Of-Work": solve()}
    assert http.put("/v1/notes/n1", json={"__x": 1}, headers=kept).status_code == 422
    assert put(**kept).status_code == 200
    # An account has a rate of its own.
    assert put(**signed_in()).status_code == 200


def test_beyond_the_ceiling_no_proof_helps(run_gateway, sample, keys, solve):
    http = run_gateway(WSIS_LIMIT_WRITE="1/hour", WSIS_LIMIT_NETWORK_FACTOR="1").http
    codes = [
        http.put("/v1/notes/n1", json=NOTE, headers={"Proof-Of-Work": solve()}).json().get("code") for _ in range(152)
    ]
    assert codes[:150] == [None] * 150
    assert codes[150:] == ["gateway.too_many_requests"] * 2


ROUTES = [route for plugin in discover() for route in plugin.routes if route.permission == PUBLIC and route.writes]


def test_the_rule_holds_for_every_public_route_that_writes():
    assert {route.handler for route in ROUTES if not strangers.holds(route)} <= READS


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body], ids=lambda route: route.handler)
def test_invalid_requests_use_up_no_rate(route, every_plugin):
    path = route.path.replace("{edition}", "2017").replace("{", "").replace("}", "")
    media = {"Content-Type": "image/png" if route.upload is not None else "application/json"}
    given = [every_plugin.request(route.method, path, content=b'{"__x": 1}', headers=media) for _ in range(3)]
    assert {(answer.status_code == 429, answer.status_code >= 500) for answer in given} == {(False, False)}


@pytest.fixture(scope="module")
def every_plugin(run_gateway, keys):
    """A gateway of all plugins, where a network may do everything once an hour."""
    rates = {rate_class.variable: "1/hour" for plugin in discover() for rate_class in plugin.rate_classes}
    installed = ",".join(plugin.name for plugin in discover())
    once = {**rates, "WSIS_LIMIT_WRITE": "1/hour", "WSIS_LIMIT_HEAVY": "1/hour", "WSIS_LIMIT_NETWORK_FACTOR": "1"}
    return run_gateway(**once, WSIS_GATEWAY_PLUGINS=installed).http


def test_a_made_up_token_takes_no_more_of_the_store_than_a_real_one():
    limits = Limits(Settings.load({}), (*CORE, RateClass("renew", "30/minute", "Renewals", by="token")))
    route, req = SimpleNamespace(limit_class="renew"), SimpleNamespace(context=SimpleNamespace(network="n"))
    for token in ("s.1.x", "s.2.y", "made-up" * 30, "\ud800"):
        strangers.Strangers(limits).count(route, req, {"token": token})
    kept = limits._storage._current.items()
    assert [used for _, (used, _) in kept] == [2, 1, 1]
    assert len({len(key) for key, _ in kept}) == 1

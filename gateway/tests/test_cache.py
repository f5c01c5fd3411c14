"""Public responses: cached, revalidated, filled once, and invalidated by events."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from wsis_shared.errors import Unavailable
from wsis_shared.plugin import PUBLIC, Plugin, Route
from wsis_testkit import publish, wait_for

from wsis_gateway import routing
from wsis_gateway.cache import Cache, Entry, lifetime


def calls(http, **headers):
    return http.get("/v1/count", headers=headers).json()["calls"]


def test_a_response_is_cached_with_max_age_and_a_second_for_a_shared_cache(http):
    first, second = http.get("/v1/count"), http.get("/v1/count")
    assert first.json() == second.json()
    assert second.headers["cache-control"] == "public, max-age=60, s-maxage=1"
    assert int(second.headers["age"]) >= 0
    assert second.headers["etag"].startswith('"')
    assert "Accept-Language" in second.headers["vary"]
    assert second.headers["ratelimit"]


def test_browsers_ask_whether_what_people_edit_is_still_good(http):
    first, second = http.get("/v1/notes/one/draft"), http.get("/v1/notes/one/draft")
    assert second.headers["cache-control"] == "public, max-age=0, s-maxage=1"
    assert (second.headers["etag"], "age" in second.headers) == (first.headers["etag"], True)


def test_a_matching_etag_gets_304(http):
    etag = http.get("/v1/count").headers["etag"]
    for header in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        response = http.get("/v1/count", headers={"If-None-Match": header})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == (header if header.startswith("W/") else etag)
        assert response.headers["x-content-type-options"] == "nosniff"
    assert http.get("/v1/count", headers={"If-None-Match": '"other"'}).status_code == 200


def test_language_and_query_are_part_of_the_key(http):
    assert http.get("/v1/count", headers={"Accept-Language": "fr"}).json()["title"] == "fr"
    assert http.get("/v1/count", headers={"Accept-Language": "ar"}).json()["title"] == "ar"
    assert http.get("/v1/count?limit=5").json() != http.get("/v1/count?limit=6").json()


def test_head_of_a_cached_response_has_no_body(http):
    get = http.get("/v1/count")
    head = http.head("/v1/count")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(get.content)))


def test_errors_are_not_cached(http):
    for _ in range(2):
        response = http.get("/v1/count?limit=1000")
        assert response.status_code == 422
        assert response.headers["cache-control"] == "no-store"


def test_an_event_invalidates_the_entry(http, amqp_client):
    before = calls(http)
    assert calls(http) == before
    publish(amqp_client, "sample", "note_changed", {"title": "x"})
    assert wait_for(lambda: calls(http) > before, 5)


def test_other_events_do_not_invalidate_it(http, amqp_client):
    before = calls(http)
    publish(amqp_client, "sample", "other_thing", {"title": "x"})
    assert calls(http) == before


def test_concurrent_misses_cause_one_call(gateway):
    def ask(_):
        return httpx.get(f"{gateway.uri}/v1/slow-count", timeout=10).json()["calls"]

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {1}


# -- the cache itself -------------------------------------------------------------------------------------------------


def entry(body=b"x", seconds=60):
    now = time.monotonic()
    return Entry(body, '"e"', "/x", "read", now, now + seconds, {})


def key(name):
    return (name, "", "en")


def test_entries_filled_together_do_not_expire_together():
    times = [lifetime(60) for _ in range(1000)]
    assert all(30 <= time <= 60 for time in times)
    assert max(sum(low <= time < low + 3 for time in times) for low in range(30, 60, 3)) < 200


def test_the_cache_is_bounded_in_entries_and_bytes():
    cache = Cache(max_entries=3, max_bytes=1000)
    for number in range(10):
        cache.get_or_fill(key(str(number)), entry, timeout=1)
    assert [number for number in range(10) if cache.get(key(str(number)))] == [7, 8, 9]
    for number in range(10):
        cache.get_or_fill(key(f"big{number}"), lambda: entry(b"x" * 240), timeout=1)
    assert sum(1 for number in range(10) if cache.get(key(f"big{number}"))) <= 3


def test_a_large_body_does_not_evict_the_others():
    cache = Cache(max_entries=10, max_bytes=1000)
    cache.get_or_fill(key("a"), entry, timeout=1)
    cache.get_or_fill(key("huge"), lambda: entry(b"x" * 900), timeout=1)
    assert cache.get(key("a")) is not None
    assert cache.get(key("huge")) is None


def test_a_fill_in_flight_is_discarded_by_an_event_that_concerns_it_and_by_no_other():
    cache = Cache(max_entries=10, max_bytes=1000)

    def fill(event):
        cache.invalidate(event)
        return entry()

    def filled(name, event):
        cache.get_or_fill(key(name), lambda: fill(event), timeout=1, invalidated_by={"sample.note_changed"})
        return cache.get(key(name)) is not None

    assert not filled("a", "sample.note_changed")
    assert not filled("b", None)
    assert filled("c", "sample.job_progressed")


def test_a_failed_fill_raises_and_the_next_call_retries():
    cache = Cache(max_entries=10, max_bytes=1000)

    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cache.get_or_fill(key("a"), fail, timeout=1)
    assert cache.get_or_fill(key("a"), entry, timeout=1).body == b"x"


@pytest.fixture
def fill_slowly():
    """`fill_slowly(cache, outcome)`: begin a fill of the key a in a thread; returns what ends it with `outcome()`."""
    ends = []

    def begin(cache, outcome=entry, **more):
        hold = threading.Event()

        def fill():
            hold.wait()
            return outcome()

        asker = ThreadPoolExecutor(1).submit(cache.get_or_fill, key("a"), fill, timeout=1, **more)
        wait_for(lambda: key("a") in cache._fills)

        def end():
            hold.set()
            asker.exception()

        ends.append(end)
        return end

    yield begin
    for end in ends:
        end()


def test_whoever_waits_gives_up_after_the_timeout_and_does_not_fill(fill_slowly):
    cache = Cache(max_entries=10, max_bytes=1000)
    fill_slowly(cache)
    with pytest.raises(Unavailable):
        cache.get_or_fill(key("a"), pytest.fail, timeout=0.05)


@pytest.mark.parametrize("outcome", [lambda: entry(b"x" * 900), lambda: 1 / 0])
def test_all_who_wait_get_the_outcome_of_one_fill_also_where_it_is_not_stored(outcome, fill_slowly):
    cache = Cache(max_entries=10, max_bytes=1000)
    end = fill_slowly(cache, outcome)
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(cache.get_or_fill, key("a"), pytest.fail, timeout=10) for _ in range(20)]
        wait_for(lambda: len(cache._fills[key("a")].done._cond._waiters) == 20)
        end()
        outcomes = {repr(each.exception() or each.result()) for each in asked}
    assert len(outcomes) == 1
    assert cache.get(key("a")) is None


@pytest.mark.parametrize(("method", "permission"), [("GET", "notes:read"), ("GET", "self"), ("POST", PUBLIC)])
def test_a_route_that_is_not_public_or_writes_is_refused_with_a_cache(method, permission):
    def register(cache):
        route = Route(method, "/v1/x", "x", "X", permission=permission, cache=cache)
        return routing._plugin_operation(Plugin("sample", "S", "s:S", routes=(route,)), route, ("read", "write"))

    assert not register(0).cached
    with pytest.raises(ValueError, match="only a public GET can be cached"):
        register(60)

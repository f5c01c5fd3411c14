"""Public answers: kept, revalidated, made once, and dropped when an event makes them stale."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from wsis_testkit import publish, wait_for

from wsis_gateway.cache import Cache, Entry, lifetime


def calls(http, **headers):
    return http.get("/v1/count", headers=headers).json()["calls"]


def test_an_answer_is_kept_and_says_for_how_long(http):
    first, second = http.get("/v1/count"), http.get("/v1/count")
    assert first.json() == second.json()
    assert second.headers["cache-control"] == "public, max-age=60"
    assert int(second.headers["age"]) >= 0
    assert second.headers["etag"].startswith('"')
    assert "Accept-Language" in second.headers["vary"]
    assert second.headers["ratelimit"]


def test_who_has_it_already_gets_304(http):
    etag = http.get("/v1/count").headers["etag"]
    for header in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = http.get("/v1/count", headers={"If-None-Match": header})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert http.get("/v1/count", headers={"If-None-Match": '"other"'}).status_code == 200


def test_each_language_and_query_has_its_own(http):
    assert http.get("/v1/count", headers={"Accept-Language": "fr"}).json()["title"] == "fr"
    assert http.get("/v1/count", headers={"Accept-Language": "ar"}).json()["title"] == "ar"
    assert http.get("/v1/count?limit=5").json() != http.get("/v1/count?limit=6").json()


def test_head_of_what_is_kept_has_no_body(http):
    get = http.get("/v1/count")
    head = http.head("/v1/count")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(get.content)))


def test_refusals_are_not_kept(http):
    for _ in range(2):
        answer = http.get("/v1/count?limit=1000")
        assert answer.status_code == 422
        assert answer.headers["cache-control"] == "no-store"


def test_an_event_makes_it_stale_at_once(http, link):
    before = calls(http)
    assert calls(http) == before
    publish(link, "sample", "note_changed", {"title": "x"})
    assert wait_for(lambda: calls(http) > before, 5)


def test_other_events_do_not(http, link):
    before = calls(http)
    publish(link, "sample", "other_thing", {"title": "x"})
    assert calls(http) == before


def test_many_who_miss_at_once_make_one_call(gateway):
    def ask(_):
        return httpx.get(f"{gateway.uri}/v1/slow-count", timeout=10).json()["calls"]

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {1}


# -- the cache itself -------------------------------------------------------------------------------------------------


def entry(body=b"x", seconds=60, stale_on=()):
    import time

    now = time.monotonic()
    return Entry(body, '"e"', "/x", "read", now, now + seconds, stale_on, {})


def key(name):
    return (name, "", "en")


def test_what_is_made_together_is_not_made_again_together():
    times = [lifetime(60) for _ in range(1000)]
    assert all(30 <= time <= 60 for time in times)
    assert max(sum(low <= time < low + 3 for time in times) for low in range(30, 60, 3)) < 200


def test_it_is_bounded_in_number_and_bytes():
    cache = Cache(max_entries=3, max_bytes=1000)
    for number in range(10):
        cache.get_or_make(key(str(number)), entry, patience=1)
    assert [number for number in range(10) if cache.get(key(str(number)))] == [7, 8, 9]
    for number in range(10):
        cache.get_or_make(key(f"big{number}"), lambda: entry(b"x" * 240), patience=1)
    assert sum(1 for number in range(10) if cache.get(key(f"big{number}"))) <= 3


def test_one_body_cannot_fill_it():
    cache = Cache(max_entries=10, max_bytes=1000)
    cache.get_or_make(key("a"), entry, patience=1)
    cache.get_or_make(key("huge"), lambda: entry(b"x" * 900), patience=1)
    assert cache.get(key("a")) is not None
    assert cache.get(key("huge")) is None


def test_what_was_being_made_when_the_event_came_is_not_kept():
    cache = Cache(max_entries=10, max_bytes=1000)

    def make():
        cache.forget("sample.note_changed")
        return entry(stale_on={"sample.note_changed"})

    assert cache.get_or_make(key("a"), make, patience=1).body == b"x"
    assert cache.get(key("a")) is None


def test_a_failure_is_raised_and_the_next_tries_again():
    cache = Cache(max_entries=10, max_bytes=1000)

    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        cache.get_or_make(key("a"), fail, patience=1)
    assert cache.get_or_make(key("a"), entry, patience=1).body == b"x"


def test_who_waits_too_long_for_another_makes_it_alone():
    cache, hold = Cache(max_entries=10, max_bytes=1000), threading.Event()
    slow = threading.Thread(target=lambda: cache.get_or_make(key("a"), lambda: hold.wait(10) and entry(), patience=1))
    slow.start()
    wait_for(lambda: key("a") in cache._making)
    assert cache.get_or_make(key("a"), lambda: entry(b"mine"), patience=0.05).body == b"mine"
    hold.set()
    slow.join()

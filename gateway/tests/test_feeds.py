"""Feeds: one read for all followers, one new read for a burst of events, nothing missed and nothing left behind."""

import time

import gevent
import pytest
from wsis_shared.errors import NotFound
from wsis_shared.streams import Stream, event_values, subscriptions

from wsis_gateway.feeds import Feed, Feeds, Page

STREAM = Stream(events=("sample.changed", "*.touched"), min_interval=0.05)
EVENT = {"subject": "a", "data": {"note": "b", "number": 1}}


class Source:
    """What a feed reads: a number, and how often it was read."""

    def __init__(self, seconds=0.0):
        self.number, self.reads, self.seconds = 0, 0, seconds

    def fetch(self):
        self.reads += 1
        number = self.number
        gevent.sleep(self.seconds)
        return Page(str(number).encode(), str(number))


def run(*functions):
    """Run the functions at the same time and return their results."""
    return [greenlet.get() for greenlet in [gevent.spawn(function) for function in functions]]


def test_many_followers_cause_one_read():
    feed, source = Feed(0.05), Source(0.01)
    pages = run(*[lambda: feed.read(None, source.fetch)] * 50)
    assert (source.reads, {page.id for _, page in pages}) == (1, {"0"})
    assert feed.read(None, source.fetch)[1].id == "0"
    assert source.reads == 1


def test_a_burst_of_events_causes_one_read():
    feed, source = Feed(0.05), Source()
    feed.read(None, source.fetch)

    def burst():
        for source.number in range(1, 101):
            feed.changed()

    burst()
    _, page = feed.read(None, source.fetch)
    assert (source.reads, page.id) == (2, "100")


def test_an_event_during_a_read_causes_another():
    feed, source = Feed(0.0), Source(0.05)
    first = gevent.spawn(feed.read, None, source.fetch)
    gevent.sleep(0.01)
    source.number = 1
    feed.changed()
    generation, page = first.get()
    assert (page.id, generation < feed.generation) == ("0", True), "the old page says that it is old"
    assert feed.read(None, source.fetch)[1].id == "1"


def test_reads_after_events_keep_their_distance():
    feed, source = Feed(0.1), Source()
    started = time.monotonic()
    for _ in range(4):
        feed.changed()
        feed.read(None, source.fetch)
    assert time.monotonic() - started >= 0.3
    assert source.reads == 4


def test_a_failed_read_is_raised_in_all_and_tried_again():
    feed, source = Feed(0.0), Source()

    def fail():
        source.reads += 1
        gevent.sleep(0.01)
        raise NotFound("sample.gone", "")

    def read():
        with pytest.raises(NotFound):
            feed.read(None, fail)

    run(read, read, read)
    assert source.reads == 1
    assert feed.read(None, source.fetch)[1].id == "0"


def test_a_new_follower_gets_no_page_that_is_older_than_the_interval():
    feed, source = Feed(0.02), Source()
    feed.read(None, source.fetch)
    source.number = 1
    assert feed.read(None, source.fetch, recent=True)[1].id == "0"
    gevent.sleep(0.03)
    assert feed.read(None, source.fetch, recent=True)[1].id == "1"


def test_each_position_has_its_own_read_and_few_are_kept():
    feed, source = Feed(0.0), Source()
    for position in range(100):
        feed.read(position, source.fetch)
    assert source.reads == 100
    assert len(feed._reads) < 20


def test_an_event_wakes_those_that_it_concerns():
    feeds = Feeds()
    with (
        feeds.follow("one", STREAM, "a") as (one, follower),
        feeds.follow("two", STREAM, "b") as (two, _),
        feeds.follow("three", STREAM, "c") as (three, stranger),
        feeds.follow("all", STREAM, "") as (every, _),
    ):
        feeds.publish("sample", "changed", EVENT)
        assert [feed.generation for feed in (one, two, three, every)] == [1, 1, 0, 1]
        assert follower.wait(0)
        assert not stranger.wait(0)
        feeds.publish("other", "touched", EVENT)
        feeds.publish("other", "changed", EVENT)
        assert [feed.generation for feed in (one, two, three, every)] == [2, 2, 0, 2]
        feeds.publish("sample", "changed", {})
        assert [feed.generation for feed in (one, two, three, every)] == [2, 2, 0, 3]
        feeds.refresh()
        assert [feed.generation for feed in (one, two, three, every)] == [3, 3, 1, 4]


def test_a_feed_ends_with_its_last_follower():
    feeds = Feeds()
    with feeds.follow("one", STREAM, "a") as (first, _):
        with feeds.follow("one", STREAM, "a") as (second, _):
            assert first is second
        assert feeds._feeds
    assert not feeds._feeds
    assert not feeds._by_event


def test_a_stop_ends_all_followers_also_those_that_come_later():
    feeds = Feeds()
    with feeds.follow("one", STREAM, "a") as (_, follower):
        feeds.stop()
        assert follower.wait(0)
        assert follower.ended
    with feeds.follow("one", STREAM, "a") as (_, late):
        assert late.ended


def test_events_are_named_by_their_source_or_by_any():
    assert set(event_values(EVENT)) == {"", "a", "b"}
    assert subscriptions(iter([STREAM]), ("sample", "other")) == {
        ("sample", "changed"),
        ("sample", "touched"),
        ("other", "touched"),
    }

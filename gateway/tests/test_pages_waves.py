"""Reads of a page that do not need each other wait for their services at the same time."""

import gevent
import gevent.event
import pytest
from wsis_shared.errors import NotFound

from wsis_gateway.web.at_once import at_once


def test_what_waits_waits_at_the_same_time():
    both = gevent.event.Event(), gevent.event.Event()

    def meet(own, other):
        own.set()
        assert other.wait(10), "the other has begun too"
        return own

    assert at_once([lambda: meet(*both), lambda: meet(*reversed(both))]) == list(both)


def test_the_first_error_counts_once_all_have_ended():
    ended = []

    def fail(code):
        gevent.sleep(0)
        ended.append(code)
        raise NotFound(code)

    with pytest.raises(NotFound) as raised:
        at_once([lambda: fail("a"), lambda: fail("b"), lambda: ended.append("c")])
    assert (raised.value.code, set(ended)) == ("a", {"a", "b", "c"})


def test_a_time_out_of_one_is_raised():
    late = gevent.Timeout()

    def give_up():
        raise late

    with pytest.raises(gevent.Timeout) as raised:
        at_once([give_up, lambda: None])
    assert raised.value is late


def test_nothing_runs_on_for_whoever_has_given_up():
    began, ended = gevent.event.Event(), gevent.event.Event()

    def wait():
        try:
            began.set()
            gevent.event.Event().wait(60)
        finally:
            ended.set()

    whoever = gevent.spawn(at_once, [wait, lambda: None])
    assert began.wait(10)
    whoever.kill()
    assert ended.wait(10)

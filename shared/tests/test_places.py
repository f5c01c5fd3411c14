"""Places for dear work: nobody takes those of all."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest
from wsis_shared.context import ANONYMOUS
from wsis_shared.errors import Unavailable
from wsis_shared.places import Places
from wsis_testkit import actor, wait_for

ADA, BO = actor(id="ada"), actor(id="bo")


def _places(total: int, own: int = 1) -> Places:
    return Places(total, own=own, busy=lambda: Unavailable("test.busy", retry_after=5))


def _is_refused(places: Places, who: object, network: str = "192.0.2.0/24", seconds: float = 0.0) -> bool:
    try:
        with places.take(who, network, seconds=seconds):  # type: ignore[arg-type]
            return False
    except Unavailable:
        return True


def test_an_account_has_its_share_from_wherever_it_asks() -> None:
    places = _places(8, own=2)
    with places.take(ADA, "192.0.2.0/24"), places.take(ADA, "198.51.100.0/24"):
        assert _is_refused(places, ADA, "203.0.113.0/24")
        assert not _is_refused(places, BO)
    assert not _is_refused(places, ADA)


def test_networks_without_a_sign_in_have_half_together() -> None:
    places = _places(4)
    with places.take(ANONYMOUS, "192.0.2.0/24"):
        assert _is_refused(places, ANONYMOUS, "192.0.2.0/24")
        with places.take(ANONYMOUS, "198.51.100.0/24"):
            assert _is_refused(places, ANONYMOUS, "203.0.113.0/24")
            assert not _is_refused(places, ADA, "192.0.2.0/24")


def test_all_together_have_the_total() -> None:
    places = _places(2)
    with places.take(ADA, None), places.take(BO, None):
        assert _is_refused(places, actor(id="cy"))


def test_work_that_fails_frees_its_place() -> None:
    places = _places(1)
    with pytest.raises(ZeroDivisionError), places.take(ADA, None):
        raise ZeroDivisionError
    assert not _is_refused(places, ADA)


def test_who_may_wait_gets_the_place_that_becomes_free() -> None:
    places, refused = _places(1), list[bool]()
    with ExitStack() as held:
        held.enter_context(places.take(ADA, None))
        assert _is_refused(places, BO, seconds=0.01)
        waiting = threading.Thread(target=lambda: refused.append(_is_refused(places, BO, seconds=30)))
        waiting.start()
        wait_for(lambda: places._changed._waiters, 10, "it to wait")  # type: ignore[attr-defined]
    waiting.join()
    assert refused == [False]

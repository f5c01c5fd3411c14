"""Refresh tokens in any order, by tabs that share them and by a thief who copied one."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wsis_accounts.rules import sessions
from wsis_accounts.rules.sessions import Verdict

from .conftest import NOON

GRACE = sessions.REFRESH_GRACE // timedelta(seconds=1)


def following(token: str) -> str:
    """As the store derives it: one follows one."""
    return f"t{int(token[1:]) + 1}"


def present(session, token, seconds):
    """Somebody comes with a token, so many seconds after noon."""
    return sessions.rotate(session, token, following(token), None, NOON + timedelta(seconds=seconds))


def started():
    return sessions.start("s1", "a1", "t1", None, NOON)


@given(st.lists(st.integers(0, GRACE), min_size=2, max_size=10).map(sorted))
def test_all_tabs_that_come_within_the_minute_get_the_same_token(moments):
    session, first = started(), moments[0]
    for moment in moments:
        session, verdict = present(session, "t1", moment)
        assert (verdict, session.token) == (Verdict.ROTATED, "t2")
    assert present(session, "t2", first + 600)[1] is Verdict.ROTATED


@given(st.lists(st.tuples(st.sampled_from(["owner", "thief"]), st.integers(0, 1200)), min_size=2, max_size=12))
def test_two_who_share_a_stolen_token_are_found_when_one_comes_a_minute_after_the_other(visits):
    """Each keeps the last token it got, and uses it whenever it comes."""
    session, has, changed, now = started(), {"owner": "t1", "thief": "t1"}, {}, 0
    for who, pause in visits:
        now += pause
        token = has[who]
        session, verdict = present(session, token, now)
        if now > changed.get(token, now) + GRACE:
            assert verdict is Verdict.STOLEN
        if verdict is not Verdict.ROTATED:
            assert {present(session, one, now)[1] for one in has.values()} == {Verdict.REFUSED}
            return
        changed.setdefault(token, now)
        has[who] = session.token


class Line(RuleBasedStateMachine):
    """Whatever tokens of a session come in whatever order and time, there is one line of them."""

    def __init__(self) -> None:
        super().__init__()
        self.session, self.seconds, self.given = started(), 0, ["t1"]

    @rule(seconds=st.integers(0, 3 * GRACE))
    def wait(self, seconds):
        self.seconds += seconds

    @rule(choice=st.integers(0, 3))
    def come(self, choice):
        token = self.given[-1 - min(choice, len(self.given) - 1)]
        self.session, verdict = present(self.session, token, self.seconds)
        if verdict is Verdict.ROTATED and self.session.token != self.given[-1]:
            self.given.append(self.session.token)

    @invariant()
    def there_is_one_line(self):
        assert all(following(one) == other for one, other in pairwise(self.given))

    @invariant()
    def at_most_the_newest_and_the_one_before_work(self):
        working = [one for one in self.given if present(self.session, one, self.seconds)[1] is Verdict.ROTATED]
        assert working in ([], self.given[-1:], self.given[-2:])


TestLine = Line.TestCase

"""The rules: one account for each mailbox, and codes that prove it."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from wsis_shared.errors import NotFound
from wsis_testkit import refused

from wsis_accounts.rules import codes
from wsis_accounts.rules.codes import Mailbox, Purpose, Verdict
from wsis_accounts.store import hashing

from .conftest import NOON, a_mailbox, after, registration


def prove(mailbox, code="hash", at=NOON, link=""):
    """`code` is taken for its own hash."""
    return codes.attempt(mailbox, lambda _challenge: code, at, link=link)


def issued(at=NOON, **more):
    return codes.issue(a_mailbox(**more), "challenge-1", "hash", at)


def test_a_code_proves_once():
    mailbox, verdict = prove(issued())
    assert verdict is Verdict.PROVEN
    assert prove(mailbox)[1] is Verdict.REFUSED


def test_codes_are_random_in_all_six_digits():
    made = [hashing.new_code() for _ in range(2000)]
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in made)
    assert len(set(made)) > 1900
    for place in range(6):
        assert {code[place] for code in made} == set("0123456789")


def test_no_seed_repeats_a_code():
    random.seed(1)
    first = [hashing.new_code() for _ in range(3)]
    random.seed(1)
    assert [hashing.new_code() for _ in range(3)] != first


def test_a_code_lives_ten_minutes_from_the_writing_of_its_mail():
    late = issued(at=after(minutes=20))
    assert prove(late, at=after(minutes=29, seconds=59))[1] is Verdict.PROVEN
    assert prove(late, at=after(minutes=30))[1] is Verdict.REFUSED


def test_the_right_code_is_too_late_after_five_guesses():
    mailbox = issued()
    for _ in range(5):
        mailbox, verdict = prove(mailbox, "wrong")
        assert verdict is Verdict.REFUSED
    assert prove(mailbox)[1] is Verdict.REFUSED
    four = issued()
    for _ in range(4):
        four, _ = prove(four, "wrong")
    assert prove(four)[1] is Verdict.PROVEN


def test_a_mail_written_again_makes_the_former_code_void():
    again = codes.issue(issued(), "challenge-1", "second", after(minutes=1))
    assert prove(again, "hash", after(minutes=1))[1] is Verdict.REFUSED
    assert prove(again, "second", after(minutes=1))[1] is Verdict.PROVEN


ASKED = a_mailbox().challenges[0]
OVER = (replace(ASKED, id="other"), replace(ASKED, spent=True))


@pytest.mark.parametrize("mailbox", [None, a_mailbox(challenges=()), *(a_mailbox(challenges=(one,)) for one in OVER)])
def test_no_code_is_made_for_a_request_that_is_over(mailbox):
    with refused("accounts.challenge_over"):
        codes.issue(mailbox, "challenge-1", "hash", NOON)


def test_no_code_is_made_an_hour_later():
    with refused("accounts.challenge_over"):
        issued(at=after(hours=1, seconds=1))


def test_nothing_proves_a_mailbox_before_its_mail_is_written():
    assert prove(a_mailbox(), "")[1] is Verdict.REFUSED


def asked_often(mailbox, times, at=NOON, ask=codes.request_code, **every):
    """Ask again and again, each mail being written at once; returns when mails were sent."""
    sent = []
    for number in range(times):
        asked = ask(mailbox, challenge=f"{ask.__name__}{at}", locale="en", now=at)
        if asked is not mailbox:
            sent.append(at)
            asked = codes.issue(asked, asked.challenges[-1].id, f"code{number}", at)
        mailbox, at = asked, at + timedelta(**every)
    return mailbox, sent


def test_five_mails_in_an_hour_and_then_one_before_the_last_code_is_over():
    _, sent = asked_often(a_mailbox(challenges=()), 3600, seconds=1)
    assert [at - NOON for at in sent[:5]] == [timedelta(seconds=number) for number in range(5)]
    assert len(sent) == 5 + 7
    apart = {later - earlier for earlier, later in zip(sent[4:], sent[5:], strict=False)}
    assert apart == {timedelta(minutes=7, seconds=30)}


def test_strangers_who_ask_all_the_time_leave_the_owner_a_code_that_works():
    """At every moment there is one in the mailbox that works by its link for two minutes more, or one is sent."""
    mailbox, at = a_mailbox(account="a1"), NOON
    for _ in range(400):
        mailbox, _ = asked_often(mailbox, 1, at)
        newest = mailbox.challenges[-1]
        later = at + timedelta(minutes=2)
        assert prove(mailbox, newest.code, later, link=newest.id)[1] is Verdict.PROVEN
        at += timedelta(seconds=17)


def test_whoever_signs_in_gets_the_next_code_at_once():
    mailbox, at = a_mailbox(account="a1"), NOON
    for _ in range(20):
        mailbox, sent = asked_often(mailbox, 1, at)
        assert sent == [at]
        mailbox, verdict = prove(mailbox, mailbox.challenges[-1].code, at)
        assert verdict is Verdict.PROVEN
        at += timedelta(seconds=1)


def test_mails_without_a_code_do_not_use_up_those_with_one():
    mailbox = Mailbox("key", "a@ngo.example")
    for number in range(9):
        mailbox = codes.request_code(mailbox, f"c{number}", "en", NOON)
    assert len(mailbox.challenges) == 5
    asked = codes.register(mailbox, registration(), "c", "en", NOON)
    assert asked.challenges[-1].purpose is Purpose.CONFIRM


def test_a_newer_request_does_not_make_a_mailed_code_void():
    mailbox = codes.request_code(issued(), "newer", "en", after(seconds=5))
    mailbox = codes.issue(mailbox, "newer", "other", after(seconds=6))
    for code in ("hash", "other"):
        assert prove(mailbox, code, after(minutes=1))[1] is Verdict.PROVEN


def test_a_code_confirms_what_was_typed_with_its_own_request():
    mine = codes.register(Mailbox("key", "a@ngo.example"), registration(given_name="Awa"), "mine", "en", NOON)
    mine = codes.issue(mine, "mine", "right", NOON)
    theirs = codes.register(mine, registration(given_name="Eve"), "theirs", "en", after(seconds=1))
    proven, _ = prove(theirs, "right", after(minutes=1))
    assert proven.registration["given_name"] == "Awa"


def test_spellings_with_tags_share_their_mails():
    sent, times = (), []
    for second in range(3600):
        if (now := codes.MAILS.with_one_more(sent, after(seconds=second))) is not None:
            sent = now
            times.append(second)
    assert times == [0, 1, 2, 3, 4, *range(4 + 450, 3600, 450)]


def test_which_mail_is_sent():
    new, member = Mailbox("key", "a@ngo.example"), Mailbox("key", "a@ngo.example", account="a1")
    pending = codes.register(new, registration(), "c", "fr", NOON)
    assert pending.challenges[-1].purpose is Purpose.CONFIRM
    assert codes.request_code(pending, "d", "fr", NOON).challenges[-1].purpose is Purpose.CONFIRM
    assert codes.request_code(member, "c", "fr", NOON).challenges[-1].purpose is Purpose.SIGN_IN
    assert codes.request_code(new, "c", "fr", NOON).challenges[-1].purpose is Purpose.NO_ACCOUNT
    again = codes.register(member, registration(given_name="Eve"), "c", "fr", NOON)
    assert again.challenges[-1].purpose is Purpose.ALREADY_REGISTERED
    assert again.registration is None


def test_a_code_that_was_asked_for_again_confirms_nothing_that_is_typed_afterwards():
    mine, strangers = registration(given_name="Awa"), registration(given_name="Eve")
    mailbox = codes.register(Mailbox("key", "a@ngo.example"), mine, "first", "fr", NOON)
    mailbox = codes.issue(codes.request_code(mailbox, "again", "fr", NOON), "again", "hash", NOON)
    mailbox, verdict = prove(codes.register(mailbox, strangers, "theirs", "fr", NOON))
    assert (verdict, mailbox.registration["given_name"]) == (Verdict.PROVEN, "Awa")


def test_who_registers_an_address_elsewhere_does_not_replace_what_its_owner_typed():
    mine = registration(given_name="Awa", registered_from="mine")
    strangers = registration(given_name="Eve", registered_from="theirs")
    mailbox = codes.register(Mailbox("key", "a@ngo.example"), mine, "first", "fr", NOON)
    mailbox = codes.register(mailbox, strangers, "theirs", "fr", NOON)
    for network, name in (("mine", "Awa"), ("theirs", "Eve"), ("another", "Eve"), (None, "Eve")):
        asked = codes.request_code(mailbox, "again", "fr", NOON, network=network)
        proved, _ = prove(codes.issue(asked, "again", "hash", NOON))
        assert proved.registration["given_name"] == name


def test_no_code_for_a_mailbox_without_account():
    asked = codes.request_code(Mailbox("key", "a@ngo.example"), "c", "en", NOON)
    asked = codes.issue(asked, "c", "hash", NOON)
    assert asked.challenges[-1].code is None
    assert prove(asked)[1] is Verdict.REFUSED


def guess(mailbox, times, at):
    """Guess wrongly with a fresh challenge for each guess; returns how many guesses were looked at."""
    looked_at = 0
    for number in range(times):
        mailbox = replace(mailbox, challenges=(replace(ASKED, id=f"c{number}", code="hash", issued_at=at),))
        mailbox, verdict = prove(mailbox, "wrong", at)
        looked_at += verdict is Verdict.REFUSED
    return mailbox, looked_at


def test_guessing_over_many_challenges_is_stopped():
    mailbox, looked_at = guess(a_mailbox(), 10_000, NOON)
    assert looked_at == codes.FAILURES
    total, at = looked_at, NOON
    for _ in range(60 * 24 * 30):
        at += timedelta(minutes=1)
        mailbox, looked_at = guess(mailbox, 2, at)
        total += looked_at
    assert total < 60  # in a month, of a million codes


def test_the_wait_of_guessers_grows_and_ends():
    mailbox, _ = guess(a_mailbox(), 10, NOON)
    assert mailbox.wait_until == after(minutes=1)
    assert prove(issued_again(mailbox), at=after(seconds=59))[1] is Verdict.TOO_SOON
    assert prove(issued_again(mailbox), at=after(minutes=1))[1] is Verdict.PROVEN
    mailbox, _ = guess(mailbox, 10, after(minutes=1))
    assert mailbox.wait_until == after(minutes=3)


def issued_again(mailbox, code="hash"):
    """The mailbox with a code that is a minute old in half a minute."""
    return replace(mailbox, challenges=(replace(ASKED, code=code, issued_at=NOON),))


def test_the_owner_gets_in_with_the_link_whatever_others_guess():
    guessed, _ = guess(a_mailbox(), 20, NOON)
    fresh = codes.request_code(guessed, "mine", "en", after(seconds=10))
    fresh = codes.issue(fresh, "mine", "right", after(seconds=10))
    assert prove(fresh, "right", after(seconds=20))[1] is Verdict.TOO_SOON
    opened, verdict = prove(fresh, "right", after(seconds=20), link="mine")
    assert verdict is Verdict.PROVEN
    assert opened.wait_until is None
    mailbox = issued()
    for _ in range(9):
        mailbox, _ = prove(mailbox, "wrong")
    assert prove(mailbox)[1] is Verdict.REFUSED, "with the address the code is dead"
    assert prove(mailbox, link="challenge-1")[1] is Verdict.PROVEN


def test_the_link_has_five_tries_of_its_own():
    mailbox = issued()
    for _ in range(5):
        mailbox, verdict = prove(mailbox, "wrong", link="challenge-1")
        assert verdict is Verdict.REFUSED
    assert prove(mailbox, link="challenge-1")[1] is Verdict.REFUSED
    assert prove(mailbox)[1] is Verdict.PROVEN
    assert mailbox.failures == 0


def test_a_right_code_that_comes_again_is_no_guess():
    mailbox, _ = prove(issued())
    for link in ("", "challenge-1"):
        again, verdict = prove(mailbox, link=link)
        assert verdict is Verdict.REFUSED
        assert again is mailbox


def test_an_erased_mailbox_keeps_nothing_but_which_account_it_had():
    left = codes.erased(a_mailbox(account="a1", failures=3), NOON)
    assert left == Mailbox("key", "", account="a1", erased_at=NOON)
    assert not left.known
    assert codes.request_code(left, "c", "en", NOON).challenges[-1].purpose is Purpose.NO_ACCOUNT
    assert codes.kept_until(left, NOON) == NOON + timedelta(days=400)


def test_how_long_a_mailbox_is_kept():
    assert codes.kept_until(a_mailbox(), NOON) == NOON + timedelta(days=7)
    assert codes.kept_until(a_mailbox(account="a1"), NOON) is None


class Codes(RuleBasedStateMachine):
    """Whatever the order of requests, mails and guesses: each code written proves once, in its time, by its link
    whatever else was guessed."""

    @initialize()
    def start(self):
        self.mailbox, self.now = Mailbox("key", "a@ngo.example", account="a1"), NOON
        self.written = {}  # challenge -> (code, when); none before the last that was used
        self.number = 0

    @rule(minutes=st.integers(0, 25))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def ask(self):
        self.number += 1
        self.mailbox = codes.request_code(self.mailbox, f"c{self.number}", "en", self.now)

    @precondition(lambda self: self.mailbox.challenges)
    @rule(data=st.data())
    def write_mail(self, data):
        self.number += 1
        id = data.draw(st.sampled_from(self.mailbox.challenges)).id
        try:
            self.mailbox = codes.issue(self.mailbox, id, f"code{self.number}", self.now)
        except NotFound:
            return
        self.written[id] = (f"code{self.number}", self.now)

    @rule(times=st.integers(1, 6))
    def guess_wrongly(self, times):
        for _ in range(times):
            self.mailbox, verdict = prove(self.mailbox, "wrong", self.now)
            assert verdict is not Verdict.PROVEN

    @precondition(lambda self: self.written)
    @rule(data=st.data(), by_link=st.booleans())
    def type_the_code(self, data, by_link):
        id = data.draw(st.sampled_from(sorted(self.written)))
        code, at = self.written[id]
        asked, wait = self.mailbox.challenge(id), self.mailbox.wait_until
        may = asked is not None and self.now < at + timedelta(minutes=10)
        if not by_link:
            may = may and asked.tries < 5 and (wait is None or self.now >= wait)
        self.mailbox, verdict = prove(self.mailbox, code, self.now, id if by_link else "")
        assert (verdict is Verdict.PROVEN) == may
        if may:
            self.written = {}
            for one in self.mailbox.challenges:
                assert prove(self.mailbox, code, self.now, one.id)[1] is Verdict.REFUSED

    @invariant()
    def mails_stay_within_their_budget(self):
        recent = [one for one in self.mailbox.challenges if one.requested_at > self.now - timedelta(hours=1)]
        assert len([one for one in recent if not one.spent]) <= 5 + 8


TestCodes = Codes.TestCase

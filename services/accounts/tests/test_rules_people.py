"""The rules of sessions, roles and accounts, and the signals for a review of fraud."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from wsis_shared.roles import Role, Roles
from wsis_testkit import refused

from wsis_accounts.rules import people, proposals, sessions, signals
from wsis_accounts.rules.people import State
from wsis_accounts.rules.proposals import Asking, Granter

from .conftest import NOON, after, registration


def a_session(hours=None, at=NOON):
    return sessions.start("s1", "a1", "t1", hours, at)


def test_a_refresh_token_that_comes_after_its_minute_ends_the_session():
    session, verdict = sessions.rotate(a_session(), "t1", "t2", None, after(minutes=9))
    assert verdict is sessions.Verdict.ROTATED
    later, verdict = sessions.rotate(session, "t1", "t3", None, after(minutes=11))
    assert verdict is sessions.Verdict.STOLEN
    assert sessions.rotate(later, "t2", "t4", None, after(minutes=12))[1] is sessions.Verdict.REFUSED


def test_a_lost_answer_may_be_asked_for_again_within_a_minute():
    first, _ = sessions.rotate(a_session(), "t1", "t2", None, after(minutes=9))
    again, verdict = sessions.rotate(first, "t1", "t2", None, after(minutes=10))
    assert (again, verdict) == (first, sessions.Verdict.ROTATED)
    assert sessions.rotate(first, "t1", "t2", None, after(minutes=10, seconds=1))[1] is sessions.Verdict.STOLEN


def test_a_session_ends_however_often_it_is_refreshed():
    for hours, life in ((None, timedelta(days=30)), (12, timedelta(hours=12)), (9999, timedelta(days=30))):
        in_use = replace(a_session(hours), used_at=NOON + life - timedelta(minutes=9))
        verdicts = [
            sessions.rotate(in_use, "t1", "t2", hours, NOON + life - early)[1]
            for early in (timedelta(seconds=1), timedelta())
        ]
        assert verdicts == [sessions.Verdict.ROTATED, sessions.Verdict.REFUSED]


@pytest.mark.parametrize(("hours", "idle"), [(None, timedelta(days=14)), (12, timedelta(hours=1))])
def test_a_session_that_is_not_refreshed_ends(hours, idle):
    session, _ = sessions.rotate(a_session(hours), "t1", "t2", hours, after(minutes=30))
    last = after(minutes=30) + idle
    assert sessions.ends_at(session, hours) == last
    verdicts = [
        sessions.rotate(session, "t2", "t3", hours, last - early)[1] for early in (timedelta(seconds=1), timedelta())
    ]
    assert verdicts == [sessions.Verdict.ROTATED, sessions.Verdict.REFUSED]


def an_account(*roles, state=State.ACTIVE):
    account = people.confirmed("a1", "key", registration(), "ngo.example", None, NOON)
    return {**account, "roles": list(roles), "state": state}


DECLARED = Roles(
    [
        Role("member"),
        Role("officer", granted_by=("officer",), dual_control=True),
        Role("agency", granted_by=("officer",)),
        Role("juror", granted_by=("officer", "chair")),
        Role("operator"),
    ]
)


OFFICER = ("member", "officer")


def asking(account, who, *proposers):
    return Asking(account, Granter(who, OFFICER), proposers, DECLARED, NOON)


def change_roles(account, wanted, agency, *, actor, other_officers, actor_roles=OFFICER, proposers=(), now=NOON):
    asked = Asking(account, Granter(actor, actor_roles), proposers, DECLARED, now)
    return people.change_roles(asked, wanted, agency, other_officers=other_officers)


def test_a_role_is_granted_and_withdrawn_by_those_whom_its_declaration_names():
    def changed(before, wanted, *granter):
        return change_roles(before, wanted, None, actor="a2", other_officers=1, actor_roles=granter)["roles"]

    assert changed(an_account(), ["juror"], "chair") == ["juror"]
    assert changed(an_account("officer"), ["officer", "juror"], "chair") == ["officer", "juror"], "what stays is free"
    for before, wanted in ((an_account(), ["officer"]), (an_account("officer", "juror"), ["juror"])):
        with refused("accounts.role_not_grantable"):
            changed(before, wanted, "chair")
    with refused("accounts.role_not_grantable"):
        changed(an_account(), ["operator"], "officer")


def test_a_role_of_a_plugin_that_is_not_installed_stays():
    changed = change_roles(an_account("editor"), ["juror"], None, actor="a2", other_officers=1)
    assert changed["roles"] == ["juror", "editor"]


def test_nobody_changes_their_own_roles():
    with refused("accounts.own_roles"):
        change_roles(an_account("officer"), ["officer", "juror"], None, actor="a1", other_officers=3)
    with refused("accounts.own_roles"):
        people.block(asking(an_account(), "a1"), other_officers=3)


def test_a_role_under_dual_control_needs_two_officers():
    first, second = Granter("o1", OFFICER), Granter("o2", OFFICER)

    def asked(account, who, *proposers, days=0):
        return change_roles(
            account,
            ["officer", "juror"],
            None,
            actor=who.account,
            other_officers=2,
            proposers=proposers,
            now=NOON + timedelta(days=days),
        )

    proposed = asked(an_account(), first)
    assert proposed["roles"] == ["juror"], "the other role is given"
    assert proposals.in_force(proposed, NOON) == ["officer"]
    assert asked(proposed, first, first)["roles"] == ["juror"], "twice the same is one"
    granted = asked(proposed, second, first)
    assert (granted["roles"], granted["proposals"]) == (["officer", "juror"], [])
    demoted = Granter("o1", ("member",))
    for proposers, days in (((), 0), ((demoted,), 0), ((first,), 7)):  # the first is blocked, demoted, asked long ago
        assert asked(proposed, second, *proposers, days=days)["roles"] == ["juror"]
    withdrawn = change_roles(proposed, ["juror"], None, actor="o2", other_officers=2)
    assert asked(withdrawn, second, first)["roles"] == ["juror"]


def test_the_last_officer_stays():
    with refused("accounts.last_officer"):
        change_roles(an_account("officer"), ["juror"], None, actor="a2", other_officers=0)
    with refused("accounts.last_officer"):
        people.block(asking(an_account("officer"), "a2"), other_officers=0)
    changed = change_roles(an_account("officer"), ["juror"], None, actor="a2", other_officers=1)
    assert changed["roles"] == ["officer", "juror"]
    assert proposals.in_force(changed, NOON, proposals.WITHDRAW) == ["officer"]


def test_to_unmake_an_officer_takes_two():
    first, second, demoted = Granter("o1", OFFICER), Granter("o2", OFFICER), Granter("o1", ("member",))

    def taken(account, who, *proposers, days=0):
        return change_roles(
            account,
            ["juror"],
            None,
            actor=who.account,
            other_officers=2,
            proposers=proposers,
            now=NOON + timedelta(days=days),
        )

    proposed = taken(an_account("officer"), first)
    assert proposed["roles"] == ["officer", "juror"]
    assert taken(proposed, first, first)["roles"] == ["officer", "juror"], "twice the same is one"
    for proposers, days in (((), 0), ((demoted,), 0), ((first,), 7)):  # the first is blocked, demoted, asked long ago
        assert taken(proposed, second, *proposers, days=days)["roles"] == ["officer", "juror"]
    done = taken(proposed, second, first)
    assert (done["roles"], done["proposals"]) == (["juror"], [])
    assert change_roles(an_account("juror"), [], None, actor="o1", other_officers=2)["roles"] == [], "others take one"


def test_to_block_an_officer_takes_two():
    first, second = Granter("o1", OFFICER), Granter("o2", OFFICER)
    waits = people.block(asking(an_account("officer"), "o1"), other_officers=2)
    assert (waits["state"], proposals.in_force(waits, NOON, proposals.BLOCK)) == (State.ACTIVE, ["officer"])
    assert people.block(asking(waits, "o1", first), other_officers=2)["state"] == State.ACTIVE
    kept = change_roles(waits, ["officer", "juror"], None, actor="o1", other_officers=2)
    assert proposals.in_force(kept, NOON, proposals.BLOCK) == ["officer"], "other acts leave the proposal"
    assert people.block(asking(kept, "o2", first), other_officers=2)["state"] == State.BLOCKED
    assert people.block(asking(an_account("juror"), "o1", second), other_officers=2)["state"] == State.BLOCKED


def test_the_role_of_an_agency_names_it():
    with refused("accounts.agency_needed"):
        change_roles(an_account(), ["agency"], None, actor="a2", other_officers=1)
    changed = change_roles(an_account(), ["agency"], "itu", actor="a2", other_officers=1)
    assert (changed["roles"], changed["agency"]) == (["agency"], "itu")
    assert change_roles(changed, ["juror"], "itu", actor="a2", other_officers=1)["agency"] is None


def test_a_tombstone_holds_nothing_personal():
    account = {**an_account("juror"), "version": 4, "generation": 2}
    assert people.tombstone(account, NOON) == {
        "_id": "a1",
        "version": 4,
        "generation": 2,
        "state": "erased",
        "erased_at": NOON,
    }


def test_who_loses_something_is_told_from_who_gains():
    before = {**an_account("agency"), "agency": "itu"}
    losses = ({"state": State.BLOCKED}, {"roles": []}, {"agency": "who"}, {"agency": None})
    assert all(people.has_lost(before, before | loss) for loss in losses)
    assert not people.has_lost(before, before | {"roles": ["agency", "juror"]})
    assert not people.has_lost(before | {"state": State.BLOCKED}, before)
    assert not people.has_lost(an_account(), before)


def test_search_words_are_folded():
    assert people.words(an_account()) == ["amina", "diallo", "numérique", "réseau"]


# -- signals for a review of fraud -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "throwaway", "alias", "sequence"),
    [
        ("jane@ngo.example", False, None, None),
        ("Jane+WSIS@ngo.example", False, "jane@ngo.example", None),
        ("voter0042@Mailinator.COM", True, None, "voter#@mailinator.com"),
        ("voter7+x@sub.mailinator.com", True, "voter7@sub.mailinator.com", "voter#@sub.mailinator.com"),
        ("2017@ngo.example", False, None, "#@ngo.example"),
        ("a@more.example", True, None, None),
    ],
)
def test_signals_of_an_address(address: str, throwaway: bool, alias: str | None, sequence: str | None) -> None:
    seen = signals.of(address, more=("more.example",))
    assert (seen.throwaway, seen.alias, seen.sequence) == (throwaway, alias, sequence)


def test_a_name_that_only_ends_like_a_throwaway_domain_is_none() -> None:
    assert signals.is_throwaway("a.quick.example", ["quick.example"])
    assert not signals.is_throwaway("notquick.example", ["quick.example"])
    assert not signals.is_throwaway("com")
    assert not signals.is_throwaway("mailinator.com.example")

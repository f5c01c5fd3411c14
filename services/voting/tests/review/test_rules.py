"""Signs, clusters, labels and exclusions, without a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_voting.ballots.rules.counts import GROUNDS
from wsis_voting.review.rules.clusters import KINDS, Cluster, Limits, find
from wsis_voting.review.rules.concentration import concentration
from wsis_voting.review.rules.exclusions import ACCOUNT, Decision, ExclusionStatus
from wsis_voting.review.rules.signals import INDICATORS, GroupContext, Voter, score

NOON = datetime(2017, 4, 12, 12, tzinfo=UTC)
EXCLUDE, KEEP, REINSTATE = Decision


def voter(number: int, minutes: float = 0, **more: Any) -> Voter:
    at = NOON + timedelta(minutes=minutes)
    known = {"registered_at": at - timedelta(days=2), "confirmed_at": at - timedelta(days=1), "country": "NO"}
    return Voter(**{"account": f"a{number:05d}", "acted_at": at, "complete": True, **known, **more})


def spread(count: int, start: int, days: float = 10, **more: Any) -> list[Voter]:
    """People who vote all through some days, from many places."""
    return [
        voter(start + n, minutes=n * days * 1440 / count, **{"domain": f"d{n % 97}.example", **more})
        for n in range(count)
    ]


def found(voters: list[Voter], **limits: Any) -> dict[tuple[str, str], Cluster]:
    return {(cluster.kind, cluster.key): cluster for cluster in find(voters, Limits(**limits))}


def test_throwaway_domain_in_one_hour_scores_high_and_a_ministry_low() -> None:
    thrown = [voter(n, n / 60, domain="quick.test", throwaway=True, network=f"n{n}", complete=True) for n in range(300)]
    ministry = spread(500, 1000, days=4, domain="ministry.example", network="one")
    seen = found([*thrown, *ministry, *spread(400, 5000)])
    assert set(seen) == {("throwaway_domain", "quick.test"), ("network", "one")}
    fraud, honest = seen["throwaway_domain", "quick.test"], seen["network", "one"]
    assert (len(fraud.accounts), len(honest.accounts)) == (300, 500)
    assert {part["sign"] for part in fraud.parts} == {"throwaway_domain", "burst"}
    assert {part["sign"] for part in honest.parts} == {"crowded_network"}
    assert fraud.score == 75
    assert honest.score == 10


def test_figures_say_when_and_where() -> None:
    group = [voter(n, n, domain="quick.test", throwaway=True, country="NO" if n % 2 else "SN") for n in range(90)]
    (cluster,) = found(group).values()
    figures = cluster.figures
    assert (figures["size"], figures["complete"]) == (90, 90)
    assert [day["ballots"] for day in figures["days"]] == [90]
    moments = [figures["first_at"], figures["last_at"], *(day["day"] for day in figures["days"])]
    assert {(at.hour, at.minute, at.second, at.microsecond) for at in moments} == {(0, 0, 0, 0)}
    assert figures["countries"] == [{"name": "SN", "ballots": 45}, {"name": "NO", "ballots": 45}]
    assert figures["domains"] == [{"name": "quick.test", "ballots": 90}]


def test_burst_is_found_wherever_the_hour_begins_and_only_its_ballots_are_in_it() -> None:
    calm = spread(200, 0, domain="own.example")
    rush = [voter(1000 + n, 5 * 1440 + 35 + n / 2, domain="own.example") for n in range(100)]
    bursts = [c for (kind, _), c in found([*calm, *rush, *spread(400, 5000)]).items() if kind == "domain_burst"]
    assert len(bursts) == 1
    members = set(bursts[0].accounts)
    assert members >= {v.account for v in rush}
    assert len(members) <= 105


def test_last_day_on_which_everybody_votes_is_no_burst() -> None:
    """A large provider's voters come when all others come too."""
    rush = [voter(n, n / 20, domain="mail.example" if n % 3 else f"d{n}.example") for n in range(1200)]
    calm = [voter(5000 + n, -n * 30, domain="mail.example" if n % 3 else f"e{n}.example") for n in range(600)]
    assert found([*rush, *calm]) == {}


def test_burst_of_one_network_is_shown_once() -> None:
    rush = [voter(n, n / 10, network="one", domain=f"d{n}.example") for n in range(80)]
    assert [kind for kind, _ in found([*rush, *spread(400, 5000)])] == ["network_burst"]


@pytest.mark.parametrize(("count", "kinds"), [(50, []), (51, ["network"])])
def test_network_has_an_allowance(count: int, kinds: list[str]) -> None:
    assert [kind for kind, _ in found(spread(count, 0, network="one"))] == kinds


def test_names_in_sequence_aliases_and_scripts_are_found() -> None:
    names = spread(12, 0, sequence="s")
    aliases = spread(3, 100, alias="m")
    scripts = spread(10, 200, seconds_to_fill=1.4)
    codes = [voter(300 + n, n * 700, registered_at=NOON, confirmed_at=NOON + timedelta(seconds=4)) for n in range(3)]
    seen = found([*names, *aliases, *scripts, *codes, *spread(300, 1000, seconds_to_fill=42.0)])
    assert {kind: len(cluster.accounts) for (kind, _), cluster in seen.items()} == {
        "sequential_names": 12,
        "aliases": 3,
        "scripted_forms": 13,
    }


def test_no_ballots_no_clusters() -> None:
    assert found([]) == {}


def test_score_has_a_part_for_each_sign_and_ends_at_a_hundred() -> None:
    all_signs = [
        voter(
            n, throwaway=True, alias="m", network="n", sequence="s", seconds_to_fill=1, first_at=NOON, confirmed_at=NOON
        )
        for n in range(4)
    ]
    company = GroupContext(frozenset(v.account for v in all_signs), frozenset("n"), frozenset("s"), frozenset("m"))
    total, parts = score(all_signs, company)
    assert total == 100
    assert [part["sign"] for part in parts] == [sign.code for sign in INDICATORS]
    half, parts = score([*all_signs, *(voter(10 + n) for n in range(4))], GroupContext())
    assert {part["sign"]: part["share"] for part in parts}["throwaway_domain"] == 0.5
    assert half == round(sum(part["points"] for part in parts))


@pytest.mark.parametrize(
    ("sign", "most", "about"),
    [
        ("scripted", 3, lambda seconds: {"seconds_to_fill": seconds}),
        ("scripted", 5, lambda seconds: {"registered_at": NOON - timedelta(seconds=seconds), "confirmed_at": NOON}),
        ("hasty", 20, lambda seconds: {"first_at": NOON - timedelta(seconds=seconds), "complete": True}),
        ("fresh", 600, lambda seconds: {"confirmed_at": NOON - timedelta(seconds=seconds)}),
    ],
)
def test_what_people_need_longer_for_is_a_sign(sign: str, most: int, about: Callable[[int], Any]) -> None:
    assert getattr(Voter("a", NOON, **about(most)), sign)
    assert not getattr(Voter("a", NOON, **about(most + 1)), sign)


def test_voter_without_signals_shows_none() -> None:
    assert score([Voter("a", NOON)], GroupContext()) == (0, [])


# -- labels ------------------------------------------------------------------------------------------------------------


def ballots(count: int) -> list[list[tuple[str, str]]]:
    return [[("C1", "C1-1"), ("C2", f"C2-{n % 4}")] for n in range(count)]


def test_concentration_says_how_much_and_never_for_whom() -> None:
    told = concentration(ballots(4000), b"key")
    assert told is not None
    assert (told["most"], told["median"]) == ("over_90", "below_75")
    assert sorted(row["band"] for row in told["categories"]) == ["below_75", "over_90"]
    assert told == concentration(ballots(4000), b"key"), "to ask again tells nothing more"
    digits = str(told).replace("over_90", "").replace("below_75", "").replace("75_to_90", "").replace("category", "")
    assert sorted(filter(str.isdigit, digits)) == ["1", "2"], "no share, no total: the numbers of the labels alone"


def test_labels_of_one_cluster_tell_nothing_about_another() -> None:
    places = {str(concentration(ballots(4000), f"key {n}".encode())) for n in range(30)}
    assert len(places) == 2, "C1 is category 1 of one cluster and category 2 of another"


def test_concentration_of_few_ballots_is_not_told() -> None:
    assert concentration(ballots(29), b"key") is None
    assert concentration([], b"key") is None
    some = [[("C1", "C1-1"), *([("C2", "C2-1")] if n < 29 else [])] for n in range(60)]
    assert len(concentration(some, b"key")["categories"]) == 1  # type: ignore[index]


@pytest.mark.parametrize("others", [29, 49, 99])
def test_who_owns_all_other_ballots_of_a_cluster_learns_nothing_more(others: int) -> None:
    """Shares to 0.001 answered 1,800 of 1,800 questions "is it this one?". Bands alone would too: the others are placed
    so that the one ballot that is left decides the band. With each such split, over many clusters, what is told is
    hardly another when the victim chose this one than when she did not."""
    clusters = 1500

    def told(own: int, victim: str) -> Counter[str]:
        mine = [[("C1", "C1-1" if n < own else f"C1-{2 + n % 2}")] for n in range(others)]
        drawn = (concentration([*mine, [("C1", victim)]], f"{others} {own} {n}".encode()) for n in range(clusters))
        return Counter(str(found) for found in drawn)

    for own in {round(edge * (others + 1)) - near for edge in (0.9, 0.75) for near in (0, 1)}:
        yes, no = told(own, "C1-1"), told(own, "C1-2")
        best_guess = sum(max(yes[seen], no[seen]) for seen in yes | no) / (2 * clusters)
        assert best_guess < 0.6, f"{own} of {others}"


# -- exclusions --------------------------------------------------------------------------------------------------------


def test_ballot_is_out_as_long_as_one_of_its_clusters_is() -> None:
    status = ExclusionStatus().after("c1", EXCLUDE, "burst").after("c2", EXCLUDE, "aliases")
    assert status.ground == "burst"
    assert status.after("c1", REINSTATE, "").ground == "aliases"
    assert status.after("c1", REINSTATE, "").after("c2", KEEP, "") == ExclusionStatus()


def test_account_that_an_officer_keeps_stays_in_whatever_its_clusters_say() -> None:
    kept = ExclusionStatus().after("c1", EXCLUDE, "burst").after(ACCOUNT, REINSTATE, "other")
    assert kept.ground == ""
    assert kept.after("c2", EXCLUDE, "burst").ground == ""
    assert kept.after(ACCOUNT, EXCLUDE, "other").ground == "burst"
    assert ExclusionStatus().after(ACCOUNT, EXCLUDE, "other").after("c1", REINSTATE, "burst").ground == "other"


subjects = st.sampled_from(["c1", "c2", "c3", ACCOUNT])
decisions = st.tuples(subjects, st.sampled_from(Decision), st.sampled_from(GROUNDS))


@given(st.lists(decisions, max_size=12), decisions)
def test_any_decision_twice_is_as_once_and_taking_it_back_restores(
    history: list[tuple[str, Decision, str]], last: tuple[str, Decision, str]
) -> None:
    before = ExclusionStatus()
    for each in history:
        before = before.after(*each)
    after = before.after(*last)
    assert after.after(*last) == after
    subject = last[0]
    if subject != ACCOUNT and subject not in before.by:
        assert before.after(subject, EXCLUDE, last[2]).after(subject, REINSTATE, "") == before


def test_each_kind_of_cluster_has_a_ground() -> None:
    assert set(KINDS.values()) < set(GROUNDS)

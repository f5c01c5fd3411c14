from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wsis_voting.ballots.rules.ballots import REMEMBERED, Ballot, Item, VoteRequest, decide, progress, required_choices
from wsis_voting.ballots.rules.counts import BallotClass, Counts
from wsis_voting.contests.rules.contest import Contest, State, contest_of
from wsis_voting.tallies.rules import differences, of_votes, valid

OPENS, CLOSES = datetime(2017, 3, 16, tzinfo=UTC), datetime(2017, 4, 30, 21, tzinfo=UTC)
DURING = datetime(2017, 4, 1, 12, 34, 56, tzinfo=UTC)
CATEGORIES = ("C1", "C2", "C3")
PROJECTS = {f"{category}-{number}": category for category in CATEGORIES for number in (1, 2)}


def contest(**more: Any) -> Contest:
    return Contest(
        **{
            "edition": "2017",
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "every_category": True,
            "nominees": PROJECTS,
            "disqualified": frozenset(),
            "categories": frozenset(CATEGORIES),
            **more,
        }
    )


def vote_request(account: str, *projects: str, id: str = "", at: datetime = DURING, **more: Any) -> VoteRequest:
    votes = tuple((project.split("-")[0], project) for project in projects)
    return VoteRequest(
        **{
            "id": id or f"{account}{projects}{at}",
            "edition": "2017",
            "account": account,
            "confirmed": True,
            "received_at": at,
            "votes": votes,
            **more,
        }
    )


class Ledger:
    """What a store would keep, in memory: applies decisions as the store does."""

    def __init__(self, **more: Any) -> None:
        self.contest = contest(**more)
        self.ballots: dict[Any, Ballot] = {}
        self.choices: dict[Any, str] = {}
        self.counts = Counts()
        self.completed: list[Any] = []

    def take(self, *requests: VoteRequest) -> list[list[tuple[str, str]]]:
        """Decide a batch with no more than what it says it needs; returns (result, code) of each item."""
        contests = {"2017": self.contest}
        wanted = required_choices(requests, contests, self.ballots)
        known = {key: self.choices[key] for key in wanted}
        decisions = decide(requests, contests, self.ballots, known)
        assert not decisions.votes.keys() & self.choices.keys(), "a unique key would have refused this"
        self.choices.update({key: project for key, (project, _) in decisions.votes.items()})
        self.ballots.update({key: replace(ballot, stored={}) for key, ballot in decisions.ballots.items()})
        self.counts.add(decisions.counts["2017"])
        self.completed += decisions.completed
        return [[(item.result, item.code) for item in result.items] for result in decisions.results]

    def one(self, request: VoteRequest) -> tuple[str, str]:
        return self.take(request)[0][0]

    def recount(self) -> Counts:
        ballots, votes = Counter[BallotClass](), Counter[tuple[str, BallotClass]]()
        for key, ballot in self.ballots.items():
            if ballot.voted:
                kind = BallotClass(ballot.complete_at is not None, ballot.excluded)
                ballots[kind] += 1
                votes.update((self.choices[*key, category], kind) for category in ballot.voted)
        return of_votes(ballots, votes)

    def valid(self) -> dict[str, int]:
        return {project: votes for project, votes in valid(self.contest, self.counts).items() if votes}


def test_nothing_counts_before_the_last_category() -> None:
    ledger = Ledger()
    ledger.take(vote_request("ada", "C1-1"), vote_request("ada", "C2-1"))
    assert (ledger.counts.cast.total(), ledger.valid(), ledger.completed) == (2, {}, [])
    ledger.take(vote_request("ada", "C3-2"))
    assert ledger.valid() == {"C1-1": 1, "C2-1": 1, "C3-2": 1}
    assert ledger.completed == [("2017", "ada")]


def test_whole_ballot_completes_at_once() -> None:
    ledger = Ledger()
    assert ledger.take(vote_request("ada", "C1-1", "C2-1", "C3-1")) == [[("stored", "")] * 3]
    assert (ledger.counts.ballots_started, ledger.counts.ballots_complete) == (1, 1)


def test_same_vote_is_a_repeat_and_another_is_refused_within_a_batch_and_across() -> None:
    ledger = Ledger()
    results = ledger.take(
        vote_request("ada", "C1-1", id="a"), vote_request("ada", "C1-1", id="b"), vote_request("ada", "C1-2", id="c")
    )
    assert results == [[("stored", "")], [("repeated", "")], [("refused", "voting.category_already_voted")]]
    later = ledger.take(vote_request("ada", "C1-1", id="d"), vote_request("ada", "C1-2", id="e"))
    assert later == results[1:]
    assert ledger.counts.cast == {"C1-1": 1}


def test_same_command_has_the_outcome_it_had() -> None:
    ledger = Ledger()
    first = ledger.take(vote_request("ada", "C1-1", "C2-nobody", id="a"))
    assert ledger.take(vote_request("ada", "C1-1", "C2-nobody", id="a")) == first
    assert first == [[("stored", ""), ("refused", "voting.nominee_unknown")]]


@pytest.mark.parametrize(("at", "code"), [(CLOSES, "voting.closed"), (OPENS - timedelta(1), "voting.not_open")])
def test_a_refused_command_is_decided_by_what_holds_when_it_comes_again(at: datetime, code: str) -> None:
    """A voter who was late by a second sends the same form again once voting is extended."""
    ledger = Ledger()
    for _ in range(2):
        assert ledger.one(vote_request("ada", "C1-1", id="a", at=at)) == ("refused", code)
    [ballot] = ledger.ballots.values()
    assert len(ballot.outcomes) == 1
    ledger.contest = contest(opens_at=OPENS - timedelta(2), closes_at=CLOSES + timedelta(1))
    for _ in range(2):
        assert ledger.one(vote_request("ada", "C1-1", id="a", at=at)) == ("stored", "")
    [ballot] = ledger.ballots.values()
    assert ballot.outcome("a") == (Item("C1", "stored"),)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (OPENS - timedelta(milliseconds=1), "voting.not_open"),
        (OPENS, ""),
        (CLOSES - timedelta(milliseconds=1), ""),
        (CLOSES, "voting.closed"),
    ],
)
def test_window_is_settled_to_the_millisecond(at: datetime, code: str) -> None:
    assert Ledger().one(vote_request("ada", "C1-1", at=at)) == (("refused", code) if code else ("stored", ""))


def test_last_vote_at_the_moment_of_closing_completes_or_does_not_exist() -> None:
    in_time, late = Ledger(), Ledger()
    for ledger, at in ((in_time, CLOSES - timedelta(milliseconds=1)), (late, CLOSES)):
        ledger.take(vote_request("ada", "C1-1", "C2-1"))
        ledger.take(vote_request("ada", "C3-1", at=at))
    assert len(in_time.completed) == 1
    assert (late.completed, late.valid(), late.counts.cast.total()) == ([], {}, 2)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (vote_request("ada", "C1-1", confirmed=False), "voting.account_not_confirmed"),
        (vote_request("ada", "C9-1"), "voting.category_unknown"),
        (vote_request("ada", "C1-9"), "voting.nominee_unknown"),
        (vote_request("ada", votes=(("C1", "C2-1"),)), "voting.nominee_unknown"),
        (vote_request("ada", "C1-1", edition="2018"), "voting.edition_unknown"),
    ],
)
def test_refusals(wanted: VoteRequest, code: str) -> None:
    ledger = Ledger()
    assert ledger.one(wanted) == ("refused", code)
    assert (ledger.choices, ledger.counts.cast.total(), ledger.counts.ballots_started) == ({}, 0, 0)


def test_sealed_contest_takes_nothing_however_early_it_was_received() -> None:
    assert Ledger(sealed=True).one(vote_request("ada", "C1-1")) == ("refused", "voting.closed")


def test_disqualified_nominee_leaves_the_ballot_complete_and_its_vote_void() -> None:
    ledger = Ledger()
    ledger.take(vote_request("ada", "C1-1", "C2-1", "C3-1"))
    ledger.contest = contest(disqualified=frozenset({"C1-1"}))
    assert ledger.valid() == {"C2-1": 1, "C3-1": 1}
    assert ledger.one(vote_request("bob", "C1-1")) == ("refused", "voting.nominee_disqualified")
    assert ledger.one(vote_request("ada", "C1-1", id="again")) == ("repeated", "")
    assert ledger.counts.cast["C1-1"] == 1


def test_ballot_is_over_the_categories_that_have_nominees() -> None:
    left = {project: category for project, category in PROJECTS.items() if category != "C3"}
    made = contest_of(
        "2017",
        {"opens_at": OPENS, "closes_at": CLOSES},
        [{"project": project, "category": category} for project, category in PROJECTS.items()],
        disqualified=PROJECTS.keys() - left.keys(),
    )
    assert made.categories == {"C1", "C2"}
    ledger = Ledger()
    ledger.contest = made
    ledger.take(vote_request("ada", "C1-1", "C2-1"))
    assert ledger.completed == [("2017", "ada")]


def test_excluded_accounts_leave_the_valid_count_and_come_back_exactly() -> None:
    ledger = Ledger()
    for account in ("ada", "bob"):
        ledger.take(vote_request(account, "C1-1", "C2-1", "C3-1"))
    assert valid(ledger.contest, ledger.counts)["C1-1"] == 2
    ledger.counts.excluded.add_ballot(["C1-1", "C2-1", "C3-1"], True)
    assert valid(ledger.contest, ledger.counts)["C1-1"] == 1
    ledger.counts.excluded.add_ballot(["C1-1", "C2-1", "C3-1"], True, -1)
    assert valid(ledger.contest, ledger.counts)["C1-1"] == 2
    assert ledger.counts.cast["C1-1"] == 2


def test_without_the_rule_every_vote_counts() -> None:
    ledger = Ledger(every_category=False)
    ledger.take(vote_request("ada", "C1-1"))
    assert ledger.valid() == {"C1-1": 1}


def test_differences_name_what_does_not_agree() -> None:
    left, right = Counts(cast=Counter(a=2)), Counts(cast=Counter(a=1), ballots_complete=1)
    assert [str((d.what, d.counters, d.votes)) for d in differences(left, right)] == [
        "('cast a', 2, 1)",
        "('ballots complete', 0, 1)",
    ]
    assert differences(left, left) == []


def test_a_ballot_remembers_a_bounded_number_of_outcomes() -> None:
    ledger = Ledger()
    for number in range(REMEMBERED + 5):
        ledger.take(vote_request("ada", "C1-1", id=f"command-{number}"))
    ballot = ledger.ballots["2017", "ada"]
    assert len(ballot.outcomes) == REMEMBERED
    assert ballot.outcome("command-0") is None
    assert ballot.outcome(f"command-{REMEMBERED + 4}") is not None


def test_participation_never_holds_a_choice() -> None:
    ledger = Ledger()
    ledger.take(
        vote_request("ada", "C1-2", "C2-2", id="a"),
        vote_request("ada", "C3-2", id="b"),
        vote_request("ada", "C3-1", id="c"),
    )
    assert not any(project in str(ledger.ballots["2017", "ada"]) for project in PROJECTS)


@pytest.mark.parametrize(
    ("voted", "complete", "now", "every", "key"),
    [
        ((), False, OPENS - timedelta(1), True, "not_open"),
        ((), False, DURING, True, "none"),
        (("C1",), False, DURING, True, "incomplete"),
        (("C1",), False, DURING, False, "each_counts"),
        (CATEGORIES, True, DURING, True, "complete"),
        (CATEGORIES, True, CLOSES, True, "complete"),
        (("C1",), False, CLOSES, True, "closed_incomplete"),
        ((), False, CLOSES, True, "closed_none"),
        (("C1",), False, CLOSES, False, "closed_counted"),
    ],
)
def test_progress_says_where_a_ballot_stands(
    voted: tuple[str, ...], complete: bool, now: datetime, every: bool, key: str
) -> None:
    ballot = Ballot("2017", "ada", voted, complete_at=DURING if complete else None)
    said, figures = progress(contest(every_category=every), ballot, now)
    assert (said, figures) == (key, {"done": len(voted), "of": 3})


def test_states_follow_the_clock() -> None:
    assert [contest().state(at) for at in (OPENS - timedelta(1), OPENS, CLOSES)] == ["not_open", "open", "closed"]
    assert contest(opens_at=None).state(DURING) is State.NOT_OPEN
    assert contest(certified=True).state(CLOSES) is State.CERTIFIED


# -- any order, any duplicates, any batches ------------------------------------------------------------------------

accounts = st.sampled_from(["ada", "bob", "eve"])
projects = st.sampled_from([*PROJECTS, "C1-9", "C9-1"])
moments = st.sampled_from([OPENS - timedelta(hours=1), OPENS, DURING, CLOSES - timedelta(seconds=1), CLOSES])
requests = st.builds(
    lambda account, projects, at, number: vote_request(account, *projects, at=at, id=f"{number}"),
    accounts,
    st.lists(projects, min_size=1, max_size=4),
    moments,
    st.integers(0, 10**9),
)


class Voting(RuleBasedStateMachine):
    """Against the simplest model there is: the first vote of an account in a category, in time, is the vote."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.model: dict[tuple[str, str], str] = {}
        self.sent: list[VoteRequest] = []

    @rule(batch=st.lists(requests, min_size=1, max_size=6))
    def take(self, batch: list[VoteRequest]) -> None:
        # Two commands never have one id: the draw alone would give the same twice.
        batch = [each._replace(id=f"{each.id}-{len(self.sent) + place}") for place, each in enumerate(batch)]
        self.ledger.take(*batch)
        self.sent += batch
        for each in batch:
            for category, project in each.votes:
                if PROJECTS.get(project) == category and OPENS <= each.received_at < CLOSES:
                    self.model.setdefault((each.account, category), project)

    @rule(data=st.data())
    def send_again(self, data: Any) -> None:
        if self.sent:
            self.ledger.take(*data.draw(st.lists(st.sampled_from(self.sent), max_size=5)))

    @invariant()
    def votes_are_the_first_ones(self) -> None:
        kept = {(account, category): project for (_, account, category), project in self.ledger.choices.items()}
        assert kept == self.model

    @invariant()
    def tally_equals_the_votes_of_complete_ballots(self) -> None:
        complete = {
            account for account, _ in self.model if all((account, category) in self.model for category in CATEGORIES)
        }
        assert self.ledger.valid() == Counter(p for (account, _), p in self.model.items() if account in complete)
        assert {account for _, account in self.ledger.completed} == complete
        assert len(self.ledger.completed) == len(complete)

    @invariant()
    def recount_equals_the_counters(self) -> None:
        assert differences(self.ledger.counts, self.ledger.recount()) == []


TestVoting = Voting.TestCase
TestVoting.settings = settings(stateful_step_count=20)


@given(st.permutations([(a, p) for a in ("ada", "bob") for p in ("C1-1", "C2-2", "C3-1")]), st.data())
def test_order_repeats_and_batches_make_no_difference(order: list[tuple[str, str]], data: Any) -> None:
    everything = [vote_request(account, project) for account, project in order]
    again = data.draw(st.lists(st.sampled_from(everything), max_size=6))
    everything = data.draw(st.permutations(everything + again))
    ledger = Ledger()
    while everything:
        size = data.draw(st.integers(1, len(everything)))
        ledger.take(*everything[:size])
        everything = everything[size:]
    assert ledger.valid() == {"C1-1": 2, "C2-2": 2, "C3-1": 2}
    assert (ledger.counts.ballots_started, ledger.counts.ballots_complete) == (2, 2)
    assert sorted(ledger.completed) == [("2017", "ada"), ("2017", "bob")]

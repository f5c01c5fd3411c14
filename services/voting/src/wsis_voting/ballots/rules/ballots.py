"""Deciding on votes: one per category, final; a batch at a time, the same result in whatever batches they come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, NotRequired, TypedDict

from wsis_voting.ballots.rules.counts import Counts
from wsis_voting.contests.rules.contest import Contest, State
from wsis_voting.keys.rules import NONCE_BYTES, Committed, bucket_of, commitment

# What became of a vote of a command, and how far a command is.
RESULTS = (STORED, REPEATED, REFUSED) = ("stored", "repeated", "refused")
OUTCOME_STATES = (PENDING, DECIDED) = ("pending", "decided")
# A participation document remembers the outcome of this many commands: all of a ballot sent vote by vote, and some.
REMEMBERED = 24

BallotKey = tuple[str, str]  # edition, account
VoteKey = tuple[str, str, str]  # edition, account, category


class BallotExclusion(TypedDict):
    """That a ballot does not count: the ground, and who decided."""

    reason: str
    by: str | None
    at: datetime


class BallotReview(TypedDict):
    """What the decisions of the review say of a ballot: see ExclusionStatus."""

    by: dict[str, str]
    spared: bool


class BallotDocument(TypedDict):
    """A document of `ballots`: who took part, never for whom."""

    _id: str  # edition|account
    edition: str
    account: str
    voted: list[str]
    complete_at: datetime | None
    last_at: datetime | None
    first_at: NotRequired[datetime | None]
    country: NotRequired[str]
    outcomes: NotRequired[list[str]]
    forgotten: NotRequired[list[str]]  # categories voted in before the account was erased
    reminded_at: NotRequired[datetime]
    excluded: NotRequired[BallotExclusion | None]
    review: NotRequired[BallotReview]


class StoredVote(TypedDict):
    """A document of `votes`: what was chosen, never by whom. The names are short on the disk."""

    _id: bytes  # see Keys.vote_id
    edition: str
    category: str
    project: str
    at: datetime  # the hour
    k: bytes  # the commitment
    b: int  # the bucket of its receipt
    r: bytes  # the nonce, which opens the commitment


class VoteRequest(NamedTuple):
    """What a voter asks for: one vote, or a whole ballot. `votes` are (category, project)."""

    id: str
    edition: str
    account: str
    confirmed: bool
    received_at: datetime
    votes: tuple[tuple[str, str], ...]


class Item(NamedTuple):
    """What became of one vote: `stored`, `repeated` or `refused` with the `code` of an error. Never the choice."""

    category: str
    result: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Ballot:
    """Who took part and where, never for whom. `outcomes` are of the last commands, oldest first, a line each
    ("<command> C1:stored C2:refused:voting.closed"): as documents they would be most of a ballot. `excluded` is the
    ground on which the review of fraud took it out of the valid tally, if it did. `forgotten` are the categories voted
    in before the account was erased: their votes count, and nothing tells what they are. `stored` is the document as it
    was read."""

    edition: str
    account: str
    voted: tuple[str, ...] = ()
    complete_at: datetime | None = None
    last_at: datetime | None = None
    country: str = ""
    outcomes: tuple[str, ...] = ()
    first_at: datetime | None = None
    excluded: str = ""
    forgotten: tuple[str, ...] = ()
    stored: BallotDocument | None = None

    @property
    def key(self) -> BallotKey:
        """Edition and account."""
        return self.edition, self.account

    @property
    def own(self) -> list[VoteKey]:
        """The votes that its voter may read."""
        return [(*self.key, category) for category in self.voted if category not in self.forgotten]

    def outcome(self, command: str) -> tuple[Item, ...] | None:
        """What became of a command that came before."""
        for line in self.outcomes:
            if line.startswith(f"{command} "):
                return tuple(Item(*item.split(":")) for item in line[len(command) + 1 :].split(" "))
        return None

    def remember(self, command: str, items: tuple[Item, ...]) -> Ballot:
        """The ballot with the outcome of a command, in place of a former one; the same where it is noted already."""
        line = " ".join([command, *(":".join(filter(None, item)) for item in items)])
        if line in self.outcomes:
            return self
        others = (former for former in self.outcomes if not former.startswith(f"{command} "))
        return replace(self, outcomes=(*others, line)[-REMEMBERED:])


@dataclass(slots=True)
class CommandResult:
    """The answer to one request: its items, and the ballot after it."""

    request: VoteRequest
    items: tuple[Item, ...]
    ballot: Ballot


@dataclass(slots=True)
class Turnout:
    """Of one hour. By country: votes, and ballots that were started and completed."""

    votes: int = 0
    started: int = 0
    complete: int = 0
    by_country: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(slots=True)
class BatchChanges:
    """What a batch changes. `votes` are new; `ballots` are changed or new; counts and turnout are to be added."""

    results: list[CommandResult] = field(default_factory=list)
    votes: dict[VoteKey, tuple[str, datetime]] = field(default_factory=dict)
    ballots: dict[BallotKey, Ballot] = field(default_factory=dict)
    completed: list[BallotKey] = field(default_factory=list)
    counts: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    turnout: defaultdict[tuple[str, datetime], Turnout] = field(default_factory=lambda: defaultdict(Turnout))


def required_choices(
    requests: Iterable[VoteRequest], contests: Mapping[str, Contest], ballots: Mapping[BallotKey, Ballot]
) -> set[VoteKey]:
    """Former choices that `decide` must know: of repeats, and of ballots that may become complete now."""
    wanted: defaultdict[BallotKey, set[str]] = defaultdict(set)
    for request in requests:
        wanted[request.edition, request.account].update(category for category, _ in request.votes)
    keys: set[VoteKey] = set()
    for key, categories in wanted.items():
        ballot, contest = ballots.get(key), contests.get(key[0])
        if ballot is None or contest is None:
            continue
        voted = set(ballot.voted)
        completes = ballot.complete_at is None and contest.categories <= voted | categories
        keys.update((*key, category) for category in (voted if completes else voted & categories))
    return keys


def decide(
    requests: Sequence[VoteRequest],
    contests: Mapping[str, Contest],
    ballots: Mapping[BallotKey, Ballot],
    choices: Mapping[VoteKey, str],
) -> BatchChanges:
    """Decide a batch in its order. `ballots` and `choices` are what is stored; see `required_choices`."""
    changes = BatchChanges()
    for request in requests:
        key = request.edition, request.account
        ballot = changes.ballots.get(key) or ballots.get(key) or Ballot(*key)
        contest = contests.get(request.edition)
        if contest is None:
            refused = tuple(Item(category, REFUSED, "voting.edition_unknown") for category, _ in request.votes)
            changes.results.append(CommandResult(request, refused, ballot))
            continue
        items = ballot.outcome(request.id)
        if items is None or all(item.result == REFUSED for item in items):  # refused by what held then
            decided, items = _decide_request(request, contest, ballot, choices, changes)
            if decided is not ballot:
                ballot = changes.ballots[key] = decided
        changes.results.append(CommandResult(request, items, ballot))
    return changes


def _decide_request(
    request: VoteRequest, contest: Contest, ballot: Ballot, choices: Mapping[VoteKey, str], changes: BatchChanges
) -> tuple[Ballot, tuple[Item, ...]]:
    items = []
    for category, project in request.votes:
        key = (request.edition, request.account, category)
        item = _item(request, contest, ballot, category, project, key, choices, changes)
        items.append(item)
        if item.result == STORED:
            changes.votes[key] = (project, request.received_at)
            ballot = _with_vote(ballot, category, project, request.received_at, changes)
    ballot = ballot.remember(request.id, tuple(items))
    if ballot.complete_at is None and contest.categories and contest.categories.issubset(ballot.voted):
        ballot = complete_now(ballot, request.received_at, choices, changes)
    return ballot, tuple(items)


def _item(
    request: VoteRequest,
    contest: Contest,
    ballot: Ballot,
    category: str,
    project: str,
    key: VoteKey,
    choices: Mapping[VoteKey, str],
    changes: BatchChanges,
) -> Item:
    if not request.confirmed:
        return Item(category, REFUSED, "voting.account_not_confirmed")
    if category in ballot.voted:
        # A repeat answers as the first, also when the lost answer is asked for after the close.
        # Once the edition's key is shredded, nobody knows what was chosen.
        same = (changes.votes[key][0] if key in changes.votes else choices.get(key)) == project
        same = same and category not in ballot.forgotten  # else whoever has the id could try what was chosen
        return Item(category, REPEATED) if same else Item(category, REFUSED, "voting.category_already_voted")
    state = contest.state(request.received_at)
    if state is not State.OPEN:
        return Item(category, REFUSED, "voting.not_open" if state is State.NOT_OPEN else "voting.closed")
    if project in contest.disqualified:
        return Item(category, REFUSED, "voting.nominee_disqualified")
    if category not in contest.categories:
        return Item(category, REFUSED, "voting.category_unknown")
    if contest.nominees.get(project) != category:
        return Item(category, REFUSED, "voting.nominee_unknown")
    return Item(category, STORED)


def _with_vote(ballot: Ballot, category: str, project: str, at: datetime, changes: BatchChanges) -> Ballot:
    counts, hour = changes.counts[ballot.edition], changes.turnout[ballot.edition, to_the_hour(at)]
    of_it = (counts, counts.excluded) if ballot.excluded else (counts,)
    for sums in of_it:
        sums.cast[project] += 1
        sums.ballots_started += not ballot.voted
    hour.votes += 1
    hour.by_country[ballot.country]["votes"] += 1
    if not ballot.voted:
        hour.started += 1
        hour.by_country[ballot.country]["started"] += 1
    return replace(
        ballot,
        voted=tuple(sorted((*ballot.voted, category))),
        first_at=min(ballot.first_at or at, at),
        last_at=max(ballot.last_at or at, at),
    )


def complete_now(ballot: Ballot, at: datetime, choices: Mapping[VoteKey, str], changes: BatchChanges) -> Ballot:
    """The ballot is complete: all its votes count from now on. A vote that cannot be found raises KeyError."""
    counts, hour = changes.counts[ballot.edition], changes.turnout[ballot.edition, to_the_hour(at)]
    of_it = (counts, counts.excluded) if ballot.excluded else (counts,)
    for category in ballot.voted:
        key = (*ballot.key, category)
        project = changes.votes[key][0] if key in changes.votes else choices[key]
        for sums in of_it:
            sums.complete[project] += 1
    for sums in of_it:
        sums.ballots_complete += 1
    hour.complete += 1
    hour.by_country[ballot.country]["complete"] += 1
    changes.completed.append(ballot.key)
    completed = changes.ballots[ballot.key] = replace(ballot, complete_at=at)
    return completed


def commit(votes: Mapping[VoteKey, tuple[str, datetime]], nonces: bytes, now: datetime) -> dict[VoteKey, Committed]:
    """Commitments to new votes; `nonces` are NONCE_BYTES random ones for each of them."""
    bucket, made = bucket_of(now), dict[VoteKey, Committed]()
    for number, (key, (project, _)) in enumerate(votes.items()):
        nonce = nonces[NONCE_BYTES * number : NONCE_BYTES * (number + 1)]
        made[key] = Committed(commitment(key[0], key[2], project, nonce), bucket, nonce)
    return made


def progress(contest: Contest, ballot: Ballot, now: datetime) -> tuple[str, dict[str, int]]:
    """The key of the sentence that tells a voter where they stand, with its figures `done` and `of`."""
    done = len(contest.categories.intersection(ballot.voted))
    figures = {"done": done, "of": len(contest.categories)}
    state = contest.state(now)
    if ballot.complete_at is not None:
        return "complete", {"done": figures["of"], "of": figures["of"]}
    if state is State.NOT_OPEN:
        return "not_open", figures
    if not contest.every_category:
        return ("each_counts" if state is State.OPEN else "closed_counted"), figures
    if state is State.OPEN:
        return ("incomplete" if ballot.voted else "none"), figures
    return ("closed_incomplete" if ballot.voted else "closed_none"), figures


def to_the_hour(moment: datetime) -> datetime:
    """Finer times would tell which vote came with which ballot."""
    return moment.replace(minute=0, second=0, microsecond=0)

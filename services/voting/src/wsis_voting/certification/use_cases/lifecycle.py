"""What is due for a contest by the clock: it is opened, closed, counted, certified."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Protocol, TypeVar

from wsis_shared import audit, clock
from wsis_shared.amqp import queue_stats
from wsis_shared.errors import Conflict
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.mongo import chunks, in_transaction

from wsis_voting.ballots.rules import ballots as ballot_rules
from wsis_voting.ballots.rules.ballots import BatchChanges
from wsis_voting.ballots.rules.counts import BallotClass, Counts
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Counters, Recorders
from wsis_voting.ballots.use_cases.votes import Recorder
from wsis_voting.certification.events import TALLY_CERTIFIED
from wsis_voting.certification.store import StoredVotes, VoteOwnership
from wsis_voting.certification.use_cases.settling import Settlement, Settling
from wsis_voting.contests.events import VOTING_CLOSED, VOTING_OPENED, VOTING_REOPENED
from wsis_voting.contests.rules import lifecycle as rules
from wsis_voting.contests.rules.contest import Contest, ContestDocument, State
from wsis_voting.contests.rules.lifecycle import Announcement, Wait
from wsis_voting.contests.store import Contests
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.keys.store import Keys
from wsis_voting.public_log.store.log import Fenced, Log
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.publishing import Publishing
from wsis_voting.review.store import Review
from wsis_voting.settings import Settings
from wsis_voting.tallies import rules as tally
from wsis_voting.tallies.rules import Difference, Recount
from wsis_voting.tallies.store import Tallies

_REPAIR_BATCH = 1000

T = TypeVar("T")


class Rows(Protocol):
    """Passes on what it gets, and does something on the way."""

    def __call__(self, rows: Iterable[T], /) -> Iterator[T]: ...


ANNOUNCED = {
    Announcement.OPENED: VOTING_OPENED,
    Announcement.REOPENED: VOTING_REOPENED,
    Announcement.CLOSED: VOTING_CLOSED,
}
_log = logging.getLogger(__name__)


class ContestLifecycle:
    """Brings each contest to where the clock says it is. One process does it at a time; a second would find nothing
    left to do, since every step is a transaction on the contest's document."""

    def __init__(
        self,
        contests: Contests,
        ballots: Ballots,
        counters: Counters,
        recorders: Recorders,
        tallies: Tallies,
        publishing: Publishing,
    ) -> None:
        self.contests, self.ballots, self.counters = contests, ballots, counters
        self.recorders, self.tallies, self.publishing = recorders, tallies, publishing
        self.votes, self.review = StoredVotes(ballots), Review(ballots.db)
        self.settling = Settling(publishing, self.votes)
        self.recorder = Recorder(contests, ballots, counters)
        self.settings = settings = Settings.current()
        self.rules = rules.Rules(
            settings.voting_certify_automatically,
            bool(settings.review_hold_score),
            timedelta(seconds=settings.voting_grace_seconds),
        )

    def advance(self, document: ContestDocument, contest: Contest, directory: ContestDirectory) -> bool:
        """What is due now for one contest; returns whether it is certified now. Without nominees nothing opens, closes
        or is certified, whatever the dates: those of the announcement may be over before officers move them."""
        if not contest.nominees:
            return False
        # The earlier of two clocks: one that is fast must not end the voting, whose votes are judged by the gateway's.
        now = min(clock.now(), self.recorders.now())
        self._announce(document, contest, now)
        if document.get("ballots_to_check") and contest.state(now) is not State.NOT_OPEN:
            self.complete_ballots(contest)
            self.contests.change(contest.edition, partial(rules.ballots_checked, roster=document.get("roster")))
        if rules.waits(document, contest, now, self.rules) or directory.was_just_refused(contest):
            return False
        if self._has_dead_letters(document, contest):
            return False
        drained = self.recorders.drained(queue_stats.ready_commands("voting", "cast"))
        if not drained or not directory.refresh(contest.edition):  # without prizes the count would be for nothing
            return False
        despite_disagreement = bool(document.get("disagreed")) and rules.overrides(document, Wait.DISAGREEMENT)
        return self.certify(contest, directory.fix_window, despite_disagreement=despite_disagreement)

    def _announce(self, document: ContestDocument, contest: Contest, now: datetime) -> None:
        state = contest.state(now)
        _, announcement = rules.announce(document, state)
        if announcement is not None:
            published = new_event(
                ANNOUNCED[announcement],
                contest.edition,
                edition=contest.edition,
                opens_at=contest.opens_at,
                closes_at=contest.closes_at,
            )
            in_transaction(partial(self._tell, document, contest.edition, state, published))

    def _tell(self, document: ContestDocument, edition: str, state: State, published: PendingEvent) -> None:
        """Unless the contest has changed since it was read: a process that stalled has lost its lease, and another may
        have announced it."""
        if self.contests.state(edition).get("version") == document.get("version"):
            self.contests.change(edition, lambda doc: rules.announce(doc, state)[0], published)

    def complete_ballots(self, contest: Contest, chunk: int = 50) -> int:
        """Ballots that have all categories, now that there are fewer of them; returns how many."""
        done = 0
        while contest.categories:
            found = list(islice(self.ballots.incomplete(contest.edition, contest.categories), chunk))
            if not found:
                break
            done += in_transaction(partial(self._complete, contest, [ballot.account for ballot in found]))
        return done

    def _complete(self, contest: Contest, accounts: list[str]) -> int:
        changes, now = BatchChanges(), clock.now()
        ballots = self.ballots.read(contest.edition, accounts).values()
        choices = self.ballots.choices((*ballot.key, category) for ballot in ballots for category in ballot.voted)
        for ballot in ballots:
            if ballot.complete_at is None:
                ballot_rules.complete_now(ballot, now, choices, changes)
        self.recorder.record(changes)
        return len(changes.completed)

    def certify(
        self, contest: Contest, fix_window: Callable[[Contest], bool], *, despite_disagreement: bool = False
    ) -> bool:
        """Seal, count the stored votes, compare with the counters, have prizes fix the window, freeze. Where counters
        and votes do not agree, nothing is certified until an officer asks for it in spite of that; the votes decide
        then. Where the review has flags or figures that no decision accounts for, nothing is certified until they are
        repaired, whoever asks. `fix_window` comes last: while anything holds the certification officers can extend."""
        edition = contest.edition
        if not self.publishing.log.lease.hold():
            return False  # who writes the log certifies
        if not in_transaction(partial(self._seal, contest)):
            return False
        self.complete_ballots(contest)
        try:
            recount = self.recount(contest, self.publishing.holding)
            if self._unaccounted(edition, recount):
                return False
            settled = self.settling.settle(contest)
        except Fenced:
            return False
        if settled is None:
            return False
        different = [*recount.different, *_differences(contest, recount.votes, settled)]
        if different and not despite_disagreement:
            _log.error("the counters do not agree with the votes", extra={"edition": edition, "places": len(different)})
            self.contests.change(edition, rules.disagree)
            return False
        if not fix_window(contest):
            return False
        try:
            return in_transaction(partial(self._freeze, contest, recount.votes, not different, settled))
        except Fenced:
            return False

    def recount(self, contest: Contest, rows: Rows = iter) -> Recount:
        """Count again, vote by vote and by the decisions of the review, and say where the counters, or rows without a
        ballot, differ. It ends early where flags of ballots are not as decided. Ballots and votes are read through
        `rows`. Raises key_shredded."""
        owned: Counter[tuple[str, BallotClass]] = Counter()
        ownerless: Counter[str] = Counter()
        if self.ballots.keys.shredded_at(contest.edition):
            raise Conflict("voting.key_shredded", edition=contest.edition)
        with VoteOwnership.of(rows(self.votes.ballots(contest.edition))) as owners:
            if owners.unaccounted:
                return Recount(flags=owners.unaccounted)
            for row in rows(self.votes.stored(contest.edition, "project")):
                kind = owners.kind(row["_id"])
                if kind is None:
                    ownerless[row["project"]] += 1
                else:
                    owned[row["project"], kind] += 1
        votes, counters = tally.of_votes(owners.kinds, owned), self.counters.read(contest.edition)
        different = tally.differences(counters, votes)
        different += [
            Difference(f"rows {project}", votes.cast[project] + number, votes.cast[project])
            for project, number in sorted(ownerless.items())
        ]
        return Recount(counters, votes, different)

    def repair(self, contest: Contest, reason: str) -> Recount:
        """Set the flags of ballots to what the decisions of the review say, and then the counters to what votes and
        decisions say. Of a count that is sealed: nobody adds to it. Returns what was wrong. Raises key_shredded."""
        edition, flags = contest.edition, self.votes.unaccounted(contest.edition)
        for some in chunks(flags.items(), _REPAIR_BATCH):
            in_transaction(partial(self.review.save_statuses, edition, dict(some), None, clock.now()))
        recount = self.recount(contest)
        found = replace(recount, flags=len(flags))
        wrong = {"flags": found.flags, "places": len(found.different)}
        repaired = audit.entry("voting.tally_repaired", f"edition/{edition}/tally", before=wrong, reason=reason)

        def put() -> None:
            self.counters.put(edition, recount.votes)
            self.contests.change(edition, rules.repair, repaired)

        in_transaction(put)
        return found

    def shred_due(self, now: datetime) -> None:
        """Destroy the keys of editions whose period of complaint is over."""
        for edition in self.contests.certified_before(now - timedelta(days=self.settings.voting_complaint_days)):
            if self.ballots.keys.shredded_at(edition) is None:
                self.shred(edition, "the period of complaint is over")

    def shred(self, edition: str, reason: str) -> None:
        """From now on nobody finds the votes of an account. Safe to repeat after a crash: the key goes last."""
        document = self.contests.state(edition)
        self.ballots.coarsen_times(edition, document.get("closes_at") or clock.now())
        self.review.forget_concentration(edition)
        shredded = audit.entry("voting.key_shredded", f"edition/{edition}/votes", reason=reason)
        self.contests.change(edition, partial(rules.shred, now=clock.now()), shredded)
        self.ballots.keys.shred(edition)

    def _unaccounted(self, edition: str, recount: Recount) -> bool:
        """Has somebody changed, by hand, what only a decision of the review changes? Nothing says which ballots."""
        found = recount.unaccounted
        if found:
            _log.error(
                "not certified: exclusions that no decision accounts for",
                extra={"edition": edition, "unaccounted": found},
            )
            self.contests.change(edition, partial(rules.hold, unaccounted=found))
        return bool(found)

    def _has_dead_letters(self, document: ContestDocument, contest: Contest) -> bool:
        """Does a dead letter wait for an operator? It may be a vote that was accepted with 202."""
        waiting = rules.dead_letters_hold(document, queue_stats.dead_letters("voting"))
        if waiting and not rules.has_dead_letters(document):
            _log.error(
                "not certified while messages are dead-lettered: return them, or ask for it in spite of them",
                extra={"edition": contest.edition},
            )
        if waiting != rules.has_dead_letters(document):
            self.contests.change(contest.edition, partial(rules.dead_lettered, waiting=waiting))
        return waiting

    def _seal(self, closed: Contest) -> bool:
        edition = closed.edition
        document, contest = self.contests.document(edition), self.contests.read(edition)
        if document is None or contest is None or not rules.may_seal(document, contest, closed):
            return False
        self.contests.change(edition, rules.seal)
        self.counters.seal(edition)
        return True

    def _freeze(self, counted: Contest, votes: Counts, agreed: bool, settled: Settlement) -> bool:
        contest = self.contests.read(counted.edition)
        if contest is None or not rules.may_certify(contest, counted):
            return False
        before = self.tallies.last(contest.edition)
        number, now = before["number"] + 1 if before else 1, clock.now()
        certified = new_event(
            TALLY_CERTIFIED,
            contest.edition,
            edition=contest.edition,
            number=number,
            ballots_complete=votes.ballots_complete,
            votes_cast=votes.cast.total(),
            votes_counted=sum(tally.valid(contest, votes).values()),
        )
        if not self.settling.certify(contest, votes, settled, number, now):
            return False
        self.tallies.freeze(contest, votes, agreed, certified)
        self.contests.change(contest.edition, partial(rules.certify, now=now))
        return True


def lifecycle_of(ballots: Ballots) -> ContestLifecycle:
    """The lifecycle of contests with its collaborators, for the service and for commands."""
    db = ballots.db
    publishing = Publishing(Log(db), Results(db), Keys(db))
    return ContestLifecycle(Contests(db), ballots, Counters(db), Recorders(db), Tallies(db), publishing)


def _differences(contest: Contest, votes: Counts, settled: Settlement) -> list[Difference]:
    """The public log against the tally: every vote in it once, and as many opened as count."""
    places = [("votes in the log", settled.votes, votes.cast.total())]
    places += [(f"opened {id}", settled.counted[id], n) for id, n in sorted(tally.valid(contest, votes).items())]
    return [Difference(what, log, counted) for what, log, counted in places if log != counted]

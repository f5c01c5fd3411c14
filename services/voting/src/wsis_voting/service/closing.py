"""The turns of a contest, by the clock: opened, closed, counted, certified."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from wsis_shared import clock
from wsis_shared.amqp import depth
from wsis_shared.events import Occurrence, occur
from wsis_shared.mongo import in_transaction
from wsis_voting import domain, events, settings
from wsis_voting.domain import Contest, Counts, Decisions, Difference, State
from wsis_voting.store import Ballots, Contests, Counters, Recorders, Tallies

_REMINDED_AT_ONCE = 100

_log = logging.getLogger(__name__)


class Closing:
    """Brings each contest to where the clock says it is. One process does it at a time; a second would find nothing
    left to do, since every turn is a transaction on the contest's document."""

    def __init__(
        self, contests: Contests, ballots: Ballots, counters: Counters, recorders: Recorders, tallies: Tallies
    ) -> None:
        self.contests, self.ballots, self.counters = contests, ballots, counters
        self.recorders, self.tallies = recorders, tallies
        self.settings = settings.current()

    def turn(self, document: dict[str, Any], contest: Contest) -> None:
        """What is due now for one contest. Without nominees nothing opens, closes or is certified, whatever the dates:
        an edition starts with those of its announcement, which may be over before officers move them."""
        if not contest.nominees:
            return
        now = clock.now()
        self._announce(contest, document.get("announced", State.NOT_OPEN), now)
        if document.get("ballots_to_check") and contest.state(now) is not State.NOT_OPEN:
            self.complete_ballots(contest)
            checked = document.get("roster")
            self.contests.change(contest.edition, lambda doc: doc | {"ballots_to_check": doc.get("roster") != checked})
        asked = document.get("certification")
        if contest.state(now) is not State.CLOSED or contest.closes_at is None:
            return
        if document.get("disagreed") and not asked:
            return
        if not (asked or self.settings.voting_certify_automatically):
            return
        late = timedelta(seconds=self.settings.voting_grace_seconds)
        if now >= contest.closes_at + late and self.recorders.drained(depth.waiting("voting", "cast")):
            self.certify(contest, in_spite=bool(document.get("disagreed") and asked))

    def _announce(self, contest: Contest, announced: str, now: datetime) -> None:
        state = contest.state(now)
        if state is State.OPEN and announced != State.OPEN:
            event = events.VOTING_REOPENED if announced == State.CLOSED else events.VOTING_OPENED
        elif state is State.CLOSED and announced != State.CLOSED:
            event = events.VOTING_CLOSED
        else:
            return
        told = occur(event, contest.edition, edition=contest.edition, opens_at=contest.opens_at,
                     closes_at=contest.closes_at)  # fmt: skip
        self.contests.change(contest.edition, lambda doc: doc | {"announced": str(state)}, told)

    def complete_ballots(self, contest: Contest, chunk: int = 50) -> int:
        """Ballots that have all categories, now that there are fewer of them; returns how many."""
        done = 0
        while contest.categories:
            found = list(islice(self.ballots.incomplete(contest.edition, contest.categories), chunk))
            if not found:
                break
            done += in_transaction(partial(self._complete, contest, [ballot.key for ballot in found]))
        return done

    def _complete(self, contest: Contest, keys: list[tuple[str, str]]) -> int:
        decisions, now = Decisions(), clock.now()
        for ballot in self.ballots.read(keys).values():
            if ballot.complete_at is None:
                choices = self.ballots.choices((*ballot.key, category) for category in ballot.voted)
                domain.complete_now(ballot, now, choices, decisions)
        self.record(decisions)
        return len(decisions.completed)

    def record(self, decisions: Decisions) -> None:
        """Store what was decided, in the open transaction: votes, participation, counters, events."""
        self.ballots.save_decisions(decisions, *map(completed, decisions.completed))
        for edition in self.counters.add(decisions):
            self.contests.join(edition)

    def certify(self, contest: Contest, *, in_spite: bool = False) -> bool:
        """Seal, count the stored votes, compare with the counters, freeze. Where the two do not agree, nothing is
        certified until an officer asks for it in spite of that; the votes decide then."""
        edition = contest.edition
        in_transaction(partial(self._seal, edition))
        self.complete_ballots(contest)
        votes, different = self.recount(contest)
        if different and not in_spite:
            _log.error("the counters do not agree with the votes", extra={"edition": edition, "places": len(different)})
            self.contests.change(edition, lambda doc: doc | {"disagreed": True})
            return False
        return in_transaction(partial(self._freeze, edition, votes, not different))

    def remind(self, contest: Contest, now: datetime) -> int:
        """Once, some days before the close, whoever has begun and not finished; returns how many."""
        closes_at, told = contest.closes_at, self.settings
        if contest.state(now) is not State.OPEN or closes_at is None or not contest.every_category:
            return 0
        if now < closes_at - timedelta(days=told.voting_reminder_days):
            return 0
        waiting = self.ballots.to_remind(contest.edition, now - timedelta(hours=told.voting_reminder_idle_hours))
        count = 0
        while accounts := list(islice(waiting, _REMINDED_AT_ONCE)):
            reminded = occur(events.BALLOTS_REMINDED, contest.edition, edition=contest.edition, accounts=accounts,
                             closes_at=closes_at)  # fmt: skip
            in_transaction(partial(self.ballots.mark_reminded, contest.edition, accounts, reminded))
            count += len(accounts)
        return count

    def recount(self, contest: Contest) -> tuple[Counts, list[Difference]]:
        """Count again, vote by vote, and say where the counters, or rows without a ballot, differ."""
        votes = domain.of_ballots(self.ballots.each(contest))
        different = domain.differences(self.counters.read(contest.edition), votes)
        stored = self.ballots.stored_by_project(contest.edition)
        different += [
            Difference(f"rows {project}", stored.get(project, 0), votes.cast[project])
            for project in sorted(stored.keys() | votes.cast.keys())
            if stored.get(project, 0) != votes.cast[project]
        ]
        return votes, different

    def _seal(self, edition: str) -> None:
        self.contests.change(edition, lambda doc: doc | {"sealed": True})
        self.counters.seal(edition)

    def _freeze(self, edition: str, votes: Counts, agreed: bool) -> bool:
        document, contest = self.contests.document(edition), self.contests.read(edition)
        if document is None or contest is None or not contest.sealed or contest.certified:
            return False  # prizes has reopened the voting meanwhile
        before = self.tallies.last(contest.edition)
        certified = occur(
            events.TALLY_CERTIFIED, contest.edition,
            edition=contest.edition, number=before["number"] + 1 if before else 1,
            ballots_complete=votes.ballots_complete, votes_cast=votes.cast.total(),
            votes_counted=sum(domain.valid(contest, votes).values()),
        )  # fmt: skip
        self.tallies.freeze(contest, votes, agreed, certified)
        self.contests.save("contests", document | {"certified_at": clock.now(), "certification": None})
        return True


def completed(key: tuple[str, str]) -> Occurrence:
    """The event of a ballot that is complete."""
    edition, account = key
    return occur(events.BALLOT_COMPLETED, f"{edition}|{account}", edition=edition, account=account)

"""Mails to voters: whom to remind, and what notifications asks for when it writes one."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from wsis_shared import clock
from wsis_shared.errors import NotFound, TooMany
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import chunks, in_transaction
from wsis_shared.operations import every, rpc

from wsis_voting.ballots.events import BALLOTS_REMINDED
from wsis_voting.ballots.rules.ballots import progress
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Recorders
from wsis_voting.ballots.use_cases import presenters
from wsis_voting.contests.rules.contest import Contest, Nominee, State
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.keys.rules import canonical
from wsis_voting.settings import Settings

REMIND_BEFORE = timedelta(days=3)  # the close, whoever has not finished, once
IDLE = timedelta(hours=12)  # whoever voted within is not reminded yet
_REMINDER_BATCH = 100


class MailCases:
    """Reminds voters, and says what mails tell them; none has a route."""

    def __init__(self, directory: ContestDirectory, ballots: Ballots, recorders: Recorders) -> None:
        self._directory, self._contests = directory, directory.contests
        self._ballots, self._recorders = ballots, recorders

    @rpc
    def ballot_summary(self, data: Input, account: str) -> JsonObject:
        """What a completed ballot's voter is shown by mail: their own choices. Raises TooMany while many votes wait."""
        self._votes_first()
        edition = data["edition"]
        ballot = self._ballots.ballot(edition, account)
        own = sorted(self._ballots.own_votes(ballot).items(), key=lambda row: presenters.number_of(row[0]))
        if not own:
            raise NotFound("voting.ballot_unknown")
        nominees = self._contests.nominees(edition)
        votes = [
            {
                "category": category,
                "project": vote.project,
                "shown": _named(nominees.get(vote.project), vote.project),
                "receipt": vote.receipt,
                "receipt_text": canonical(vote.receipt).decode(),  # as verify.py and the verification route take it
            }
            for category, vote in own
        ]
        return {"edition": edition, "votes": votes, "count": len(votes), "excluded": bool(ballot.excluded)}

    @rpc
    def ballot_progress(self, data: Input, account: str) -> JsonObject:
        """What a reminded voter is told: how far their ballot is. Raises TooMany while many votes wait."""
        self._votes_first()
        contest = self._directory.get(data["edition"])
        _, figures = progress(contest, self._ballots.ballot(data["edition"], account), clock.now())
        return {**figures, "missing": figures["of"] - figures["done"]}

    @rpc
    def exclusion(self, data: Input, account: str) -> JsonObject:
        """What a voter is told whose ballot is excluded or reinstated. Raises TooMany while many votes wait."""
        self._votes_first()
        return {"address": Settings.current().review_contact}

    @every(600)  # it looks at all ballots
    def remind(self) -> None:
        """Remind, once, whoever has begun and not finished."""
        for _, contest in self._contests.each_unfinished():
            self.remind_of(contest, clock.now())

    def remind_of(self, contest: Contest, now: datetime) -> int:
        """Once, some days before the close, whoever has begun and not finished; returns how many."""
        closes_at = contest.closes_at
        if contest.state(now) is not State.OPEN or closes_at is None or not contest.every_category:
            return 0
        if now < closes_at - REMIND_BEFORE:
            return 0

        def reminded(accounts: list[str]) -> PendingEvent:
            return new_event(
                BALLOTS_REMINDED, contest.edition, edition=contest.edition, accounts=accounts, closes_at=closes_at
            )

        waiting = self._ballots.to_remind(contest.edition, now - IDLE)
        count = 0
        for accounts in chunks(waiting, _REMINDER_BATCH):
            count += in_transaction(partial(self._ballots.mark_reminded, contest.edition, accounts, reminded))
        return count

    def _votes_first(self) -> None:
        if self._recorders.busy():
            raise TooMany("voting.busy_with_votes", retry_after=5)


def _named(nominee: Nominee | None, project: str) -> str:
    """A nominee as people know it; by its id where we have not heard of it."""
    if not nominee or not nominee["title"]:
        return project
    return f"{nominee['title']} ({nominee['organization']})" if nominee["organization"] else nominee["title"]

"""What notifications asks for when it writes a mail."""

from __future__ import annotations

from typing import Any

from wsis_shared import clock
from wsis_shared.errors import NotFound, TooMany
from wsis_shared.operations import rpc

from wsis_voting import domain
from wsis_voting.domain.receipts import canonical
from wsis_voting.settings import Settings
from wsis_voting.store import Ballots, Contests, Recorders
from wsis_voting.use_cases import presenters
from wsis_voting.use_cases.directory import ContestDirectory


class MailCases:
    """Called inside the suite only: none has a route."""

    def __init__(self, directory: ContestDirectory, contests: Contests, ballots: Ballots, recorders: Recorders) -> None:
        self._directory, self._contests, self._ballots, self._recorders = directory, contests, ballots, recorders

    @rpc
    def ballot_summary(self, data: dict[str, Any], account: str) -> dict[str, Any]:
        """What a completed ballot's voter is shown by mail: her own choices. Raises TooMany while many votes wait."""
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
                "shown": presenters.named(nominees.get(vote.project), vote.project),
                "receipt": vote.receipt,
                "receipt_text": canonical(vote.receipt).decode(),  # as verify.py and the verification route take it
            }
            for category, vote in own
        ]
        return {"edition": edition, "votes": votes, "count": len(votes), "excluded": bool(ballot.excluded)}

    @rpc
    def ballot_progress(self, data: dict[str, Any], account: str) -> dict[str, Any]:
        """What a reminded voter is told: how far her ballot is. Raises TooMany while many votes wait."""
        self._votes_first()
        contest = self._directory.get(data["edition"])
        _, figures = domain.progress(contest, self._ballots.ballot(data["edition"], account), clock.now())
        return {**figures, "missing": figures["of"] - figures["done"]}

    @rpc
    def exclusion(self, data: dict[str, Any], account: str) -> dict[str, Any]:
        """What a voter is told whose ballot is excluded or reinstated. Raises TooMany while many votes wait."""
        self._votes_first()
        return {"address": Settings.current().review_contact}

    def _votes_first(self) -> None:
        if self._recorders.busy():
            raise TooMany("voting.busy_with_votes", retry_after=5)

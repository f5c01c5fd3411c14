"""Votes are recorded, voters read their ballots and are mailed."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_voting.ballots.store.ballots import of_process
from wsis_voting.ballots.store.recorders import Counters, Recorders
from wsis_voting.ballots.use_cases.mails import MailCases
from wsis_voting.ballots.use_cases.votes import Recorder, VoteCases
from wsis_voting.contests.use_cases import directory_of


def compose(parts: Parts) -> tuple[VoteCases, MailCases]:
    """The use cases with their collaborators; called once per process."""
    directory, ballots, recorders = directory_of(parts), of_process(parts.db), Recorders(parts.db)
    recorder = Recorder(directory.contests, ballots, Counters(parts.db))
    return VoteCases(directory, ballots, recorders, recorder), MailCases(directory, ballots, recorders)

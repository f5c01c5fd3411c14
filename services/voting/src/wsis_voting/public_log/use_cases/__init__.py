"""The log is written by one process, and read by anybody."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_voting.contests.use_cases import directory_of
from wsis_voting.public_log.store.log import Log
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.reading import PublicLogCases


def compose(parts: Parts) -> PublicLogCases:
    """The use cases with their collaborators; called once per process."""
    return PublicLogCases(directory_of(parts), Log(parts.db), Results(parts.db))

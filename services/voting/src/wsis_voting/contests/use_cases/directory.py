"""Contests as we know them, asked of prizes where we have not heard of one."""

from __future__ import annotations

import re
import time
from typing import Any

from wsis_shared.errors import NotFound, SuiteError

from wsis_voting.contests import errors
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.contests.store.contests import Contests

_EDITION = re.compile(r"2\d{3}")  # years: nothing else is asked about
# Editions that prizes did not know, or could not be asked about, by process: until when we do not ask again, and
# whether prizes was away. At most a thousand of them.
_asked: dict[str, tuple[float, bool]] = {}


class ContestDirectory:
    """Contests by edition; `prizes` is the remote service."""

    def __init__(self, contests: Contests, prizes: Any) -> None:
        self.contests, self.prizes = contests, prizes

    def find(self, edition: str, document: dict[str, Any] | None = None) -> Contest | None:
        """The contest; None where nobody knows it, or who would is away. From its stored `document` where that was
        read."""
        contest = self.contests.read(edition, document)
        if contest is not None or not _EDITION.fullmatch(edition):
            return contest
        if _asked.get(edition, (0.0, False))[0] > time.monotonic():
            return None
        try:
            self.contests.put(edition, self.prizes.contest(edition=edition))
        except NotFound:
            _asked[edition] = time.monotonic() + 10, False
        except SuiteError:
            _asked[edition] = time.monotonic() + 5, True
        return self.contests.read(edition)

    def get(self, edition: str, document: dict[str, Any] | None = None) -> Contest:
        """The contest. Raises edition_unknown, or contest_not_loaded while prizes is away."""
        contest = self.find(edition, document)
        if contest is None:
            raise errors.contest_not_loaded(edition) if self.away(edition) else errors.edition_unknown(edition)
        return contest

    def away(self, edition: str) -> bool:
        """Could prizes not be asked about this edition just now?"""
        until, away = _asked.get(edition, (0.0, False))
        return away and until > time.monotonic()

    def champions_are_out(self, edition: str) -> bool:
        """Does prizes say that the champions are announced?"""
        try:
            return bool(self.prizes.contest(edition=edition).get("champions_announced"))
        except SuiteError:
            return False

    def compare(self) -> None:
        """Take over what prizes says now of each edition that is not certified, in case an event went astray."""
        for edition in self.contests.editions():
            try:
                self.contests.put(edition, self.prizes.contest(edition=edition))
            except SuiteError:
                continue  # away, or the edition is gone: what we have still holds

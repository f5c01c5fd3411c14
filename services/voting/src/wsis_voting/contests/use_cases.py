"""Contests as we know them: what prizes says of them, asked where we have not heard of one."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from wsis_shared import clock, inbox
from wsis_shared.errors import Conflict, NotFound, SuiteError
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import subscribe
from wsis_shared.parts import Parts

from wsis_voting.contests import errors
from wsis_voting.contests.rules.contest import Contest, ContestDocument, Window
from wsis_voting.contests.store import Contests

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy

_log = logging.getLogger(__name__)
_EDITION = re.compile(r"2\d{3}")  # years: nothing else is asked about
# Editions that prizes did not know, or could not be asked about, by process: until when we do not ask again, and
# whether prizes was away. At most a thousand of them.
_asked: dict[str, tuple[float, bool]] = {}
_PAUSE_SECONDS = 30.0  # after a window that prizes has not fixed: each question costs a count of every vote


class ContestDirectory:
    """Contests by edition; `prizes` is the remote service."""

    def __init__(self, contests: Contests, prizes: ServiceProxy) -> None:
        self.contests, self.prizes = contests, prizes
        self._refused: dict[str, tuple[Window, float]] = {}  # by edition: which window, and when

    def find(self, edition: str, document: ContestDocument | None = None) -> Contest | None:
        """The contest; None where nobody knows it, or who would is away. From its stored `document` where that was
        read."""
        contest = self.contests.read(edition, document)
        if contest is None and _EDITION.fullmatch(edition) and self.refresh(edition):
            contest = self.contests.read(edition)
        return contest

    def get(self, edition: str, document: ContestDocument | None = None) -> Contest:
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

    def refresh(self, edition: str) -> bool:
        """Take over what prizes says now. False where it is away or does not know the edition: what we have still
        holds."""
        if _asked.get(edition, (0.0, False))[0] > time.monotonic():
            return False
        try:
            self._take_over(edition, partial(self.prizes.contest, edition=edition))
        except NotFound:
            _asked[edition] = time.monotonic() + 10, False
        except SuiteError:
            _asked[edition] = time.monotonic() + 5, True
        else:
            return True
        return False

    def compare(self) -> None:
        """The same of each edition that is not certified, in case an event went astray."""
        for edition in self.contests.editions():
            self.refresh(edition)

    def fix_window(self, contest: Contest) -> bool:
        """Does prizes keep the window of this contest for good? Where it has another, that holds here too, and nothing
        is certified; nor is anything while prizes is away."""
        fixed = self._fix_window(contest)
        if not fixed:
            self._refused[contest.edition] = contest.window, time.monotonic()
        return fixed

    def was_just_refused(self, contest: Contest) -> bool:
        """Has prizes not fixed this window, so short ago that it is not asked again yet?"""
        window, at = self._refused.get(contest.edition, (None, 0.0))
        return window == contest.window and time.monotonic() < at + _PAUSE_SECONDS

    def _fix_window(self, contest: Contest) -> bool:
        window = {**contest.window, "opens_at": _text(contest.opens_at), "closes_at": _text(contest.closes_at)}
        try:
            fix = partial(self.prizes.fix_window, edition=contest.edition, window=window)
            said = self._take_over(contest.edition, fix)
        except SuiteError as error:
            _log.warning("prizes fixes no window", extra={"edition": contest.edition, "error": error.code})
            return False
        return bool(said["fixed"])

    def _take_over(self, edition: str, ask: Callable[[], JsonObject]) -> JsonObject:
        """Store what prizes answers. Where the contest has changed meanwhile, the answer may be older than that change:
        ask again."""
        while True:
            version = self.contests.state(edition).get("version")
            said = ask()
            if self.contests.put_unless_changed(edition, said, version):
                return said

    def put_result(self, edition: str, result: Mapping[str, object]) -> bool:
        """Give prizes a signed result, which stays under embargo there. False while it is away: give it again."""
        try:
            self.prizes.put_result(edition=edition, result=result)
        except SuiteError as error:
            _log.warning("prizes takes no result", extra={"edition": edition, "error": error.code})
            return False
        return True


class ContestCases:
    """Prizes decides about nominees and the window."""

    def __init__(self, directory: ContestDirectory) -> None:
        self._directory, self._contests = directory, directory.contests

    @subscribe("prizes", "nominees_published")
    def on_nominees_published(self, event: Input) -> None:
        """Whom one can vote for: as prizes says now, like the window."""
        edition = event["data"]["edition"]
        if self._newer(event) and not self._directory.refresh(edition):
            self._contests.put_nominees(edition, event["data"]["nominees"])

    @subscribe("prizes", "voting_window_changed")
    def on_voting_window_changed(self, event: Input) -> None:
        """When one can vote: as prizes says now, since a later window than that of an event that is late may have come
        by an answer. As the event says while prizes is away. Of a certified contest prizes moves it no more
        (`fix_window`)."""
        edition = event["data"]["edition"]
        if not self._newer(event) or self._directory.refresh(edition):
            return
        try:
            self._contests.put_window(edition, event["data"])
        except Conflict:
            _log.error("another window for a contest that is certified", extra={"edition": edition})

    @subscribe("prizes", "project_disqualified")
    def on_project_disqualified(self, event: Input) -> None:
        """Votes for it are void; ballots stay as they are."""
        data = event["data"]
        self._directory.find(data["edition"])
        self._contests.put_disqualified(data["edition"], data["project"], data["category"])

    @subscribe("prizes", "project_withdrawn")
    def on_project_withdrawn(self, event: Input) -> None:
        """A nominee may go until voting opens: nobody is to vote for it. While prizes is away, the comparison finds
        out."""
        if event["data"]["nominated"]:
            self._directory.refresh(event["data"]["edition"])

    def _newer(self, event: Input) -> bool:
        self._directory.find(event["data"]["edition"])  # the rest of a contest of which we hear for the first time
        kind = event["type"].split(".")[-2]
        return inbox.is_newer(self._contests.db, kind, event["subject"], event["sequence"])


def _text(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None


def directory_of(parts: Parts) -> ContestDirectory:
    """The contests, with prizes to ask."""
    return ContestDirectory(Contests(parts.db), parts.client("prizes", timeout=2.0))


def compose(parts: Parts) -> ContestCases:
    """The use cases with their collaborators; called once per process."""
    return ContestCases(directory_of(parts))

"""Contests: what prizes says of them."""

from __future__ import annotations

import logging
from typing import Any

from wsis_shared import inbox
from wsis_shared.errors import Conflict
from wsis_shared.operations import rpc, subscribe

from wsis_voting.contests.store.contests import Contests
from wsis_voting.contests.use_cases.directory import ContestDirectory

_log = logging.getLogger(__name__)


class ContestCases:
    """Prizes decides about nominees and the window."""

    def __init__(self, directory: ContestDirectory, contests: Contests) -> None:
        self._directory, self._contests = directory, contests

    @rpc(writes=True, store_response=False, repeatable=True)
    def await_window(self, edition: str, window: dict[str, Any]) -> None:
        """Prizes is about to store this window {opens_at, closes_at, every_category}: nothing is certified until it
        says so. Raises already_certified: then it must not."""
        self._directory.get(edition)
        self._contests.await_window(edition, window)

    @subscribe("prizes", "nominees_published")
    def on_nominees_published(self, event: dict[str, Any]) -> None:
        """Whom one can vote for."""
        if self._newer(event):
            self._contests.put_nominees(event["data"]["edition"], event["data"]["nominees"])

    @subscribe("prizes", "voting_window_changed")
    def on_voting_window_changed(self, event: dict[str, Any]) -> None:
        """When one can vote. Prizes asks first (`await_window`); an event that it stored without is of no effect."""
        if not self._newer(event):
            return
        try:
            self._contests.put_window(event["data"]["edition"], event["data"])
        except Conflict:
            _log.error("another window for a contest that is certified", extra={"edition": event["data"]["edition"]})

    @subscribe("prizes", "project_disqualified")
    def on_project_disqualified(self, event: dict[str, Any]) -> None:
        """Votes for it are void; ballots stay as they are."""
        data = event["data"]
        self._directory.find(data["edition"])
        self._contests.put_disqualified(data["edition"], data["project"], data["category"])

    def _newer(self, event: dict[str, Any]) -> bool:
        self._directory.find(event["data"]["edition"])  # the rest of a contest of which we hear for the first time
        kind = event["type"].split(".")[-2]
        return inbox.is_newer(self._contests.db, kind, event["subject"], event["sequence"])

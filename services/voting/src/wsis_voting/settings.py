"""What it reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Settings of this service alone."""

    voting_grace_seconds: float = setting(
        10.0,
        "Wait after the close before a tally is certified: votes that the gateway took in time are still on the way",
    )
    voting_certify_automatically: bool = setting(
        True, "Certify the tally as soon as all votes are in; no: an officer asks for it"
    )
    voting_recorder_dead_seconds: float = setting(
        60.0, "A recorder that gave no sign for so long is gone, and the broker has its messages again"
    )
    voting_reminder_days: float = setting(3.0, "Days before the close when incomplete ballots are reminded, once each")
    voting_reminder_idle_hours: float = setting(12.0, "Whoever voted within these hours is not reminded yet")
    voting_chunk: int = setting(
        100, "Ids asked for in one query: the embedded store is slow with more, MongoDB takes thousands"
    )


@cache
def current() -> Settings:
    """The settings of this process."""
    return Settings.load()

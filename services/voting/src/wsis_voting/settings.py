"""What it reads from the environment."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Settings of this service alone."""

    voting_grace_seconds: float = setting(
        30.0,
        "Wait after the close before the count is sealed: votes that the gateway took in time are still on the way."
        " Longer than any wait of the gateway. Where the end may be moved after it has passed, as long as that decision"
        " takes: nothing moves it once the votes are counted",
    )
    voting_certify_automatically: bool = setting(
        True, "Certify the tally as soon as all votes are in; no: an officer asks for it"
    )
    voting_recorder_dead_seconds: float = setting(
        60.0,
        "A recorder without a sign for so long is gone, and the broker has its messages again",
        development=True,
    )
    voting_log_seconds: float = setting(
        30.0, "Votes go into the public log together, this far apart; at most 60", development=True
    )
    log_dir: str = setting("", "Folder for the public log as static files, one below it for each edition; empty: none")
    voting_complaint_days: float = setting(
        90.0, "Days after the certification when the key that leads from a voter to their votes is shredded"
    )
    review_minutes: float = setting(
        5.0, "How often clusters of the review of fraud are looked for while voting is open; 0: only when asked"
    )
    review_network_allowance: int = setting(50, "Voters of one network (/24 or /48) that the review does not show")
    review_hold_score: int = setting(
        80, "The automatic certification waits for a decision on clusters of this score; 0: for none"
    )
    review_contact: str = setting(
        "secretariat@wsis.invalid", "Address to which voters may write whose ballots are excluded"
    )
